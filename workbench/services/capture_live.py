"""What a running capture shows: frozen values, published about ten times a second."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.logs.live.rows import LiveChannel

PUBLISH_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveUpdate:
    """New rows since the last update, and where the capture stands.

    `pieces`: (channels, instants int64 [n], values float64 [n, c]) in order. `problems` counts lines or frames that are no
    row. `silent_s` since the last byte. `state`: 'guessing', 'recording', 'silent', 'waiting' (for the cable), 'ending'.
    """

    state: str
    seconds: float
    rows: int
    bytes: int
    rate_rows_per_s: float
    silent_s: float
    safe_rows: int
    """Rows that the last flush forced to the disk."""
    problems: dict[str, int]
    missing: dict[str, int]
    """Values that are missing in rows, by reason."""
    pieces: tuple[tuple[tuple[LiveChannel, ...], NDArray[np.int64], NDArray[np.float64]], ...] = ()
    layout: str = ""
    """How it is read, in a few words."""
