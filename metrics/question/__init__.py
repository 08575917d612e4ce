"""From a metric's name, dimensions and dates to values of a published snapshot."""
