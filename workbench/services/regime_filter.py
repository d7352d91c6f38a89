"""Operating states as a filter: which rows of a recording count. Whoever compares, compares like with like.

One field of a request (`RegimeNames`, flag `--regime`), one search (`find_spans`), one rule for samples (`rows_within`: a
sample counts when its instant lies in [start, end) of one of the stretches) and one for bursts (`bursts_within`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Protocol

from workbench.core.clock import NS_PER_S
from workbench.core.errors import InputError
from workbench.core.requests import parameter
from workbench.services.common import open_project

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.logs.analysis.maps import Stretch
    from workbench.project.store import Project

Spans = Sequence[tuple[int, int]]
"""Stretches [start, end) ns, in order of time and apart."""
RegimeNames = Annotated[tuple[str, ...], parameter("Only what was in this operating state.", flag="--regime", label="States")]
_FOUND: dict[tuple[str, int, str, tuple[str, ...]], list[tuple[int, int]]] = {}
"""What was found last: panning a plot that keeps to a state must not find the states of a long log anew each time."""
_MOST_FOUND = 64
_STREAM_S = 60.0
"""A burst is taken whole or not at all; what goes on for longer is a stream, and is cut to the state."""


def find_spans(folder: str, asset: str, names: Sequence[str]) -> Spans | None:
    """When a pump of a project was in one of these states; None (everything counts) without names.

    Raises InputError for a state that is not known, or that the pump was never in.
    """
    if not names:
        return None

    with open_project(folder) as project:
        # A line in the journal for each act: as long as none came, nothing that states depend on has changed. The hash is
        # that of one project alone, also where another one takes the place of this folder.
        newest = next((signed.hash for signed in project.lines(1)), "")
        key = (f"{project.root}#{newest}", project.n_lines(), asset, tuple(names))
        spans = _FOUND.get(key)
        if spans is None:
            spans = spans_of_regimes(project, (asset,), names)[asset]
            while len(_FOUND) >= _MOST_FOUND:
                _FOUND.pop(next(iter(_FOUND)), None)
            _FOUND[key] = spans
    if not spans:
        raise InputError(f"{asset} was never {' or '.join(names)}.", "See which states there are: workbench logs regimes.")
    return spans


def spans_of_regimes(
    project: Project, assets: Sequence[str], names: Sequence[str], layers: dict[str, str] | None = None
) -> dict[str, list[tuple[int, int]]]:
    """For each pump the stretches [start, end) ns in which it was in one of these states; nothing without names.

    `layers` are ids of edits by pump, for what must be as it was; else the newest. Raises InputError for a state
    that no pump knows.
    """
    if not names:
        return {}
    from workbench.services.regimes import Finder

    finder = Finder(project, layers)
    return {asset: joined(finder.spans(asset, names)) for asset in assets}


class AnyLog(Protocol):
    """What is needed of a log to find operating states in it: instants ns [n], columns [n] and units by channel."""

    @property
    def source(self) -> str:
        """What it is called."""
        ...

    @property
    def times_ns(self) -> NDArray[np.int64]:
        """Instants."""
        ...

    @property
    def columns(self) -> Mapping[str, NDArray[np.floating]]:
        """Samples."""
        ...

    @property
    def units(self) -> Mapping[str, str]:
        """Units as printed, '' for none."""
        ...


def states_in_log(log: AnyLog) -> dict[str, list[tuple[int, int]]]:
    """Operating states found in a log that is in no project: stretches [start, end) ns by name; empty where nothing tells."""
    from workbench.logs.regimes.edits import apply_edits
    from workbench.logs.regimes.find import find_regimes

    found: dict[str, list[tuple[int, int]]] = {}
    for one in apply_edits(find_regimes(log.times_ns, log.columns, log.units), (), (0, 0)):
        found.setdefault(one.name, []).append((one.start_ns, one.end_ns))
    return found


def spans_in_log(log: AnyLog, names: Sequence[str]) -> list[tuple[int, int]]:
    """When a log that is in no project was in one of these states. Raises InputError where it never was."""
    states = states_in_log(log)
    spans = joined([span for name in names for span in states.get(name, ())])
    if not spans:
        said = ", ".join(sorted(states)) or "none that could be told"
        raise InputError(f"{log.source} was never {' or '.join(names)}.", f"There are: {said}.")
    return spans


def joined(spans: Spans) -> list[tuple[int, int]]:
    """The same stretches in order of time, with those that meet or overlap as one."""
    found: list[tuple[int, int]] = []
    for start_ns, end_ns in sorted(spans):
        if found and start_ns <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end_ns))
        else:
            found.append((start_ns, end_ns))
    return found


def rows_within(times_ns: NDArray[np.int64], spans: Spans) -> NDArray[np.bool_]:
    """Which instants [n], in order, lie in one of the stretches."""
    import numpy as np

    keep = np.zeros(len(times_ns), np.bool_)
    for start_ns, end_ns in spans:
        keep[np.searchsorted(times_ns, start_ns) : np.searchsorted(times_ns, end_ns)] = True
    return keep


def parts_within(runs: Spans, spans: Spans) -> list[tuple[int, int]]:
    """The parts of runs (first and last instant) that lie in the stretches."""
    found = [(max(start, first), min(end, last - 1)) for start, end in runs for first, last in spans]
    return [(start, end) for start, end in found if start <= end]


def is_within(start_ns: int, end_ns: int, spans: Spans) -> bool:
    """Whether a stretch lies wholly in one of the others (which are joined where they meet)."""
    return any(first <= start_ns and end_ns <= last for first, last in spans)


def bursts_within(bursts: Sequence[Stretch], spans: Spans) -> list[Stretch]:
    """The bursts that lie wholly in the state; of a stream the parts that do, if no shorter than half the longest part."""
    found: list[Stretch] = []
    for one in bursts:
        end_ns = one.start_ns + round(len(one.values) / one.rate_hz * NS_PER_S)
        if end_ns - one.start_ns > _STREAM_S * NS_PER_S:
            found += _parts_within(one, spans)
        elif is_within(one.start_ns, end_ns, spans):
            found.append(one)
    return found


def _parts_within(stream: Stretch, spans: Spans) -> list[Stretch]:
    from dataclasses import replace

    parts = []
    for start_ns, last_ns in spans:
        first = _first_row(stream, max(start_ns, stream.start_ns))
        end = min(_first_row(stream, last_ns), len(stream.values))
        if first < end:
            at_ns = stream.start_ns + round(first / stream.rate_hz * NS_PER_S)
            parts.append(replace(stream, start_ns=at_ns, values=stream.values[first:end]))
    longest = max((len(one.values) for one in parts), default=0)
    return [one for one in parts if len(one.values) >= longest / 2]


def _first_row(stream: Stretch, at_ns: int) -> int:
    """The first sample at an instant or after it; a clock's last digits (a thousandth of a step) do not count."""
    return max(math.ceil((at_ns - stream.start_ns) / NS_PER_S * stream.rate_hz - 1e-3), 0)
