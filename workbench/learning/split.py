"""Who is trained on, who sets the threshold, who only measures: by asset where there are three or more, else by time.

The guard counts what must not be: windows that straddle two parts, assets on two sides, label columns among the inputs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workbench.core.codec import Record, encode_canonical, sha256_hex
from workbench.core.errors import InputError, LeakageError
from workbench.learning.dataset import EventSpan, WindowTable
from workbench.learning.recipe import Recipe

PartName = Literal["train", "validate", "holdout"]
PARTS: tuple[PartName, ...] = ("train", "validate", "holdout")
MINIMUM_ASSETS = 3
_N_ORDERS = 200


class Span(Record, frozen=True, kw_only=True):
    """One asset's span in one part, ns since 1970; a window belongs to it only if it lies wholly inside."""

    asset: str
    part: PartName
    start_ns: int
    end_ns: int


class Split(Record, frozen=True, kw_only=True):
    """The spans of all parts, and by what they were cut."""

    by: Literal["asset", "time"]
    spans: tuple[Span, ...]

    @property
    def id(self) -> str:
        """The same spans, the same id: runs are compared only within one split."""
        return sha256_hex(encode_canonical(self))[:12]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """What the leakage guard counted; all must be 0."""

    n_straddling: int
    n_assets_on_two_sides: int
    n_label_inputs: int


def plan_split(table: WindowTable, events: Sequence[EventSpan], recipe: Recipe, keep: Split | None = None) -> Split:
    """Plan from the windows' assets and times; raises InputError when there is too little to split.

    With `keep`, a former split by asset, its assets stay where they were and new ones are trained on.
    """
    if not len(table):
        raise InputError("There are no complete windows to train on.", "Import more data, or take a shorter window.")
    present = [asset for index, asset in enumerate(table.assets) if (table.asset == index).any()]
    if recipe.split_by == "asset" and len(present) < MINIMUM_ASSETS:
        raise InputError(
            f"A split by pump needs {MINIMUM_ASSETS} pumps, and there are {len(present)}.",
            'Set split_by to "time".',
        )
    if recipe.split_by != "time" and len(present) >= MINIMUM_ASSETS:
        kept = {span.asset: span.part for span in keep.spans} if keep is not None and keep.by == "asset" else {}
        parts = {asset: kept.get(asset, "train") for asset in present}
        return _spans_of(table, parts if set(parts.values()) == set(PARTS) else _by_asset(present, events, recipe))
    return _by_time(table, present, recipe)


def assign_windows(table: WindowTable, split: Split) -> NDArray[np.int8]:
    """Part of each window: index into `PARTS`, or -1 where it lies in no span wholly (gaps, boundaries); int8 [n]."""
    part = np.full(len(table), -1, np.int8)
    for span in split.spans:
        own = table.asset == table.assets.index(span.asset)
        part[own & (table.start_ns >= span.start_ns) & (table.end_ns <= span.end_ns)] = PARTS.index(span.part)
    return part


def count_leaks(table: WindowTable, part: NDArray[np.int8], split: Split, inputs: Sequence[str], labels: Sequence[str]) -> Guard:
    """Count what must not be, from the windows themselves rather than from the plan."""
    straddling = 0
    for span in split.spans:
        own = (table.asset == table.assets.index(span.asset)) & (part >= 0)
        touches = own & (table.end_ns >= span.start_ns) & (table.start_ns <= span.end_ns)
        straddling += int((touches & (part != PARTS.index(span.part))).sum())
    sides = [set(part[(table.asset == index) & (part >= 0)].tolist()) for index in range(len(table.assets))]
    two_sided = sum(len(side) > 1 for side in sides) if split.by == "asset" else 0
    return Guard(n_straddling=straddling, n_assets_on_two_sides=two_sided, n_label_inputs=len(set(inputs) & set(labels)))


def check_leaks(guard: Guard) -> None:
    """Raises LeakageError unless all counts are 0."""
    found = {
        "windows straddle two parts of the split": guard.n_straddling,
        "pumps are on two sides of the split": guard.n_assets_on_two_sides,
        "label columns are among the inputs": guard.n_label_inputs,
    }
    for words, count in found.items():
        if count:
            raise LeakageError(f"{count} {words}.", "Training stops: figures from leaked data would be worth nothing.")


