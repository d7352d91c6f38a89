"""`workbench [PROJECT]`: the window; says what is missing where it can't open."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from workbench.cli.console import Console
from workbench.core.errors import EXIT_INPUT


def start_window(words: Sequence[str]) -> int:
    """Open the window on the project that is named, else on the start page."""
    if not _has_display():
        text = "The window can't open: there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)."
        Console(wants_json=False).say(
            f"{text}\nStart it from a desktop session; 'workbench --help' lists what works without one."
        )
        return EXIT_INPUT
    try:
        from workbench.app.window import run_window
    except ImportError as error:
        text = f"The window can't open: {error}.\nStart installer/run once: it names what Qt needs."
        Console(wants_json=False).say(text)
        return EXIT_INPUT
    return run_window(Path(words[0]) if words else None)


def _has_display() -> bool:
    """Qt ends the whole process where it finds none, so it must be asked before."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
