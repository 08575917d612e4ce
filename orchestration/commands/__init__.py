"""The commands of `headset`, one module each. Belongs here: options and what is printed."""
