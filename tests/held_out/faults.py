"""Faults put into the held-out logs, by what a channel measures: which finding they ask for, and how it is counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tests.held_out.instruments import swinging_door
from tests.held_out.plants import CODES, PlantLog

NS = 1_000_000_000
Columns = dict[str, np.ndarray]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault in one log; any of `codes` on any of `channels` (None: the whole log) is a find."""

    kind: str
    size: str
    codes: tuple[str, ...]
    channels: tuple[str | None, ...]
    columns: Columns
    units: dict[str, str | None]
    times_ns: np.ndarray


def faults(log: PlantLog, rng: np.random.Generator) -> Iterator[Fault]:
    """All that this log's channels can have."""
    run = _running(log)
    for make in (_samples, _stuck, _loops, _resolution, _units, _pairs, _noises, _physics, _clock, _blocks):
        yield from make(log, run, rng)


def _running(log: PlantLog) -> np.ndarray:
    """Rows of running, the middle three fifths of them."""
    rows = np.flatnonzero(np.isin(log.truth, [CODES["steady"], CODES["throttled"], CODES["parallel"]]))
    return rows[len(rows) // 5 : -len(rows) // 5]


def _longest(log: PlantLog, n_rows: int, rng: np.random.Generator) -> np.ndarray:
    """`n_rows` consecutive rows within a steady stretch (as many as the longest has, if need be)."""
    is_on = log.truth == CODES["steady"]
    edges = np.flatnonzero(np.diff(is_on, prepend=False, append=False))
    firsts, ends = edges[0::2], edges[1::2]
    k = int(np.argmax(ends - firsts))
    n_rows = min(n_rows, int(ends[k] - firsts[k]) - 2)
    first = int(firsts[k]) + int(rng.integers(0, max(int(ends[k] - firsts[k]) - n_rows, 1)))
    return np.arange(first, first + n_rows)


def _tag(log: PlantLog, quantity: str) -> str | None:
    values = log.duty.get(quantity)
    return None if values is None else next(name for name, column in log.columns.items() if column is values)


def _tags(log: PlantLog, *quantities: str) -> list[tuple[str, str]]:
    return [(quantity, name) for quantity in quantities if (name := _tag(log, quantity)) is not None]


def _made(log: PlantLog, kind: str, size: str, codes: str, name: str | None, **more: object) -> Fault:
    values = {
        "kind": kind, "size": size, "codes": tuple(codes.split()), "channels": (name,), "columns": log.columns,
        "units": log.units, "times_ns": log.times_ns, **more,
    }  # fmt: skip
    return Fault(**values)  # type: ignore[arg-type]


def _put(log: PlantLog, name: str, rows: np.ndarray, values: np.ndarray | float) -> Columns:
    column = log.columns[name].astype(float).copy()
    column[rows] = values
    return {**log.columns, name: column}


def _hours(log: PlantLog, hours: float) -> int:
    return max(round(hours * 3600 * NS / float(log.times_ns[1] - log.times_ns[0])), 4)


def _samples(log: PlantLog, run: np.ndarray, rng: np.random.Generator) -> Iterator[Fault]:
    for quantity, name in _tags(log, "discharge", "flow", "temperature", "current"):
        level = float(np.median(log.columns[name][run]))
        for share in (0.5, 2.0):
            at = _longest(log, 400, rng)
            columns = _put(log, name, at[[len(at) // 3]], level * (1 + share))
            yield _made(log, "spike", f"{share:.0%} of the level", "SPIKE", name, columns=columns)
        del quantity


def _stuck(log: PlantLog, run: np.ndarray, rng: np.random.Generator) -> Iterator[Fault]:
    for _, name in _tags(log, "discharge", "flow", "current", "temperature"):
        for hours in (3, 12):
            rows = _longest(log, _hours(log, hours), rng)
            if len(rows) < _hours(log, 1):
                continue
            columns = _put(log, name, rows, float(log.columns[name][rows[0]]))
            yield _made(log, "flat line", f"{hours} h", "FLAT_LINE SATURATED COMPRESSED", name, columns=columns)
    for _, name in _tags(log, "flow", "discharge"):
        top = float(np.quantile(log.columns[name][run], 0.6))
        columns = {**log.columns, name: np.minimum(log.columns[name], top)}
        yield _made(log, "cut off at the top", "40 % of the running time", "SATURATED FLAT_LINE", name, columns=columns)
    rows = _longest(log, _hours(log, 4), rng)
    columns = {key: _put(log, key, rows, float(values[rows[0]]))[key] for key, values in log.columns.items()}
    if len(rows) > _hours(log, 1) and len(columns) > 2:
        yield _made(log, "connection lost", "4 h", "COMMS_LOST", None, columns=columns)


def _loops(log: PlantLog, run: np.ndarray, rng: np.random.Generator) -> Iterator[Fault]:
    name = log.discharge
    top = 1.5 * float(np.quantile(log.columns[name], 0.99))
    loop = np.round(4 + 16 * np.clip(log.columns[name] / top, 0, 1), 3)
    units = {**log.units, name: "mA"}
    rows = _longest(log, 6, rng)
    for value in (3.5, 21.6, 22.5):
        changed = loop.copy()
        changed[rows] = value
        yield _made(
            log, "NE 43", f"{value} mA", "NE43_FAILURE SATURATED", name, columns={**log.columns, name: changed}, units=units
        )


def _resolution(log: PlantLog, run: np.ndarray, rng: np.random.Generator) -> Iterator[Fault]:
    for _, name in _tags(log, "discharge", "flow", "current"):
        values = log.columns[name][run]
        span = float(np.quantile(values, 0.98) - np.quantile(values, 0.02))
        level = float(np.median(values))
        step = max(span / 4, 0.02 * level)
        columns = {**log.columns, name: np.round(log.columns[name] / step) * step}
        yield _made(log, "coarse", "4 steps of the span, 2 % of the level", "QUANTIZED", name, columns=columns)
        columns = {**log.columns, name: swinging_door(log.columns[name], max(span / 6, 0.008 * level))}
        yield _made(log, "swinging door", "a sixth of the span", "COMPRESSED", name, columns=columns)


def _units(log: PlantLog, run: np.ndarray, rng: np.random.Generator) -> Iterator[Fault]:
    at = int(run[len(run) // 2])
    to = {
        "bar": (("psi", 14.5038, 0.0), ("kPa", 100.0, 0.0)), "kPa": (("bar", 0.01, 0.0), ("psi", 0.145038, 0.0)),
        "psi": (("bar", 0.0689476, 0.0),), "m3/h": (("L/s", 1 / 3.6, 0.0), ("gpm", 4.40287, 0.0)),
        "L/s": (("m3/h", 3.6, 0.0),), "gpm": (("m3/h", 0.227125, 0.0),), "degC": (("degF", 1.8, 32.0),),
        "mm/s": (("in/s", 1 / 25.4, 0.0),),
    }  # fmt: skip
    for _, name in _tags(log, "discharge", "flow", "temperature", "vibration"):
        for target, factor, offset in to.get(str(log.units[name]), ()):
            column = log.columns[name].astype(float).copy()
            column[at:] = np.round(column[at:] * factor + offset, 4)
            words = f"{log.units[name]} to {target}"
            columns = {**log.columns, name: column}
            yield _made(log, "unit jump", words, "UNIT_JUMP LOOSE_SENSOR", name, columns=columns)


def _pairs(log: PlantLog, run: np.ndarray, rng: np.random.Generator) -> Iterator[Fault]:
    at = int(run[len(run) // 2])
    suction = _tag(log, "suction")
    if suction is not None:
        columns = {**log.columns}
        for name, source in ((suction, log.discharge), (log.discharge, suction)):
            columns[name] = np.concatenate([log.columns[name][:at], log.columns[source][at:]])
        yield _made(log, "swapped", "suction, discharge", "SWAPPED", None, channels=(suction, log.discharge), columns=columns)
    noise = float(np.median(np.abs(np.diff(log.columns[log.discharge][run])))) + 1e-9
    level = float(np.median(log.columns[log.discharge][run]))
    twin = f"{log.discharge}_2"
    beside = np.round(log.columns[log.discharge] + rng.normal(0, 0.3 * noise, len(log.times_ns)), 4)
    units = {**log.units, twin: log.units[log.discharge]}
    copy = {**log.columns, twin: log.columns[log.discharge].copy()}
    yield _made(log, "logged twice", "the same", "REDUNDANT", None, channels=(twin, log.discharge), columns=copy, units=units)
    for size, add in (("step of 3 %", 0.03 * level * (np.arange(len(beside)) > at)), ("ramp of 6 %", None)):
        drift = 0.06 * level * np.clip((np.arange(len(beside)) - at) / (len(beside) - at), 0, 1) if add is None else add
        columns = {**log.columns, twin: np.round(beside + drift, 4)}
        yield _made(
            log, "bias to its twin", size, "TWIN_BIAS", None, channels=(twin, log.discharge), columns=columns, units=units
        )


def _noises(log: PlantLog, run: np.ndarray, rng: np.random.Generator) -> Iterator[Fault]:
    for _, name in _tags(log, "discharge", "flow"):
        rows = _longest(log, _hours(log, 24), rng)
        if len(rows) < _hours(log, 8):
            continue
        column, state = log.columns[name].astype(float).copy(), float(log.columns[name][rows[0]])
        for row in rows.tolist():
            state += (column[row] - state) / 40
            column[row] = round(state, 3)
        yield _made(log, "plugged line", "24 h", "PLUGGED_LINE FLAT_LINE", name, columns={**log.columns, name: column})
    name = _tag(log, "vibration")
    if name is not None:
        other = f"{name}_N"
        shake = np.round(0.8 * log.columns[name] * np.exp(rng.normal(0, 0.05, len(log.times_ns))), 3)
        at = int(run[len(run) // 2])
        column = log.columns[name].astype(float).copy()
        column[at:] = np.round(column[at:] * 0.15, 3)
        yield _made(
            log, "loose sensor", "to 15 %", "LOOSE_SENSOR", name, columns={**log.columns, name: column, other: shake},
            units={**log.units, other: "mm/s"},
        )  # fmt: skip


def _physics(log: PlantLog, run: np.ndarray, rng: np.random.Generator) -> Iterator[Fault]:
    rows = _longest(log, _hours(log, 1), rng)
    codes = "IMPOSSIBLE ZERO_SUSPECTED FLAT_LINE"
    yield _made(log, "no pressure at load", "1 h", codes, log.discharge, columns=_put(log, log.discharge, rows, 0.0))
    suction = _tag(log, "suction")
    if suction is not None:
        low = {"bar": -1.4, "kPa": -140.0, "psi": -20.3}[str(log.units[suction])]
        columns = _put(log, suction, rows[:8], low)
        yield _made(log, "below a vacuum", "8 samples", "IMPOSSIBLE SATURATED", suction, columns=columns)
    flow = _tag(log, "flow")
    is_off = log.truth == CODES["stopped"]
    if flow is not None and np.mean(is_off) > 0.02:
        usual = float(np.median(log.columns[flow][run]))
        for share, code in ((0.1, "ZERO_OFFSET"), (0.5, "FLOW_AT_REST")):
            columns = {**log.columns, flow: np.maximum(log.columns[flow], 0) + share * usual}
            yield _made(log, "not zero at rest", f"{share:.0%}", f"{code} FLOW_AT_REST", flow, columns=columns)


def _clock(log: PlantLog, run: np.ndarray, rng: np.random.Generator) -> Iterator[Fault]:
    n, step = len(log.times_ns), int(log.times_ns[1] - log.times_ns[0])
    hole = np.arange(n) * step + (np.arange(n) > n // 2) * 40 * step
    yield _made(log, "gap", "40 steps", "GAP CLOCK_FORWARD", None, times_ns=log.times_ns[0] + hole)
    half = np.cumsum(np.where(np.arange(n) < n // 2, step, step * 2))
    yield _made(log, "other period", "twice as long", "PERIOD_CHANGE", None, times_ns=log.times_ns[0] + half)
    drift = np.cumsum((step * (1 + 0.01 * np.arange(n) / n)).astype(np.int64))
    yield _made(log, "clock drifts", "1 %", "CLOCK_DRIFT", None, times_ns=log.times_ns[0] + drift)
    spring = 1_711_846_800 * NS - n // 2 * step + np.arange(n) * step + (np.arange(n) > n // 2) * 3600 * NS
    yield _made(log, "hour lost", "summer time", "CLOCK_FORWARD", None, times_ns=spring)


def _blocks(log: PlantLog, run: np.ndarray, rng: np.random.Generator) -> Iterator[Fault]:
    """A historian that was filled again with what it had already: all channels, or one."""
    n_rows = _hours(log, 6)
    rows = _longest(log, n_rows, rng)
    for size, names in (("all channels, 6 h", list(log.columns)), ("one channel, 6 h", [log.discharge])):
        to = int(rows[0]) + len(rows) + 17 if rows[-1] + len(rows) + 20 < len(log.times_ns) else int(rows[0]) - len(rows) - 17
        columns = {**log.columns}
        for name in names:
            columns[name] = _put(log, name, np.arange(to, to + len(rows)), log.columns[name][rows])[name]
        channels = (None, *names)
        yield _made(log, "block repeated", size, "REPEATED_BLOCK", None, channels=channels, columns=columns)
