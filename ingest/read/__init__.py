"""From a landed file to text rows in DuckDB, every physical line accounted for."""
