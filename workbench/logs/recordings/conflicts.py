"""Values that lost their instant to others: how many, and from when to when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.logs.checks.phrases import format_instant, format_span
from workbench.logs.summary import Finding, Remedy

_MOST_NAMES = 3


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

    def join(self, others: Conflicts) -> None:
        """Count those of others, too."""
        self.n += others.n
        starts = [at_ns for at_ns in (self.first_ns, others.first_ns) if at_ns is not None]
        ends = [at_ns for at_ns in (self.last_ns, others.last_ns) if at_ns is not None]
        self.first_ns, self.last_ns = min(starts, default=None), max(ends, default=None)


def conflicting_rows(found: Conflicts, n_backward: int) -> Finding:
    """What is said about rows of one instant with other values, in a file whose time goes back so many times."""
    text = f"{found.n} rows repeat an instant with other values; the first value of each channel is kept."
    if n_backward == 1 and found.first_ns is not None and found.last_ns is not None and found.n > 1:
        span_ns = found.last_ns - found.first_ns
        back = f"{format_span(span_ns + span_ns // (found.n - 1))} to {format_instant(found.first_ns)} UTC"
        text += f" The time goes back once, by {back}: a clock that was set back, the end of summer time, or rows written again."
    return _said(text, found)


def conflicting_values(found: Conflicts, n_backward: int) -> Finding:
    """What is said about values of one tag and instant that differ; tags that come in turn make the time go back often."""
    del n_backward
    text = (
        f"{found.n} rows give a tag another value at an instant it already has; the first is kept. "
        "If a column tells machines or places apart, name it 'asset'."
    )
    return _said(text, found)


def conflicting_logs(found: Mapping[str, Conflicts]) -> Finding:
    """What is said about rows of a log whose instants others (by name) have already, with other values."""
    whole = Conflicts()
    for one in found.values():
        whole.join(one)
    names = list(found)
    words = ", ".join(f"{found[name].n:,} in {name}" for name in names[:_MOST_NAMES])
    more = f", and in {len(names) - _MOST_NAMES} more logs" if len(names) > _MOST_NAMES else ""
    text = (
        f"Rows of this log have instants that another log has already, with other values: {words}{more}. "
        "Both are kept; the log that begins first counts in statistics and exports."
    )
    return _said(text, whole)


def _said(text: str, found: Conflicts) -> Finding:
    return Finding(
        code="CONFLICTING_ROWS", text=text, start_ns=found.first_ns, end_ns=found.last_ns, remedy=Remedy(action="exclude")
    )
