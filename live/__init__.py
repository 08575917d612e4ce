"""The open day: provisional numbers of today, from the same contracts and the same compiled SQL.

Belongs here: the lane of its own (its landing, its DuckDB file, its lock), a tick, certain bounds,
the audit of a tick, what revisions of it came to, and the page that shows it. Does not: a formula,
reading files (`ingest`), statements, anything that compares people; nothing here writes to the
night's warehouse or to a published snapshot.
"""
