"""A new release on an old home: built beside, compared, and only then put in place."""
