"""Is anything missing? Rows against what readers have, and arrivals against the weekdays before.

Belongs here: what is too few or too many, and what a person let pass. Does not: counting what is
published (`publish.volume`), what a bound is stated in (`publish.specs`, the source contracts).
"""
