"""Dashboards as code for Apache Superset, over what is published.

Belongs here: how the server is set up and confined, dashboards in terse YAML, roles. Does not:
metric formulas (the semantic layer has them), anything that opens the warehouse. Superset lives in
an environment of its own (`requirements.lock` here), with nothing of Headset but this package.
"""
