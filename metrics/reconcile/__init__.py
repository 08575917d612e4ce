"""Why two variants, or a vendor's figure and ours, are not the same number."""
