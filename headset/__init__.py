"""The installed product: the command `headset`, and beside it everything it needs.

All rooms lie in `headset/product/` and are put on the path of this command's process alone, so that
no general name (`metrics`, `publish`) shadows a module of whoever installs it.
"""
