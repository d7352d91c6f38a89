"""Composition root: the only place that builds things. `run_window` opens the window.

Importing it loads what Qt would make slower to load, and nothing else.
"""

from __future__ import annotations

from pathlib import Path

from workbench.app import before_qt as before_qt

__all__ = ["run_window"]


def run_window(project: Path | None, *, page: str = "") -> int:
    """Open the window on a project (None: the last one, if it is still there) and a page; returns the exit code."""
    from workbench.app import window

    return window.run_window(project, page=page)
