"""Client statements: monthly service-level lines, other terms, and the contacts behind a line.

Belongs here: reading a statement from a snapshot, recomputing it by other terms, issuing it. Does
not: the formulas, which are dbt models and metric contracts.
"""
