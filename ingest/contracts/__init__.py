"""Source contracts: one YAML file per feed, its columns, file names and readings."""
