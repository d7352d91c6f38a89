"""Values that lost their instant to others: how many, and from when to when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.logs.summary import Finding, Remedy


@dataclass(slots=True)
class Conflicts:
    """Counted as rows are read; the order in which they come makes no difference."""

    n: int = 0
    first_ns: int | None = None
    last_ns: int | None = None

    def add(self, times_ns: NDArray[np.int64]) -> None:
        """Instants [k] of further ones."""
        if times_ns.size:
            first, last = int(times_ns.min()), int(times_ns.max())
            self.n += int(times_ns.size)
            self.first_ns = first if self.first_ns is None else min(self.first_ns, first)
            self.last_ns = last if self.last_ns is None else max(self.last_ns, last)


def conflicting_rows(found: Conflicts) -> Finding:
    """What is said about rows of one instant with other values."""
    return _said(f"{found.n} rows repeat an instant with other values; the first value of each channel is kept.", found)


def conflicting_values(found: Conflicts) -> Finding:
    """What is said about values of one tag and instant that differ."""
    text = (
        f"{found.n} rows give a tag another value at an instant it already has; the first is kept. "
        "If a column tells machines or places apart, name it 'asset'."
    )
    return _said(text, found)


def _said(text: str, found: Conflicts) -> Finding:
    return Finding(
        code="CONFLICTING_ROWS", text=text, start_ns=found.first_ns, end_ns=found.last_ns, remedy=Remedy(action="exclude")
    )
