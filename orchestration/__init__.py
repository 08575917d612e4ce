"""The night: what runs when, in which order, and the command people type.

Belongs here: Dagster definitions (assets, checks, partitions, schedules, sensors), dbt's calls,
the night's lock, the `headset` command. Does not: SQL that transforms, reading source files,
deciding a verdict, writing a snapshot; those are called from the rooms that own them.
"""
