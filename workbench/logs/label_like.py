"""Columns that look like labels: they must never become inputs, or the model learns to read the answer.

Names tell most of them (anomaly, label, fault, changepoint …). A column of printed 0 and 1 in few runs at the end of a
table is one by its behaviour. Elsewhere such a column may be a pump's run signal: it is kept, and said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.logs.summary import RecordingFacts
from workbench.logs.words import LABEL_PATTERN, SURE_LABEL_PATTERN

SUSPECTED_WHY = "suspected label: 0/1 in few runs; kept as a channel, not offered as an input"
NAMED_WHY = "label: its name says so"
BEHAVES_WHY = "label: 0/1 in few runs, at the end of the table"
MAX_LABEL_VALUES = 20
_LABEL = re.compile(LABEL_PATTERN)
_SURE = re.compile(SURE_LABEL_PATTERN)
_SPLIT_CASE = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MAX_RUNS_FRACTION = 0.02
_STATE_WORDS = re.compile(
    r"pump|valve|ventil|motor|\brun|status|state|mode|speed|\bs\b|\bxs\b|\bhs\b|\bzs\b|\bon\b|\boff\b|marche|betrieb|lauf|drift"
)


def is_label_name(name: str, unit: str | None = None, n_distinct: int = 0) -> bool:
    """Whether a column's name says that it is a label.

    What has a unit is measured. Words that a set point or a code may have too (target, class, fault) count only for columns
    of few values.
    """
    folded = re.sub(r"[_\W]+", " ", _SPLIT_CASE.sub(" ", name)).casefold().strip()
    if unit is not None:
        return False
    return bool(_SURE.search(folded)) or (n_distinct <= MAX_LABEL_VALUES and bool(_LABEL.search(folded)))


def behaves_like_label(values: NDArray[np.float64]) -> bool:
    """Whether values [n] (NaN = missing) are only 0 and 1 (or -1, 0, 1) in few runs, starting normal, mostly normal."""
    good = values[np.isfinite(values)]
    if good.size < 20 or not np.isin(good, (0.0, 1.0, -1.0)).all() or good.min() == good.max():
        return False
    n_runs = int(np.count_nonzero(np.diff(good))) + 1
    few = n_runs <= max(12, _MAX_RUNS_FRACTION * good.size)
    return bool(few and good[0] == 0.0 and np.mean(good != 0.0) <= 0.6)


def is_two_state(values: NDArray[np.float64]) -> bool:
    """Whether values [n] are only 0 and 1 in few runs, whichever comes first."""
    good = values[np.isfinite(values)]
    if good.size < 20 or not np.isin(good, (0.0, 1.0)).all() or good.min() == 1.0:
        return False
    return int(np.count_nonzero(np.diff(good))) + 1 <= max(12, _MAX_RUNS_FRACTION * good.size)


def names_a_state(name: str) -> bool:
    """Whether a name says that 0 and 1 are a machine's state, as pump or valve."""
    return bool(_STATE_WORDS.search(re.sub(r"[_\W]+", " ", _SPLIT_CASE.sub(" ", name)).casefold()))


def input_channels(facts: RecordingFacts) -> tuple[str, ...]:
    """Channels that a model may read: all but those that `left_out` names (labels, suspected labels, index, quality)."""
    excluded = {item.channel for item in facts.left_out} | set(facts.labels)
    return tuple(channel.name for channel in facts.channels if channel.name not in excluded)


def trailing_labels(names: Sequence[str], columns: dict[str, NDArray[np.float64]]) -> list[str]:
    """Names at the table's end whose values behave like a label, and whose names are no machine state."""
    found: list[str] = []
    for name in reversed(names):
        if names_a_state(name) or not behaves_like_label(columns[name]):
            break
        found.append(name)
    return found if len(found) < len(names) else []
