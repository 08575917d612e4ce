"""One night: its order of steps, lock, summary, and how things stand."""
