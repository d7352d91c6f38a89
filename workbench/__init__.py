"""Pump Workbench: from a pump's sensor log to a verified model on the device beside it, and back, offline."""
