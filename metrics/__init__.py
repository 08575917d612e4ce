"""Metrics: what each number means, and the one way from its name to a value.

Belongs here: metric contracts and their rules (`contracts/`), the lock, the dictionary, questions
asked of a snapshot (`question/`), and why two numbers differ (`reconcile/`). Does not: building
tables, writing snapshots, judging a night.
"""
