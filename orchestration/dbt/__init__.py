"""dbt in this process: reading the project and running it."""
