"""Faults put into healthy logs, and how often they are found: `python -m tests.unit.quality_injections` prints the table.

The logs are sample pumps (two weeks of 30 s by default), read by the importer as any file is. Each kind of fault is put into
each channel that can have it, in several sizes; a find is a finding of the right code on the right channel.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workbench.core.jobs import Job
from workbench.logs.checks.quality import find_quality
from workbench.logs.parse import ParseOptions, parse_logs
from workbench.logs.summary import Finding
from workbench.services.samples import SampleRequest, write_samples

Columns = dict[str, np.ndarray]
USUAL = ("GAP",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """A healthy log."""

    name: str
    times_ns: np.ndarray
    columns: Columns
    units: dict[str, str | None]

    def named(self, *letters: str) -> list[str]:
        """Channels whose tags begin so."""
        return [name for name in self.columns if name.startswith(letters)]

    def running(self) -> np.ndarray:
        """Rows of the longest run, after its first eighth."""
        is_on = np.nan_to_num(next(self.columns[name] for name in self.named("II"))) > 5
        edges = np.flatnonzero(np.diff(is_on, prepend=False, append=False))
        longest = int(np.argmax(edges[1::2] - edges[0::2]))
        first, end = int(edges[0::2][longest]), int(edges[1::2][longest])
        return np.arange(first + (end - first) // 8, end - 5)

    def findings(self, columns: Columns, times_ns: np.ndarray | None = None) -> tuple[Finding, ...]:
        """What is found in changed columns."""
        return find_quality(self.times_ns if times_ns is None else times_ns, columns, self.units)


@dataclass(frozen=True, slots=True, kw_only=True)
class Injection:
    """One fault in one log: what was changed and what should be said."""

    kind: str
    size: str
    channel: str | None
    codes: tuple[str, ...]
    columns: Columns
    times_ns: np.ndarray | None = None
    others: tuple[str, ...] = ()
    """Channels on which it may be said as well."""


def healthy_logs(seeds: tuple[int, ...], n_pumps: int, days: float) -> Iterator[Log]:
    """Sample pumps as the importer reads them."""
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            write_samples(SampleRequest(out=folder, pumps=n_pumps, days=days, seed=seed), Job())
            for path in sorted(Path(folder).glob("P-*.csv")):
                (found,) = parse_logs([path], ParseOptions(zone=None, answers=()), _ignore).recordings
                units = {channel.name: channel.unit for channel in found.facts.channels}
                yield Log(name=f"{seed}/{path.stem}", times_ns=found.times_ns, columns=dict(found.columns), units=units)


def _ignore(_fraction: float, _words: str) -> None:
    """Progress that nobody looks at."""


def injections(log: Log) -> Iterator[Injection]:
    """All faults of all sizes that this log's channels can have."""
    for make in (_samples, _resolutions, _steps, _noises, _loops, _physics, _frozen, _clocks):
        yield from make(log)


def _with(log: Log, name: str, change: Callable[[np.ndarray], np.ndarray]) -> Columns:
    return {**log.columns, name: change(log.columns[name].astype(np.float64).copy())}


def _put(rows: np.ndarray, values: np.ndarray | float) -> Callable[[np.ndarray], np.ndarray]:
    def change(column: np.ndarray) -> np.ndarray:
        column[rows] = values
        return column

    return change


