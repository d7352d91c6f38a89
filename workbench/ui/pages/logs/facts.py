"""What the header of the Logs page says of the log that is open."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from workbench.services.log_views import AssetLogs
from workbench.ui.format import rate, span, zone_of
from workbench.ui.pages.logs.corrector import layer_words

_MOST_RATES = 3


def log_facts(logs: AssetLogs, shown: tuple[str, ...], range_ns: tuple[int, int], zone: str) -> list[str]:
    """When it was (with its year: logs are often old), how fast what is shown was sampled, and what lies over it."""
    parts = [f"{span(*range_ns, zone_of(zone), with_year=True)} {zone or 'UTC'}"]
    if steps := steps_s(logs, shown):
        words = QCoreApplication.translate("LogsPage", "{steps} samples")
        parts.append(words.format(steps=", ".join(map(rate, steps[:_MOST_RATES]))))
    return [*parts, layer_words(len(logs.events), len(logs.corrections))]


def steps_s(logs: AssetLogs, shown: tuple[str, ...]) -> list[float]:
    """How far apart the samples of these channels are, s, the fastest first: waveforms have rates of their own."""
    views = [one for one in logs.channels if one.name in shown]
    steps = {1 / one.rate_hz for one in views if one.rate_hz}
    if logs.sample_period_s and any(one.rate_hz is None for one in views):
        steps.add(logs.sample_period_s)
    return sorted(steps)
