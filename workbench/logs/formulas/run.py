"""Runs a checked formula over blocks of rows: memory stays flat, and what windows need of the rows before is carried along.

Missing values (NaN) go through every step: what is computed from a missing value is missing. Windows are trailing: (t − d, t].
Must not import anything but numpy and this domain.
"""

from __future__ import annotations

import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from workbench.logs.formulas.formula import Formula, Node

Values = NDArray[np.float64]
Instants = NDArray[np.int64]
_NS_PER_S = 1_000_000_000
GAP_STEPS = 3.5
"""A step longer than this many median steps is a gap: nothing is derived, delayed or summed across it."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A block: instants ns [n], strictly increasing over all blocks, and the channels in it, float64 [n]."""

    times_ns: Instants
    columns: Mapping[str, Values]
    step_ns: float
    """Median step of the whole recording."""


class FormulaRun:
    """One pass over a recording, block after block in order of time."""

    def __init__(self, formula: Formula) -> None:
        self._step = _build(formula.root)

    def values(self, rows: Rows) -> Values:
        """What the formula gives for the rows of a block, float64 [n]; infinite results are missing."""
        with np.errstate(all="ignore"):
            found = np.broadcast_to(self._step(rows), rows.times_ns.shape).astype(np.float64)
        found[~np.isfinite(found)] = np.nan
        return found


Step = Callable[[Rows], Values]
_POINTWISE: dict[str, Callable[..., Values]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "negative": operator.neg,
    "abs": np.abs, "sign": np.sign, "round": np.round, "exp": np.exp, "log": np.log, "log10": np.log10,
    "min": np.minimum, "max": np.maximum,
}  # fmt: skip
_COMPARISONS: dict[str, Callable[..., NDArray[np.bool_]]] = {
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal, "==": np.equal, "!=": np.not_equal,
}  # fmt: skip


def _build(node: Node) -> Step:
    parts = [_build(part) for part in node.parts]
    if node.op == "number":
        return _Number(node.number)
    if node.op == "channel":
        return _Channel(node.name)
    if node.op in _POINTWISE:
        return _Pointwise(_POINTWISE[node.op], parts)
    if node.op in _COMPARISONS:
        return _Comparison(_COMPARISONS[node.op], parts)
    if node.op in _STATEFUL:
        return _STATEFUL[node.op](node, parts[0])
    if node.op == "**":
        return _Pointwise(np.power, [parts[0], _Number(node.number)])
    return _Pointwise(_OTHERS[node.op], parts)


def evaluate_step(op: str, number: float, parts: Sequence[Values]) -> Values:
    """One operation on samples of one instant, as a formula does it. Raises KeyError for one that looks back over time."""
    if op == "number":
        return np.float64(number) * np.ones(1)
    if op == "**":
        return np.asarray(np.power(parts[0], number))
    if op in _COMPARISONS:
        return _compared(_COMPARISONS[op], parts[0], parts[1])
    return (_POINTWISE[op] if op in _POINTWISE else _OTHERS[op])(*np.broadcast_arrays(*parts))


@dataclass(frozen=True, slots=True)
class _Number:
    value: float

    def __call__(self, rows: Rows) -> Values:
        return np.full(len(rows.times_ns), self.value)


@dataclass(frozen=True, slots=True)
class _Channel:
    name: str

    def __call__(self, rows: Rows) -> Values:
        return rows.columns[self.name]


@dataclass(frozen=True, slots=True)
class _Pointwise:
    function: Callable[..., Values]
    parts: list[Step]

    def __call__(self, rows: Rows) -> Values:
        return self.function(*(part(rows) for part in self.parts))


@dataclass(frozen=True, slots=True)
class _Comparison:
    """1 or 0; missing where either side is."""

    function: Callable[..., NDArray[np.bool_]]
    parts: list[Step]

    def __call__(self, rows: Rows) -> Values:
        first, second = (part(rows) for part in self.parts)
        return _compared(self.function, first, second)


def _compared(function: Callable[..., NDArray[np.bool_]], first: Values, second: Values) -> Values:
    return np.where(np.isnan(first) | np.isnan(second), np.nan, function(first, second))


def _missing_through(found: NDArray[np.bool_], parts: tuple[Values, ...]) -> Values:
    return np.where(np.isnan(parts).any(axis=0), np.nan, found)


def _and(*parts: Values) -> Values:
    return _missing_through((np.stack(parts) != 0).all(axis=0), parts)


def _or(*parts: Values) -> Values:
    return _missing_through((np.stack(parts) != 0).any(axis=0), parts)


def _not(part: Values) -> Values:
    return _missing_through(part == 0, (part,))


def _where(condition: Values, yes: Values, no: Values) -> Values:
    return np.where(np.isnan(condition), np.nan, np.where(condition != 0, yes, no))


def _clip(values: Values, low: Values, high: Values) -> Values:
    return np.minimum(np.maximum(values, low), high)


def _mean(first: Values, second: Values) -> Values:
    return first + (second - first) / 2


_OTHERS: dict[str, Callable[..., Values]] = {
    "and": _and, "or": _or, "not": _not, "where": _where, "clip": _clip, "mean": _mean,
    "missing": np.isnan,
}  # fmt: skip