def _samples(log: Log) -> Iterator[Injection]:
    run = log.running()
    for name in log.named("PI", "FI", "TI", "JI"):
        level = float(np.nanmedian(log.columns[name][run]))
        for share in (0.5, 1.0, 4.0):
            at = run[[len(run) // 3, len(run) // 2]]
            columns = _with(log, name, _put(at, level + share * max(abs(level), 1.0)))
            yield Injection(kind="spike", size=f"{share:.0%} of the level", channel=name, codes=("SPIKE",), columns=columns)
        for hours in (2, 8):
            rows = run[len(run) // 3 :][: hours * 120]
            columns = _with(log, name, _put(rows, float(np.round(level, 2))))
            yield Injection(kind="flat line", size=f"{hours} h", channel=name, codes=("FLAT_LINE",), columns=columns)


def _resolutions(log: Log) -> Iterator[Injection]:
    run = log.running()
    for name in log.named("PI", "FI", "II"):
        values = log.columns[name][run]
        span = float(np.nanquantile(values, 0.98) - np.nanquantile(values, 0.02))
        level = abs(float(np.nanmedian(values)))
        for steps in (2, 4):
            step = max(span / steps, 0.02 * level)
            columns = _with(log, name, lambda column, step=step: np.round(column / step) * step)
            yield Injection(kind="quantized", size=f"{steps} steps", channel=name, codes=("QUANTIZED",), columns=columns)
        columns = _with(log, name, lambda column, span=span: swinging_door(column, 0.25 * span))
        yield Injection(kind="swinging door", size="¼ of the span", channel=name, codes=("COMPRESSED",), columns=columns)
        columns = _with(log, name, lambda column, span=span: exceptions(column, 0.3 * span))
        codes = ("COMPRESSED",)
        yield Injection(kind="by exception", size="0.3 of the span", channel=name, codes=codes, columns=columns)


def _steps(log: Log) -> Iterator[Injection]:
    run = log.running()
    at = int(run[len(run) // 2])
    for letters, to, factor, offset in (
        ("PI", "psi", 14.5037738, 0.0), ("PI", "kPa", 100.0, 0.0), ("TI", "degF", 1.8, 32.0), ("FI", "L/s", 1 / 3.6, 0.0),
        ("JI", "hp", 1.34102, 0.0), ("VI", "in/s", 1 / 25.4, 0.0),
    ):  # fmt: skip
        for name in log.named(letters):
            if abs(float(np.nanmedian(log.columns[name][run]))) < 0.05 or (to == "in/s" and log.units[name] != "mm/s"):
                continue
            columns = _with(log, name, lambda column, f=factor, o=offset: _from(column, at, f, o))
            codes = ("UNIT_JUMP", "LOOSE_SENSOR") if letters == "VI" else ("UNIT_JUMP",)
            yield Injection(kind="unit jump", size=f"to {to}", channel=name, codes=codes, columns=columns)
    for one, other in ((0, 1),):
        pressures = log.named("PI")
        yield _swapped(log, pressures[one], pressures[other], at, "suction, discharge")
    bearings = [name for name in log.named("TI") if name.endswith("DE")]
    yield _swapped(log, bearings[0], bearings[1], at, "DE, NDE")
    for name in log.named("VI")[:3]:
        for share in (0.3, 0.1):
            columns = _with(log, name, lambda column, share=share: _from(column, at, share, 0.0))
            yield Injection(kind="loose sensor", size=f"to {share:.0%}", channel=name, codes=("LOOSE_SENSOR",), columns=columns)


def _from(column: np.ndarray, at: int, factor: float, offset: float) -> np.ndarray:
    column[at:] = np.round(column[at:] * factor + offset, 3)
    return column


def _swapped(log: Log, one: str, other: str, at: int, size: str) -> Injection:
    columns = {**log.columns}
    for name, source in ((one, other), (other, one)):
        columns[name] = np.concatenate([log.columns[name][:at], log.columns[source][at:]])
    return Injection(kind="swapped", size=size, channel=one, codes=("SWAPPED",), columns=columns, others=(other,))


def _noises(log: Log) -> Iterator[Injection]:
    run = log.running()
    for name in log.named("PI", "FI"):
        for hours in (12, 24):
            rows = run[len(run) // 4 :][: hours * 120]
            column = log.columns[name].astype(np.float64).copy()
            column[rows] = _lagged(column[rows], 40.0)
            codes, columns = ("PLUGGED_LINE", "FLAT_LINE"), {**log.columns, name: np.round(column, 3)}
            yield Injection(kind="plugged line", size=f"{hours} h", channel=name, codes=codes, columns=columns)
    de, nde = log.named("TI")[:2]
    copies = (("the same", log.columns[de].copy()), ("in °F", np.round(log.columns[de] * 1.8 + 32, 2)))
    for size, copy in copies:
        yield Injection(
            kind="logged twice", size=size, channel=nde, codes=("REDUNDANT",), columns={**log.columns, nde: copy}, others=(de,)
        )


def _lagged(values: np.ndarray, samples: float) -> np.ndarray:
    out, state = np.empty_like(values), float(values[0])
    for number, value in enumerate(values.tolist()):
        state += (value - state) / samples if np.isfinite(value) else 0.0
        out[number] = state
    return out


def _loops(log: Log) -> Iterator[Injection]:
    run = log.running()
    rows = run[len(run) // 3 :][:12]
    codes = ("NE43_FAILURE", "SATURATED")
    for name in log.named("LI"):
        for value in (-2.6, 107.0):
            columns = _with(log, name, _put(rows, value))
            yield Injection(kind="NE 43", size=f"{value:g} %", channel=name, codes=codes, columns=columns)
    name = log.named("PI")[-1]
    top = float(np.nanmax(log.columns[name]))
    loop = np.round(4 + 16 * np.clip(log.columns[name] / (1.5 * top), 0, 1), 3)
    for value in (3.5, 21.5):
        changed = loop.copy()
        changed[rows] = value
        units = {**log.units, name: "mA"}
        other = Log(name=log.name, times_ns=log.times_ns, columns=log.columns, units=units)
        yield Injection(kind="NE 43", size=f"{value:g} mA", channel=name, codes=codes, columns={**other.columns, name: changed})


def _physics(log: Log) -> Iterator[Injection]:
    run = log.running()
    suction, discharge = log.named("PI")[:2]
    hour = run[len(run) // 3 :][:120]
    codes = ("IMPOSSIBLE", "ZERO_SUSPECTED", "FLAT_LINE")
    yield Injection(
        kind="no pressure at load", size="1 h", channel=discharge, codes=codes, columns=_with(log, discharge, _put(hour, 0.0))
    )
    for n_rows in (1, 20):
        columns = _with(log, suction, _put(hour[:n_rows], -1.3))
        codes = ("IMPOSSIBLE", "SATURATED")
        yield Injection(kind="below a vacuum", size=f"{n_rows} samples", channel=suction, codes=codes, columns=columns)
    name = log.named("FI")[0]
    usual = float(np.nanmedian(log.columns[name][run]))
    for share, code in ((0.08, "ZERO_OFFSET"), (0.15, "ZERO_OFFSET"), (0.5, "FLOW_AT_REST")):
        columns = _with(log, name, lambda column, add=share * usual: np.maximum(column, 0) + add)
        yield Injection(kind="not zero at rest", size=f"{share:.0%}", channel=name, codes=(code,), columns=columns)
    columns = _with(log, name, lambda column: column * 3.6)
    yield Injection(kind="more out than in", size="× 3.6", channel=None, codes=("IMPOSSIBLE",), columns=columns)


def _frozen(log: Log) -> Iterator[Injection]:
    run = log.running()
    for hours in (2, 6):
        rows = run[len(run) // 3 :][: hours * 120]
        columns = {name: _put(rows, float(values[rows[0]]))(values.copy()) for name, values in log.columns.items()}
        yield Injection(kind="connection lost", size=f"{hours} h", channel=None, codes=("COMMS_LOST",), columns=columns)


def _clocks(log: Log) -> Iterator[Injection]:
    step_ns = 30_000_000_000
    rows = np.arange(len(log.times_ns), dtype=np.int64)
    start = 1_774_746_000_000_000_000 - len(rows) // 2 * step_ns  # the last Sunday of March 2026, 01:00 UTC, in the middle
    lost = start + rows * step_ns + (rows > len(rows) // 2) * 3_600_000_000_000
    yield Injection(
        kind="hour lost", size="summer time", channel=None, codes=("CLOCK_FORWARD",), columns=log.columns, times_ns=lost
    )
    for percent in (5, 100):
        steps = np.where(rows < len(rows) // 2, step_ns, step_ns + step_ns * percent // 100)
        times = start + np.cumsum(steps)
        size = f"{percent} %"
        yield Injection(
            kind="other period", size=size, channel=None, codes=("PERIOD_CHANGE",), columns=log.columns, times_ns=times
        )
    drift = start + np.cumsum((step_ns * (1 + 0.01 * rows / len(rows))).astype(np.int64))
    yield Injection(kind="clock drifts", size="1 %", channel=None, codes=("CLOCK_DRIFT",), columns=log.columns, times_ns=drift)


def swinging_door(column: np.ndarray, deviation: float) -> np.ndarray:
    """Swinging-door compression (Bristol 1990), read back by interpolation at the same rate."""
    values = np.where(np.isfinite(column), column, 0.0)
    kept, pivot = [0], 0
    low, high = -np.inf, np.inf
    for row in range(1, len(values)):
        low = max(low, (values[row] - deviation - values[pivot]) / (row - pivot))
        high = min(high, (values[row] + deviation - values[pivot]) / (row - pivot))
        if low > high:
            pivot = row - 1
            kept.append(pivot)
            low, high = values[row] - deviation - values[pivot], values[row] + deviation - values[pivot]
    kept.append(len(values) - 1)
    return np.interp(np.arange(len(values)), kept, values[kept])


def exceptions(column: np.ndarray, band: float) -> np.ndarray:
    """Exception reporting: a value is kept until it has changed by more than the band."""
    out, last = column.copy(), float(column[0])
    for row, value in enumerate(column.tolist()):
        last = value if not abs(value - last) <= band else last
        out[row] = last
    return out


def is_found(one: Injection, log: Log) -> tuple[bool, list[Finding]]:
    """Whether it is found, and what else is said that is not about it."""
    if one.kind == "NE 43" and one.size.endswith("mA"):
        log = Log(name=log.name, times_ns=log.times_ns, columns=log.columns, units={**log.units, str(one.channel): "mA"})
    after = log.findings(one.columns, one.times_ns)
    channels = {one.channel, *one.others}
    hits = [found for found in after if found.code in one.codes and found.channel in channels]
    about = {*channels, None}
    extra = [found for found in after if found.channel not in about and found.code not in USUAL]
    return bool(hits), extra


def measure(logs: list[Log]) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]], list[str], float]:
    """(found, tried) by kind and size, findings in the healthy logs in words, and channel-months of these."""
    found: Counter[tuple[str, str]] = Counter()
    tried: Counter[tuple[str, str]] = Counter()
    false: list[str] = []
    months = 0.0
    for log in logs:
        months += len(log.columns) * float(log.times_ns[-1] - log.times_ns[0]) / (30 * 86_400e9)
        healthy = [one for one in log.findings(log.columns) if one.code not in USUAL]
        false += [f"{log.name} {one.code} {one.channel}: {one.text}" for one in healthy]
        for one in injections(log):
            hit, _ = is_found(one, log)
            tried[one.kind, one.size] += 1
            found[one.kind, one.size] += hit
    return found, tried, false, months


def main() -> None:
    seeds = tuple(int(text) for text in sys.argv[1:]) or (1, 2)
    found, tried, false, months = measure(list(healthy_logs(seeds, 2, 14)))
    print("| fault | size | found |\n|---|---|---|")
    for kind, size in tried:
        print(f"| {kind} | {size} | {found[kind, size]} of {tried[kind, size]} |")
    print(f"\n{len(false)} findings in {months:.0f} channel-months of healthy logs")
    print("\n".join(false))


if __name__ == "__main__":
    main()
