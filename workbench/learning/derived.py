"""Derived channels as model inputs: formulas of a project's pumps turned into one arithmetic on the model's raw channels.

A device gets raw windows alone, so only what needs the samples of one instant travels; what looks back over time (rolling
figures, derivatives, integrals, delays) does not, and is said before training.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from workbench.core.derived_spec import DerivedSpec, DerivedStep, signed_spec
from workbench.core.errors import FormulaError, InputError
from workbench.core.scoring_spec import ChannelSpec
from workbench.features.derived import TRAVELLING
from workbench.learning.channels import InputPlan, LeftOutInput, LogView, is_label_like, plan_inputs
from workbench.logs.formulas.derived_channel import DerivedChannel
from workbench.logs.formulas.formula import Formula, Node, names_in, read_formula
from workbench.logs.formulas.run import evaluate_step

Definitions = Mapping[str, Sequence[DerivedChannel]]
"""Derived channels of each pump, in the order of making."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedPlan:
    """Derived channels that the model computes, and why others are not used."""

    derived: tuple[DerivedSpec, ...] = ()
    left_out: tuple[LeftOutInput, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """A stored run's inputs: names of its raw channels, and its derived ones as they were computed."""

    channels: tuple[str, ...]
    derived: tuple[DerivedSpec, ...]


def plan_all_inputs(
    logs: Sequence[LogView], wanted: Sequence[str], definitions: Definitions, fixed: Fixed | None = None
) -> tuple[InputPlan, DerivedPlan]:
    """Raw inputs and derived channels of a recipe's choice (of none: all that suit). Raises InputError."""
    if fixed is not None:
        return plan_inputs(logs, fixed.channels if wanted else ()), DerivedPlan(derived=fixed.derived)
    raw, derived = raw_names(wanted, definitions, {channel.name for log in logs for channel in log.channels})
    inputs = plan_inputs(logs, raw)
    made = plan_derived(inputs, logs, definitions, derived, has_choice=bool(wanted))
    return replace(inputs, left_out=(*inputs.left_out, *made.left_out)), made


class _NoTravel(Exception):  # noqa: N818 - caught where the plan is made, and said there
    """Why a formula can't go into a model."""


def raw_names(
    wanted: Sequence[str], definitions: Definitions, channels: Collection[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A recipe's channels apart: raw ones (with those of the logs' channels that wanted formulas need), and derived ones."""
    known = {one.name: one for own in definitions.values() for one in own}
    derived = tuple(name for name in wanted if name in known)
    raw = [name for name in wanted if name not in known]
    queue = list(derived)
    while queue:
        for name in names_in(known[queue.pop()].formula):
            if name in known:
                queue.append(name)
            elif name not in raw and name in channels:  # a text in a formula may be a unit or a duration
                raw.append(name)
    return tuple(raw), derived


def plan_derived(
    inputs: InputPlan, logs: Sequence[LogView], definitions: Definitions, wanted: Sequence[str], *, has_choice: bool
) -> DerivedPlan:
    """What every pump derives alike: all that travels, or what the recipe names; raises InputError for a named one that can't."""
    names = list(wanted) if has_choice else list(dict.fromkeys(one.name for own in definitions.values() for one in own))
    derived: list[DerivedSpec] = []
    left_out: list[LeftOutInput] = []
    for name in names:
        try:
            derived.append(_one(name, inputs, logs, definitions))
        except _NoTravel as error:
            if has_choice:
                raise InputError(f"The derived channel '{name}' can't be a model's input: {error}.", _HINT) from error
            left_out.append(LeftOutInput(channel=name, why=str(error)))
    return DerivedPlan(derived=tuple(derived), left_out=tuple(left_out))


_HINT = "Take it out of the recipe's channels, or derive it from samples of one instant."


def _one(name: str, inputs: InputPlan, logs: Sequence[LogView], definitions: Definitions) -> DerivedSpec:
    if is_label_like(name):
        raise _NoTravel("looks like a label")
    found: list[DerivedSpec] = []
    for index, columns in inputs.columns.items():
        places = dict(zip(columns, range(len(columns)), strict=True))
        own = {one.name: one for one in definitions.get(logs[index].asset, ())}
        if name not in own:
            raise _NoTravel(f"{logs[index].asset} has none")
        maker = _Maker(places, inputs.channels, own)
        found.append(maker.make(name))
    first = found[0]
    if any(one.sha256 != first.sha256 for one in found):
        raise _NoTravel("it is not the same arithmetic on all pumps")
    return first


class _Maker:
    """One pump's formulas as steps on the model's channels."""

    def __init__(self, places: Mapping[str, int], channels: Sequence[ChannelSpec], own: Mapping[str, DerivedChannel]) -> None:
        self._places, self._channels, self._own = places, channels, own
        self._steps: list[DerivedStep] = []
        self._open: list[str] = []

    def make(self, name: str) -> DerivedSpec:
        """The channel of that name. Raises _NoTravel."""
        self._steps = []
        formula = self._read(name)
        self._add(formula.root)
        return signed_spec(DerivedSpec(name=name, unit=formula.unit, formula=self._own[name].formula, steps=tuple(self._steps)))

    def _read(self, name: str) -> Formula:
        if name in self._open:
            raise _NoTravel("it is derived from itself")
        self._open.append(name)
        text = self._own[name].formula
        units = {column: self._channels[place].unit for column, place in self._places.items()}
        for used in names_in(text):
            if used in self._own and used not in units:
                units[used] = self._read(used).unit
        try:
            return read_formula(text, units)
        except FormulaError as error:
            raise _NoTravel(f"on the model's inputs it can't be read: {error.message.rstrip('.')}") from error
        finally:
            self._open.pop()

    def _add(self, node: Node) -> int:
        """Append what a node needs; returns the index of its value."""
        if node.op == "channel" and node.name not in self._places:
            return self._add(self._read(node.name).root)
        if node.op not in TRAVELLING:
            raise _NoTravel(f"{node.op} looks back over time, and a device is given one window at a time")
        parts = tuple(self._add(part) for part in node.parts)
        channel = self._places[node.name] if node.op == "channel" else -1
        self._steps.append(DerivedStep(op=node.op, parts=parts, number=node.number, channel=channel))
        return len(self._steps) - 1


def evaluate(spec: DerivedSpec, values: NDArray[np.floating]) -> NDArray[np.float64]:
    """The derived channel [n, time] of raw windows [n, time, channel], by the formula engine's own arithmetic; NaN where none."""
    found: list[NDArray[np.float64]] = []
    with np.errstate(all="ignore"):
        for step in spec.steps:
            if step.op == "channel":
                found.append(np.asarray(values[..., step.channel], np.float64))
            else:
                found.append(evaluate_step(step.op, step.number, [found[index] for index in step.parts]))
    last = np.broadcast_to(found[-1], values.shape[:-1])
    return np.where(np.isfinite(last), last, np.nan)


def is_complete(derived: Sequence[DerivedSpec], values: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which windows [n] of raw ones [n, time, channel] give every derived channel a value at every instant."""
    found = np.ones(len(values), np.bool_)
    for spec in derived:
        found &= np.isfinite(evaluate(spec, values).astype(np.float32)).all(axis=1)
    return found
