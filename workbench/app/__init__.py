"""Composition root: the only place that builds things. Importing it loads nothing; `run_window` opens the window."""

from __future__ import annotations

from pathlib import Path

__all__ = ["run_window"]


def run_window(project: Path | None, *, page: str = "") -> int:
    """Open the window on a project (None: the last one, if it is still there) and a page; returns the exit code."""
    from workbench.app import window

    return window.run_window(project, page=page)
