"""Words for a run's figures that several pages show."""

from __future__ import annotations

from workbench.services.training import RunSummary
from workbench.ui.format import MISSING, duration

_MINUTES_FROM_S = 600


def caught_of(run: RunSummary) -> str:
    """'18 / 20': events caught of all on the hold-out; '–' where there is none to catch."""
    if not run.metrics.get("n_events"):
        return MISSING
    return f"{int(run.metrics.get('n_caught') or 0)} / {int(run.metrics.get('n_events') or 0)}"


def delay_of(run: RunSummary) -> str:
    """'46 min', '3 h 56 min': the median detection delay, to the minute where it is minutes."""
    seconds = run.metrics.get("median_delay_s")
    return duration(seconds if seconds is None or seconds < _MINUTES_FROM_S else round(seconds / 60) * 60)


def or_nan(value: float | None) -> float:
    """NaN for a figure that could not be measured: tables show it as missing."""
    return float("nan") if value is None else value
