"""Current loops that say of themselves that they failed, by NAMUR NE 43 (2003).

A transmitter puts 3.6 mA or less, or 21 mA or more, on its loop when its signal is not valid; between 3.8 and 20.5 mA it
measures. In per cent of the span (4 to 20 mA) that is −2.5 % and 106.25 %. Must not import anything but numpy and this domain.
"""

from __future__ import annotations

import numpy as np

from workbench.logs.flat_runs import Samples
from workbench.logs.phrases import format_instant, format_span, format_value
from workbench.logs.summary import Finding, Remedy
from workbench.logs.survey import Bools, Survey
from workbench.logs.time_axis import Int64s

_LIMITS = {"mA": (3.6, 21.0, 3.8, 20.5), "%": (-2.5, 106.25, -1.25, 103.125)}
"""Failed at or below, at or above; measures from, to."""
_MEASURES_SHARE = 0.8
_BLOCK_ROWS = 1 << 18
_MIN_ROWS = 2
_SAME_TO_SPAN = 0.02


def find_loop_failures(survey: Survey) -> list[Finding]:
    """One finding a channel in mA or per cent that usually measures and at times says that it failed."""
    found = (_in_channel(name, survey) for name in survey.columns if survey.units.get(name) in _LIMITS)
    return [finding for finding in found if finding is not None]


def _in_channel(name: str, survey: Survey) -> Finding | None:
    unit = survey.units.get(name) or ""
    low, high, least, most = _LIMITS[unit]
    good = survey.channels[name].rows
    good = good[np.isfinite(good)]
    if not len(good) or np.mean((good >= least) & (good <= most)) < _MEASURES_SHARE or not _is_loop(good, unit):
        return None
    first, end, n_runs = _failed_rows(survey.columns[name], low, high)
    if not n_runs:
        return None
    start_ns, end_ns = survey.instant(first), survey.instant(end - 1)
    value = float(np.nanmedian(np.asarray(survey.columns[name][first:end], np.float64)))
    limit = f"{format_value(low, unit)} or less" if value <= low else f"{format_value(high, unit)} or more"
    said = format_value(float(f"{value:.4g}"), unit)
    text = (
        f"At {said} from {format_instant(start_ns)} UTC, {format_span(end_ns - start_ns)}: by NE 43, "
        f"{limit} says that the transmitter failed"
    )
    text += f"; {n_runs - 1} more times" if n_runs > 1 else ""
    return Finding(
        code="NE43_FAILURE", text=text, channel=name, start_ns=start_ns, end_ns=end_ns, severity="failure",
        remedy=Remedy(action="exclude"),
    )  # fmt: skip


def _is_loop(good: np.ndarray, unit: str) -> bool:
    """Milliamperes that lie within a loop's range are one; a per cent channel must have used some of its span."""
    return unit == "mA" or float(np.quantile(good, 0.95) - np.quantile(good, 0.05)) > _SAME_TO_SPAN * 100


def _failed_rows(values: Samples, low: float, high: float) -> tuple[int, int, int]:
    """(first, end) rows of the longest failure of at least two samples, and how many there are."""
    starts, ends = _runs(values, low, high)
    lengths = ends - starts
    keep = lengths >= _MIN_ROWS
    if not keep.any():
        return 0, 0, 0
    longest = int(np.argmax(lengths))
    return int(starts[longest]), int(ends[longest]), int(np.count_nonzero(keep))


def _runs(values: Samples, low: float, high: float) -> tuple[Int64s, Int64s]:
    starts, ends = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for first in range(0, len(values), _BLOCK_ROWS):
        block = np.asarray(values[first : first + _BLOCK_ROWS])
        is_failed: Bools = (block <= low) | (block >= high)
        if is_failed.any():
            edges = np.flatnonzero(np.diff(is_failed, prepend=False, append=False))
            starts.append(first + edges[0::2])
            ends.append(first + edges[1::2])
    first_rows, end_rows = np.concatenate(starts), np.concatenate(ends)
    is_joined = first_rows[1:] == end_rows[:-1]
    return first_rows[np.append(True, ~is_joined)[: len(first_rows)]], end_rows[np.append(~is_joined, True)[: len(end_rows)]]
