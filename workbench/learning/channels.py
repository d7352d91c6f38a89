"""Which columns of the logs a model reads, and why the others are left out.

Channels of different pumps are matched by their tags (`core.tags`). Label-like columns never get this far, and are looked
for here once more. Nothing is decided by a file's name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from workbench.core.codec import Record
from workbench.core.errors import InputError
from workbench.core.scoring_spec import ChannelSpec
from workbench.core.tags import bare_name, channel_keys, match_channels
from workbench.logs.tables.words import LABEL_PATTERN
from workbench.logs.units import find_quantity

THERMAL_SETTLING_S = 4 * 3600.0
"""Bearings and windings take hours to reach their level: a shorter log shows warming up, not a level."""
_LOOK_ROWS = 20_000
_MOST_MISSING = 0.5


class LeftOutInput(Record, frozen=True, kw_only=True):
    """A channel or a pump that is not used; one of both names is ''."""

    channel: str = ""
    asset: str = ""
    why: str


class LogView(Protocol):
    """What is needed of a recording: whose it is, and its columns."""

    @property
    def asset(self) -> str:
        """Equipment tag."""
        ...

    @property
    def channels(self) -> tuple[ChannelSpec, ...]:
        """Its input columns under their own names."""
        ...

    @property
    def times_ns(self) -> NDArray[np.int64]:
        """Instants [n]."""
        ...

    def values(self, name: str) -> NDArray[np.floating]:
        """One column [n], NaN = missing."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class InputPlan:
    """The model's channels, and for each log that is used (index) the columns to read in their order."""

    channels: tuple[ChannelSpec, ...]
    columns: dict[int, tuple[str, ...]]
    left_out: tuple[LeftOutInput, ...]


def plan_inputs(logs: Sequence[LogView], wanted: Sequence[str] = ()) -> InputPlan:
    """Choose the channels that suit (or check those that are wanted); raises InputError when none is left."""
    names = _common_names(logs)
    tables = [match_channels(names, [channel.name for channel in log.channels]) for log in logs]
    chosen, left_out = _candidates(names, tables, logs, wanted)
    columns = {index: table for index, table in enumerate(tables) if all(name in table for name in chosen)}
    lacking = [index for index in range(len(logs)) if index not in columns]
    left_out += [
        LeftOutInput(asset=logs[index].asset, why=f"has no {next(name for name in chosen if name not in tables[index])}")
        for index in lacking
    ]
    specs = []
    for name in chosen:
        found = [_spec_of(logs[index], table[name]) for index, table in columns.items()]
        why = (
            "" if name in wanted else _why_unsuited(name, found, [(logs[index], table[name]) for index, table in columns.items()])
        )
        if why:
            left_out.append(LeftOutInput(channel=name, why=why))
        else:
            specs.append(ChannelSpec(name=name, unit=found[0].unit, quantity=found[0].quantity or quantity_of(found[0])))
    if not specs or not columns:
        reasons = "; ".join(f"{item.channel or item.asset}: {item.why}" for item in left_out[:5])
        raise InputError("No channel is left to train on.", f"Left out: {reasons}." if reasons else "Import logs first.")
    order = {index: tuple(table[spec.name] for spec in specs) for index, table in columns.items()}
    return InputPlan(channels=tuple(specs), columns=order, left_out=tuple(left_out))


def quantity_of(channel: ChannelSpec) -> str:
    """The channel's quantity: as the log says, else from its unit, its words or its ISA-5.1 letters; '' if unknown."""
    return channel.quantity or find_quantity(channel.unit or None, channel.name)


def is_thermal(channel: ChannelSpec) -> bool:
    """Whether a channel is a temperature."""
    return quantity_of(channel) == "temperature"


def is_label_like(name: str) -> bool:
    """Whether a column's name says that it is a label."""
    folded = re.sub(r"[^\w/]+|_", " ", bare_name(name).casefold())
    return re.search(LABEL_PATTERN, folded) is not None


def _common_names(logs: Sequence[LogView]) -> list[str]:
    """Names under which at least half of the pumps have a channel: their own where they agree, else keys."""
    own = [[bare_name(channel.name) for channel in log.channels] for log in logs]
    keyed = [list(channel_keys([channel.name for channel in log.channels]).values()) for log in logs]
    by_name, by_key = _frequent(own, logs), _frequent(keyed, logs)
    return by_name if len(by_name) >= len(by_key) else by_key


def _frequent(names: list[list[str]], logs: Sequence[LogView]) -> list[str]:
    assets = {log.asset for log in logs}
    pairs = {(name, log.asset) for log, columns in zip(logs, names, strict=True) for name in columns}
    counts = Counter(name for name, _ in pairs)
    ordered = dict.fromkeys(name for columns in names for name in columns)
    return [name for name in ordered if counts[name] * 2 > len(assets)]


def _candidates(
    names: list[str], tables: list[dict[str, str]], logs: Sequence[LogView], wanted: Sequence[str]
) -> tuple[list[str], list[LeftOutInput]]:
    if wanted:
        matched = match_channels(wanted, names)
        missing = [name for name in wanted if name not in matched]
        if missing:
            raise InputError(f"No log has a channel '{missing[0]}'.", f"There are: {', '.join(names)}.")
        chosen = [matched[name] for name in wanted]
        return chosen, [LeftOutInput(channel=name, why="not in the recipe") for name in names if name not in chosen]
    rare = {
        bare_name(c.name) for log, table in zip(logs, tables, strict=True) for c in log.channels if c.name not in table.values()
    }
    return names, [LeftOutInput(channel=name, why="only on some of the pumps") for name in sorted(rare)]


def _spec_of(log: LogView, column: str) -> ChannelSpec:
    return next(channel for channel in log.channels if channel.name == column)


def _why_unsuited(name: str, found: list[ChannelSpec], sources: list[tuple[LogView, str]]) -> str:
    units = sorted({spec.unit for spec in found})
    if is_label_like(name):
        return "looks like a label"
    if len(units) > 1:
        return f"has different units: {', '.join(unit or 'none' for unit in units)}"
    looks = [_look(log.values(column)) for log, column in sources]
    if sum(look is None for look in looks) * 2 > len(looks):
        return "is missing most of the time"
    if all(look is None or look == 0 for look in looks):
        return "never changes"
    longest_s = max((int(log.times_ns[-1]) - int(log.times_ns[0])) / 1e9 if len(log.times_ns) else 0.0 for log, _ in sources)
    if is_thermal(found[0]) and longest_s < THERMAL_SETTLING_S:
        return f"is a temperature, and {longest_s / 60:.0f} min of log are too short to show its level"
    return ""


def _look(values: NDArray[np.floating]) -> float | None:
    """Range of a channel's good samples (thinned), or None when most are missing."""
    sample = np.asarray(values[:: max(1, len(values) // _LOOK_ROWS)], np.float64)
    good = sample[np.isfinite(sample)]
    if len(good) < _MOST_MISSING * len(sample) or not len(good):
        return None
    return float(np.ptp(good))
