"""The table of all commands."""
