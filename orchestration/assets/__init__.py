"""What Dagster shows: raw feeds, dbt's models, the audit and the publication."""
