"""Pseudonyms, what is held about a person, erasure, and how long anything is kept."""
