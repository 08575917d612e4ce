"""From text rows to typed rows: what a contract accepts, and why a row is refused."""
