"""Logs as other vendors and other languages write them, with the truth computed from the printed cells; and their judge."""