class _Windowed(ABC):
    """Base of steps that look back: keeps the rows of the last `number` seconds, and one row more."""

    needs_one_row: ClassVar[bool] = False
    """Whether the row before is all that is looked back at."""

    def __init__(self, node: Node, part: Step) -> None:
        self.node = node
        self.span_ns = round(node.number * _NS_PER_S)
        self.late_ns = 0.0
        """From here on a step is a gap."""
        self._part = part
        self._times = np.zeros(0, np.int64)
        self._values = np.zeros(0)

    def __call__(self, rows: Rows) -> Values:
        times = np.concatenate([self._times, rows.times_ns])
        values = np.concatenate([self._values, self._part(rows)])
        n_before = len(self._times)
        self.late_ns = GAP_STEPS * rows.step_ns
        found = self.look_back(times, values, n_before)
        oldest_ns = times[-1] - self.span_ns - round(self.late_ns)
        keep = max(int(np.searchsorted(times, oldest_ns, side="right")) - 1, 0)
        keep = len(times) - 1 if self.needs_one_row else min(keep, len(times) - 1)
        self._times, self._values = times[keep:], values[keep:]
        return found

    @abstractmethod
    def look_back(self, times: Instants, values: Values, n_before: int) -> Values:
        """Results for the rows from `n_before` on."""


class _RollingMoment(_Windowed):
    """Mean or standard deviation (n − 1) of the good values in the window, from running sums about the block's mean."""

    def look_back(self, times: Instants, values: Values, n_before: int) -> Values:
        good = np.isfinite(values)
        centre = float(values[good].mean()) if good.any() else 0.0
        shifted = np.where(good, values - centre, 0.0)
        first = np.searchsorted(times, times[n_before:] - self.span_ns, side="right")
        last = np.arange(n_before, len(times)) + 1
        n, total = (_between(running, first, last) for running in (good.astype(np.float64), shifted))
        mean = total / np.where(n > 0, n, np.nan)
        if self.node.op == "rolling_mean":
            return mean + centre
        squares = _between(shifted * shifted, first, last)
        variance = (squares - n * mean * mean) / np.where(n > 1, n - 1, np.nan)
        deviation: Values = np.sqrt(np.maximum(variance, 0.0))
        return deviation


def _between(values: Values, first: Instants, last: Instants) -> Values:
    running: Values = np.concatenate([[0.0], np.cumsum(values)])
    found: Values = running[last] - running[first]
    return found


class _RollingExtreme(_Windowed):
    """Least or greatest good value in the window: extremes of 1, 2, 4 … rows, two of which cover any window."""

    def look_back(self, times: Instants, values: Values, n_before: int) -> Values:
        pick = np.fmin if self.node.op == "rolling_min" else np.fmax
        last = np.arange(n_before, len(times)) + 1
        first = np.searchsorted(times, times[n_before:] - self.span_ns, side="right")
        length = last - first
        level = np.frexp(length.astype(np.float64))[1] - 1
        out = np.empty(len(last))
        table = values
        for number in range(int(level.max()) + 1):
            width = 1 << number
            chosen = level == number
            out[chosen] = pick(table[first[chosen]], table[last[chosen] - width])
            if len(table) > width:
                table = pick(table[:-width], table[width:])
        return out


class _Derivative(_Windowed):
    """Difference to the row before by the time between; missing across gaps. `number`: s in the unit of time."""

    needs_one_row = True

    def look_back(self, times: Instants, values: Values, n_before: int) -> Values:
        step = np.diff(times).astype(np.float64)
        rise = np.where(step <= self.late_ns, np.diff(values) / (step / _NS_PER_S) * self.node.number, np.nan)
        return rise if n_before else np.concatenate([[np.nan], rise])


class _Integral(_Windowed):
    """Sum of the areas under the lines between neighbouring good rows from the start on; gaps add nothing."""

    needs_one_row = True

    def __init__(self, node: Node, part: Step) -> None:
        super().__init__(node, part)
        self._total = 0.0

    def look_back(self, times: Instants, values: Values, n_before: int) -> Values:
        step = np.diff(times).astype(np.float64)
        area = (values[:-1] + values[1:]) / 2 * (step / _NS_PER_S) / self.node.number
        area = np.where((step <= self.late_ns) & np.isfinite(area), area, 0.0)
        running = self._total + np.concatenate([[0.0], np.cumsum(area)])
        self._total = float(running[-1])
        return np.where(np.isfinite(values), running, np.nan)[n_before:]


class _Delay(_Windowed):
    """The value that was there `number` seconds before; missing where nothing was measured then."""

    def look_back(self, times: Instants, values: Values, n_before: int) -> Values:
        return _value_at(times, values, times[n_before:] - self.span_ns, self.late_ns)


class _Resample(_Windowed):
    """The value at the last whole multiple of `number` seconds since 1970, held until the next."""

    def look_back(self, times: Instants, values: Values, n_before: int) -> Values:
        return _value_at(times, values, times[n_before:] // self.span_ns * self.span_ns, self.late_ns)


def _value_at(times: Instants, values: Values, wanted: Instants, late_ns: float) -> Values:
    place = np.searchsorted(times, wanted, side="right") - 1
    is_there = (place >= 0) & (wanted - times[np.maximum(place, 0)] <= late_ns)
    return np.where(is_there, values[np.maximum(place, 0)], np.nan)


class _Hold(_Windowed):
    """Missing values filled with the last good one, if that is at most `number` seconds old."""

    def look_back(self, times: Instants, values: Values, n_before: int) -> Values:
        last = np.maximum.accumulate(np.where(np.isfinite(values), np.arange(len(values)), -1))
        is_fresh = (last >= 0) & (times - times[np.maximum(last, 0)] <= self.span_ns)
        return np.where(is_fresh, values[np.maximum(last, 0)], np.nan)[n_before:]


_STATEFUL: dict[str, Callable[[Node, Step], Step]] = {
    "rolling_mean": _RollingMoment, "rolling_sd": _RollingMoment, "rolling_min": _RollingExtreme,
    "rolling_max": _RollingExtreme, "derivative": _Derivative, "integral": _Integral, "delay": _Delay, "hold": _Hold,
    "resample": _Resample,
}  # fmt: skip
