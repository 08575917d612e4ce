"""Guards that follow from metric contracts, run by Great Expectations inside DuckDB."""
