"""Columns that look like labels: they must never become inputs, or the model learns to read the answer.

Names tell most of them (anomaly, label, fault, changepoint …). A column of printed 0 and 1 in few runs at the end of a
table is one by its behaviour. Elsewhere such a column may be a pump's run signal: it is kept, and said.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.logs.summary import RecordingFacts
from workbench.logs.tables.words import LABEL_PATTERN, SURE_LABEL_PATTERN

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
    r"|pomp|bomba|čerpad|črpalk|crpalk|szivatt|насос|помпа|αντλ|משאב|مضخ|पंप|ปั๊ม|bơm|泵|ポンプ|펌프|pumppu|sūkn|siurbl|dælu"
    r"|válvula|vanne|valvola|zawór|zawor|klep|клапан|кран|βάν|βαλβ|שסתום|صمام|वाल्व|วาล์ว|\bvan\b|阀|閥|弁|バルブ|밸브|vana|szelep"
    r"|stato|estado|état|etat|tila\b|stan\b|stav|állapot|durum|состоян|статус|стан\b|режим|κατάστασ|מצב|حالة|وضعیت|स्थिति|สถานะ|trạng"
    r"|状态|狀態|状態|상태|模式|モード|모드|marcha|marcia|chod|praca|ruch\b|работа|робота|λειτουργ|运行|運轉|運転|稼働|운전|가동|çalış|käynt|gang\b"
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


@dataclass(slots=True)
class StateRuns:
    """What tells a column of states apart from a measurement, gathered over all of it, at once or in blocks."""

    n_good: int = 0
    n_changes: int = 0
    n_nonzero: int = 0
    first: float = math.nan
    last: float = math.nan
    low: float = math.nan
    high: float = math.nan
    is_states: bool = True
    """Only -1, 0 and 1 so far."""

    def add(self, values: NDArray[np.float64]) -> None:
        """The next values [n], NaN = missing."""
        good = values[np.isfinite(values)]
        if good.size == 0 or not self.is_states:
            return
        self.is_states = bool(np.isin(good, (0.0, 1.0, -1.0)).all())
        self.n_changes += int(np.count_nonzero(np.diff(good))) + int(self.n_good > 0 and good[0] != self.last)
        self.first = float(good[0]) if self.n_good == 0 else self.first
        self.last = float(good[-1])
        self.low, self.high = float(np.fmin(self.low, good.min())), float(np.fmax(self.high, good.max()))
        self.n_nonzero += int(np.count_nonzero(good))
        self.n_good += int(good.size)

    @property
    def is_few(self) -> bool:
        """Whether values seldom change."""
        return self.n_good >= 20 and self.n_changes + 1 <= max(12, _MAX_RUNS_FRACTION * self.n_good)


def _runs_of(values: NDArray[np.float64] | StateRuns) -> StateRuns:
    if isinstance(values, StateRuns):
        return values
    runs = StateRuns()
    runs.add(values)
    return runs


def behaves_like_label(values: NDArray[np.float64] | StateRuns) -> bool:
    """Whether values [n] (NaN = missing) are only 0 and 1 (or -1, 0, 1) in few runs, starting normal, mostly normal."""
    runs = _runs_of(values)
    is_two = runs.is_states and runs.is_few and runs.low != runs.high
    return is_two and runs.first == 0.0 and runs.n_nonzero <= 0.6 * runs.n_good


def is_two_state(values: NDArray[np.float64] | StateRuns) -> bool:
    """Whether values [n] are only 0 and 1 in few runs, whichever comes first."""
    runs = _runs_of(values)
    return runs.is_states and runs.is_few and runs.low == 0.0


def names_a_state(name: str) -> bool:
    """Whether a name says that 0 and 1 are a machine's state, as pump or valve."""
    return bool(_STATE_WORDS.search(re.sub(r"[_\W]+", " ", _SPLIT_CASE.sub(" ", name)).casefold()))


def input_channels(facts: RecordingFacts) -> tuple[str, ...]:
    """Channels that a model may read: all but those that `left_out` names (labels, suspected labels, index, quality)."""
    excluded = {item.channel for item in facts.left_out} | set(facts.labels)
    return tuple(channel.name for channel in facts.channels if channel.name not in excluded)


def trailing_labels(names: Sequence[str], columns: Mapping[str, NDArray[np.float64] | StateRuns]) -> list[str]:
    """Names at the table's end whose values behave like a label, and whose names are no machine state."""
    found: list[str] = []
    for name in reversed(names):
        if names_a_state(name) or not behaves_like_label(columns[name]):
            break
        found.append(name)
    return found if len(found) < len(names) else []
