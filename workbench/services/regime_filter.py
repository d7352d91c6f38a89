"""Operating states as a filter: which rows of a recording count. Training and drift compare like with like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.project.store import Project


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
    return {asset: finder.spans(asset, names) for asset in assets}


def rows_within(times_ns: NDArray[np.int64], spans: Sequence[tuple[int, int]]) -> NDArray[np.bool_]:
    """Which instants [n] lie in one of the stretches."""
    import numpy as np

    keep = np.zeros(len(times_ns), np.bool_)
    for start_ns, end_ns in spans:
        keep[np.searchsorted(times_ns, start_ns) : np.searchsorted(times_ns, end_ns)] = True
    return keep