def _by_asset(assets: list[str], events: Sequence[EventSpan], recipe: Recipe) -> dict[str, PartName]:
    n_holdout = max(1, round(recipe.holdout_fraction * len(assets)))
    n_validate = max(1, round(recipe.validate_fraction * len(assets)))
    while n_holdout + n_validate >= len(assets):
        n_holdout, n_validate = max(1, n_holdout - 1), max(1, n_validate - 1)
    order = _choose_order(assets, events, (n_holdout, n_validate), recipe.seed)
    validate, train = order[n_holdout : n_holdout + n_validate], order[n_holdout + n_validate :]
    parts: dict[str, PartName] = dict.fromkeys(order[:n_holdout], "holdout")
    return parts | dict.fromkeys(validate, "validate") | dict.fromkeys(train, "train")


def _spans_of(table: WindowTable, parts: dict[str, PartName]) -> Split:
    spans = []
    for asset, part in parts.items():
        own = table.asset == table.assets.index(asset)
        spans.append(Span(asset=asset, part=part, start_ns=int(table.start_ns[own].min()), end_ns=int(table.end_ns[own].max())))
    return Split(by="asset", spans=tuple(sorted(spans, key=_in_order)))


def _in_order(span: Span) -> tuple[int, str]:
    return PARTS.index(span.part), span.asset


def _choose_order(assets: list[str], events: Sequence[EventSpan], counts: tuple[int, int], seed: int) -> list[str]:
    """A seeded order, hold-out first; of some, the best one.

    Best: most kinds of event are in training and hold-out both, and most pumps that aren't trained on have a sister that is
    (P-2041A and P-2041B share duty and type): nobody expects a model to know a type of pump that it never saw.
    """
    rng = np.random.default_rng(seed)
    names: dict[str, set[str]] = {asset: set() for asset in assets}
    for event in events:
        if event.asset in names and event.is_real:
            names[event.asset].add(event.name)
    best: tuple[int, list[str]] | None = None
    for _ in range(_N_ORDERS):
        order = [assets[index] for index in rng.permutation(len(assets))]
        held = set().union(*(names[asset] for asset in order[: counts[0]]))
        trained = set().union(*(names[asset] for asset in order[sum(counts) :]))
        validated = set().union(*(names[asset] for asset in order[counts[0] : sum(counts)]))
        sisters = {_without_letter(asset) for asset in order[sum(counts) :]}
        n_known = sum(_without_letter(asset) in sisters for asset in order[: sum(counts)])
        value = 3 * len(held & trained) + len(validated & trained) - len(held - trained) + 3 * n_known
        if best is None or value > best[0]:
            best = (value, order)
    assert best is not None
    return best[1]


def _without_letter(asset: str) -> str:
    return re.sub(r"(?<=\d)[A-Z]$", "", asset)


def _by_time(table: WindowTable, assets: list[str], recipe: Recipe) -> Split:
    window_ns = int(table.end_ns[0] - table.start_ns[0])
    gap_ns = recipe.gap_windows * window_ns
    shares = (1 - recipe.validate_fraction - recipe.holdout_fraction, recipe.validate_fraction, recipe.holdout_fraction)
    spans = []
    for asset in assets:
        own = table.asset == table.assets.index(asset)
        first_ns, last_ns = int(table.start_ns[own].min()), int(table.end_ns[own].max())
        usable_ns = last_ns - first_ns - 2 * gap_ns
        if usable_ns * min(shares) < 2 * window_ns:
            raise InputError(
                f"{asset} has {(last_ns - first_ns) / 1e9:.0f} s of log, too little to split by time with a gap of "
                f"{recipe.gap_windows} windows of {window_ns / 1e9:.0f} s.",
                "Import more data, or take a shorter window.",
            )
        at_ns = first_ns
        for part, share in zip(PARTS, shares, strict=True):
            end_ns = at_ns + round(usable_ns * share)
            spans.append(Span(asset=asset, part=part, start_ns=at_ns, end_ns=end_ns))
            at_ns = end_ns + gap_ns + 1
    return Split(by="time", spans=tuple(sorted(spans, key=_in_order)))
