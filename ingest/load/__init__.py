"""From judged rows to raw tables: groups of files, versions of rows, company maps."""
