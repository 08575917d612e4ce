"""What somebody must be told, and telling them once."""
