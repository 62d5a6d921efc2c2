"""The commands of `python -m services`."""
