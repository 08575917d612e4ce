"""Ingest: from files as the systems dropped them to typed, accounted raw tables.

Belongs here: source contracts, readers, the loader, pseudonyms, quarantine, the ledger.
Does not: Dagster (banned by lint), business rules, metric definitions. Rows are only ever
touched by SQL; Python decides which files, and in which order.
"""
