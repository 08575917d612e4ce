"""Invented extracts of real systems, each with the traps that its documentation names.

Belongs here: one module per system; `drop` puts its files into a deployment. Does not: what they
must become; the tests of the same names say that.
"""
