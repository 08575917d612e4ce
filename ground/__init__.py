"""The ground floor: what every room stands on, and what knows nothing of contact centres.

Belongs here: the home's folders, SQL quoting, durable files, YAML with line numbers, dbt's
manifest. Does not: contracts, metrics, Dagster.
"""
