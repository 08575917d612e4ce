"""Copies of a home: made under the night's lock, proved by reading them, brought back whole."""
