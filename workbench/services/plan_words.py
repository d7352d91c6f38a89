"""What a plan of training means, in records for the split board: parts, what is left out, which stretches serve as reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from workbench.core.clock import format_utc
from workbench.core.codec import Record

if TYPE_CHECKING:
    from workbench.learning.train import Plan


class SplitPart(Record, frozen=True, kw_only=True):
    """One asset's span in one part."""

    asset: str
    part: Literal["train", "validate", "holdout"]
    start_utc: str
    end_utc: str
    n_windows: int
    n_events: int


class ReferenceUse(Record, frozen=True, kw_only=True):
    """A stretch of a training pump between works on it; `ended_by` is the work at its end ('' for the last)."""

    asset: str
    start_utc: str
    end_utc: str
    ended_by: str
    n_windows: int
    is_used: bool


def parts_of(plan: Plan) -> tuple[SplitPart, ...]:
    """Each pump's part, with its windows and events."""
    from workbench.learning.split import PARTS

    parts = []
    for span in plan.split.spans:
        own = (plan.table.asset == plan.table.assets.index(span.asset)) & (plan.part == PARTS.index(span.part))
        n_events = sum(
            event.is_real and event.asset == span.asset and event.start_ns <= span.end_ns and event.end_ns >= span.start_ns
            for event in plan.events
        )
        part = SplitPart(
            asset=span.asset, part=span.part, start_utc=format_utc(span.start_ns), end_utc=format_utc(span.end_ns),
            n_windows=int(own.sum()), n_events=n_events,
        )  # fmt: skip
        parts.append(part)
    return tuple(parts)


def reference_of(plan: Plan) -> tuple[ReferenceUse, ...]:
    """The stretches between works, and which of them serve; empty where no training pump was worked on."""
    from workbench.learning.reference import find_reference

    periods = find_reference(plan).periods
    if not any(one.ended_by for one in periods):
        return ()
    return tuple(
        ReferenceUse(
            asset=one.asset, start_utc=format_utc(one.start_ns), end_utc=format_utc(one.end_ns), ended_by=one.ended_by,
            n_windows=one.n_windows, is_used=one.is_used,
        )
        for one in periods
    )  # fmt: skip


def notes_of(plan: Plan) -> tuple[str, ...]:
    """What works on the pumps mean for what is learnt and measured, in words."""
    from workbench.learning.reference import works_between

    notes = []
    unused = [one for one in reference_of(plan) if not one.is_used and one.n_windows]
    for asset in dict.fromkeys(one.asset for one in unused):
        own = [one for one in unused if one.asset == asset]
        names = ", ".join(dict.fromkeys(one.ended_by for one in own if one.ended_by)) or "a work"
        n = sum(one.n_windows for one in own)
        notes.append(f"{asset}: {n} healthy windows on the other side of {names} are no reference.")
    notes += [
        f"{asset}: {work} lies between the reference and the hold-out, which shows another state of the machine."
        for asset, work in works_between(plan)
    ]
    return tuple(notes)


def left_out_of(plan: Plan) -> tuple[dict[str, str], ...]:
    """Channels and pumps that are not used, and why."""
    return tuple(
        {"channel": item.channel, "why": item.why} if item.channel else {"asset": item.asset, "why": item.why}
        for item in plan.inputs.left_out
    )


def estimate_s(plan: Plan) -> float:
    """Rough seconds of a training: what was measured for windows × features on two cores."""
    from workbench.learning.recipe import family_names

    numbers = min(len(plan.table), 20_000) * len(plan.columns)
    return round(2 + len(family_names(plan.recipe)) * plan.recipe.seeds * (0.5 + numbers * 2e-6), 1)
