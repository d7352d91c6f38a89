"""One row of the command palette: apart from it, as the window lists what can be done long before the palette is made."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PaletteEntry:
    """One row: icon, what it does, and at the right end its page, key or command."""

    title: str
    icon: str
    where: str
    key: str
    """What `run` is called with."""
    blocked: str = ""
    """Why it can't run now."""
