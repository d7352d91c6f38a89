"""Plugins: what they may bring, and how those that a person allowed are loaded."""
