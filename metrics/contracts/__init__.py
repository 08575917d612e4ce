"""Metric contracts: their types, how they are read, and the rules they obey."""
