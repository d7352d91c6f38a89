"""Current loops that say of themselves that they failed, by NAMUR NE 43 (2003).

A transmitter puts 3.6 mA or less, or 21 mA or more, on its loop when its signal is not valid; between 3.8 and 20.5 mA it
measures. In per cent of the span (4 to 20 mA) that is −2.5 % and 106.25 %. Must not import anything but numpy and this domain.
"""

from __future__ import annotations

import numpy as np

from workbench.logs.checks.flat_runs import Samples, rows_of_buckets
from workbench.logs.checks.phrases import format_instant, format_span, format_value
from workbench.logs.checks.survey import Survey
from workbench.logs.recordings.pyramid import Floats
from workbench.logs.summary import Finding, Remedy

_LIMITS = {"mA": (3.6, 21.0, 3.8, 20.5), "%": (-2.5, 106.25, -1.25, 103.125)}
"""Failed at or below, at or above; measures from, to."""
_MEASURES_SHARE = 0.8
_MIN_ROWS = 2
_SAME_TO_SPAN = 0.02


def find_loop_failures(name: str, survey: Survey, extremes: Floats) -> list[Finding]:
    """A finding on a channel in mA or per cent that usually measures and at times says that it failed."""
    found = _in_channel(name, survey, extremes) if survey.units.get(name) in _LIMITS else None
    return [] if found is None else [found]


def _in_channel(name: str, survey: Survey, extremes: Floats) -> Finding | None:
    unit = survey.units.get(name) or ""
    low, high, least, most = _LIMITS[unit]
    good = survey.channels[name].rows
    good = good[np.isfinite(good)]
    if not len(good) or np.mean((good >= least) & (good <= most)) < _MEASURES_SHARE or not _is_loop(good, unit):
        return None
    first, end, n_runs = _failed_rows(survey.columns[name], extremes, low, high)
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


def _failed_rows(values: Samples, extremes: Floats, low: float, high: float) -> tuple[int, int, int]:
    """(first, end) rows of the longest failure of at least two samples, and how many there are."""
    parts = [np.zeros(0, np.int64)]
    for some in rows_of_buckets((extremes[:, 0] <= low) | (extremes[:, 1] >= high), len(values)):
        found = np.asarray(values[some])
        parts.append(some[(found <= low) | (found >= high)])
    rows = np.concatenate(parts)
    if not len(rows):
        return 0, 0, 0
    starts = np.flatnonzero(np.diff(rows, prepend=-2) != 1)
    lengths = np.diff(np.append(starts, len(rows)))
    if not (lengths >= _MIN_ROWS).any():
        return 0, 0, 0
    longest = int(np.argmax(lengths))
    first = int(rows[starts[longest]])
    return first, first + int(lengths[longest]), int(np.count_nonzero(lengths >= _MIN_ROWS))
