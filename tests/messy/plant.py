"""The pump behind the variants: signals as printed digits, instants, and the truth that follows from both.

Every number of the truth comes from the digits as printed with a decimal dot, before a vendor's notation is put on them; no
code of the program takes part.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

Stamp = Callable[[datetime], str]
START = datetime(2026, 3, 25, 8, tzinfo=UTC)


@dataclass(kw_only=True)
class Signal:
    """One channel: `plain` digits per row (None: the cell was never written), `bad` cells {row: (printed, reason)}."""

    name: str
    shown: str = ""
    unit: str | None = None
    plain: list[str | None] = field(default_factory=list)
    bad: dict[int, tuple[str, str]] = field(default_factory=dict)
    quality_bad: frozenset[int] = frozenset()
    """Rows whose quality column says that the value is no good."""
    description: str = ""
    suffix: str = ""
    words: tuple[str, str] | None = None
    """Off and on, for a state; `plain` is 0 and 1 then."""
    also: tuple[str, ...] = ()

    def cell(self, row: int, style: Style) -> str:
        """The cell as printed."""
        if row in self.bad:
            return self.bad[row][0]
        digits = self.plain[row]
        if digits is None:
            return style.absent
        if self.words:
            return self.words[int(digits)]
        return style.number(digits) + self.suffix


@dataclass(frozen=True, kw_only=True)
class Style:
    """How numbers are printed."""

    dec: str = "."
    thou: str = ""
    absent: str = ""
    quote: str = ""

    def number(self, digits: str) -> str:
        """The digits with this decimal mark and these thousands separators."""
        sign, rest = ("-", digits[1:]) if digits.startswith("-") else ("", digits)
        whole, _, part = rest.partition(".")
        if self.thou:
            whole = f"{int(whole):,}".replace(",", self.thou)
        return f"{self.quote}{sign}{whole}{self.dec + part if part else ''}{self.quote}"


@dataclass(frozen=True, kw_only=True)
class Case:
    """Files of one call and what must come of it. `files` keep their order; `given` are those that are passed."""

    name: str
    kind: int
    files: dict[str, bytes]
    truth: dict[str, Any]
    zone: str | None = None
    given: tuple[str, ...] = ()

    def but(self, name: str, files: Mapping[str, bytes], given: Sequence[str] = (), **truth: Any) -> Case:
        """The same recording in other files."""
        return replace(
            self,
            name=name,
            files=dict(files),
            given=tuple(given) or tuple(files),
            truth={**self.truth, "files": [*files], **truth},
        )


def walk(seed: str, n: int, centre: float, spread: float, decimals: int) -> list[str | None]:
    """A slow wander around a value, as digits."""
    rng = random.Random(seed)
    value, result = centre, []
    for _ in range(n):
        value += 0.3 * (centre - value) + rng.gauss(0, spread)
        result.append(f"{value:.{decimals}f}")
    return result


def signal(name: str, shown: str, unit: str | None, centre: float, spread: float, decimals: int, n: int, **more: Any) -> Signal:
    """A signal that wanders around `centre`."""
    return Signal(name=name, shown=shown, unit=unit, plain=walk(f"{name}{centre}", n, centre, spread, decimals), **more)


def state(name: str, words: tuple[str, str], n: int, on: Callable[[int], bool] | None = None, **more: Any) -> Signal:
    """A signal of two words."""
    plain: list[str | None] = [str(int(on(row) if on else row % 50 >= 4)) for row in range(n)]
    return Signal(name=name, plain=plain, words=words, **more)


def pump(
    n: int, names: Sequence[str] = ("FT-101", "PT-102", "IT-103"), units: Sequence[str] = ("m3/h", "bar", "A")
) -> list[Signal]:
    """Flow, discharge pressure and motor current."""
    centres = {"m3/h": (286.0, 3.0, 1), "bar": (6.1, 0.05, 3), "A": (38.4, 0.4, 2)}
    return [
        signal(name, shown, unit, *centres[unit], n) for name, shown, unit in zip(names, units, ("m3/h", "bar", "A"), strict=True)
    ]


def instants(n: int, step_s: float = 60, start: datetime = START) -> list[datetime]:
    """Evenly spaced instants."""
    return [start + timedelta(seconds=step_s * row) for row in range(n)]


def printed(pattern: str, zone: str = "UTC", change: Callable[[str], str] | None = None) -> Stamp:
    """A stamp in the clock of a zone; `%f3` are milliseconds."""

    def stamp(instant: datetime) -> str:
        local = instant.astimezone(ZoneInfo(zone))
        text = local.strftime(pattern.replace("%f3", f"{local.microsecond // 1000:03d}"))
        return change(text) if change else text

    return stamp


ISO_Z = printed("%Y-%m-%dT%H:%M:%SZ")


def bad_cells(places: Mapping[int, str], reasons: Mapping[str, str] | None = None) -> dict[int, tuple[str, str]]:
    """Printed words at rows; the reason is the word in lower case unless `reasons` says another."""
    return {row: (word, (reasons or {}).get(word, word.strip().casefold())) for row, word in places.items()}


def truth_of(
    times: Sequence[datetime],
    signals: Sequence[Signal],
    *,
    kept: Sequence[int] | None = None,
    on_change: bool = False,
    **more: Any,
) -> dict[str, Any]:
    """The truth of rows in file order; `kept` are those that are no copies and not cut short."""
    rows = list(range(len(times))) if kept is None else list(kept)
    file_order = [times[row] for row in rows]
    ordered = sorted(set(file_order))
    steps = [(later - earlier).total_seconds() for earlier, later in pairwise(ordered)]
    usual = median(steps) if steps else None
    recording = {
        "rows": len(ordered), "first": ordered[0], "last": ordered[-1],
        "n_gaps": None if on_change or usual is None else sum(step > 3 * usual for step in steps),
        "sample_period_s": None if on_change else usual,
        "n_duplicates_dropped": 0,
        "n_backward_steps": sum(later < earlier for earlier, later in pairwise(file_order)),
        "channels": [channel_truth(one, rows) for one in signals],
    }  # fmt: skip
    recording.update({key: more.pop(key) for key in [*more] if key in recording})
    return {"recordings": [recording], "expect": "ok", **more}


def channel_truth(one: Signal, rows: Sequence[int]) -> dict[str, Any]:
    """One channel in numbers, from the printed digits."""
    values: list[float] = []
    reasons: dict[str, int] = {}
    n_absent = 0
    for row in rows:
        digits = one.plain[row]
        if row in one.bad or row in one.quality_bad:
            reason = "quality" if row in one.quality_bad else one.bad[row][1]
            reasons[reason] = reasons.get(reason, 0) + 1
        elif digits is None:
            n_absent += 1
        else:
            values.append(float(digits))
    return {
        "name": one.name, "also": [*one.also], "unit": one.unit, "n_good": len(values), "bad": reasons, "n_absent": n_absent,
        "min": min(values, default=None), "max": max(values, default=None),
        "mean": sum(values) / len(values) if values else None, "state": one.words is not None,
    }  # fmt: skip
