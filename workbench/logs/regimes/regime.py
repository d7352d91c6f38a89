"""Operating states as records. Must not import anything but core."""

from __future__ import annotations

from typing import Literal

from workbench.core.codec import Record

RegimeName = Literal[
    "stopped", "standby", "start-up", "coast-down", "steady", "throttled", "minimum flow", "dead-head", "dry run",
    "reverse rotation", "parallel", "density change", "not distinguishable",
]  # fmt: skip
REGIME_NAMES: tuple[RegimeName, ...] = (
    "stopped", "standby", "start-up", "coast-down", "steady", "throttled", "minimum flow", "dead-head", "dry run",
    "reverse rotation", "parallel", "density change", "not distinguishable",
)  # fmt: skip


class Regime(Record, frozen=True, kw_only=True):
    """One stretch of a log in one operating state; both ends are instants of samples, ns."""

    name: RegimeName
    start_ns: int
    end_ns: int
    speed_rpm: float | None = None
    """The speed band of a steady stretch, where a speed is measured."""
    confidence: float = 1.0
    """How sure it is, 0 to 1, in steps of a twentieth."""
    could_be: tuple[RegimeName, ...] = ()
    """States that the log's channels don't tell from this one."""


class RegimeEdit(Record, frozen=True, kw_only=True):
    """What a person says about a stretch: it lies over what is found, and over edits before it.

    `name` is one of the states or a person's own word; '' (in layers of before) takes back what edits before it said
    there. Moving a boundary,
    splitting and merging are edits too: the stretch that changes its state is set.
    """

    asset: str
    name: str
    start_utc: str
    end_utc: str
    id: str = ""
    why: str = ""
    author: str = ""
    created_utc: str = ""
