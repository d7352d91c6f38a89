"""Words for a run's figures that several pages show."""

from __future__ import annotations

from workbench.services.training import RunSummary


def caught_of(run: RunSummary) -> str:
    """'18 / 20': events caught of all on the hold-out."""
    return f"{int(run.metrics.get('n_caught') or 0)} / {int(run.metrics.get('n_events') or 0)}"


def or_nan(value: float | None) -> float:
    """NaN for a figure that could not be measured: tables show it as missing."""
    return float("nan") if value is None else value
