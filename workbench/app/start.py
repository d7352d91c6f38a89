"""`workbench [PROJECT]`: the window; says what is missing where it can't open."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from workbench.cli.console import Console
from workbench.core.errors import EXIT_INPUT


def start_window(words: Sequence[str]) -> int:
    """Open the window on the project that is named, else on the start page."""
    try:
        from workbench.app.window import run_window
    except ImportError as error:
        text = f"The window can't open: {error}.\nStart installer/run once: it names what Qt needs."
        Console(wants_json=False).say(text)
        return EXIT_INPUT
    return run_window(Path(words[0]) if words else None)
