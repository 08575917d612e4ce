"""What is guarded, and the verdict of a night.

Belongs here: linters, the Great Expectations suites generated from the metric contracts, the
readers of dbt's and the ledger's checks, and the audit that turns all of them into one verdict.
Does not: building tables, metric contracts and formulas (`metrics/`, `dbt_project/`), writing or
flipping snapshots (`publish/`).

Heavy libraries (Great Expectations takes 10 s to import) are imported inside the functions that
need them, never when this package is imported.
"""
