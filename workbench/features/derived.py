"""Derived channels inside the graph that training evaluates and the device runs: further columns behind the raw ones.

In float64 from the raw float32 samples, rounded to float32 as raw samples are. What can't be computed (a division by zero, the
root of a negative number) is NaN at that instant, and makes the window's features NaN, so that it gets no score.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from workbench.core.derived_spec import DerivedSpec, DerivedStep
from workbench.core.errors import ModelError
from workbench.features.builder import GraphBuilder

_SAME: dict[str, str] = {
    "+": "Add", "-": "Sub", "*": "Mul", "/": "Div", "negative": "Neg", "abs": "Abs", "sign": "Sign", "round": "Round",
    "exp": "Exp", "log": "Log", "min": "Min", "max": "Max",
}  # fmt: skip
_COMPARE: dict[str, tuple[str, bool]] = {
    "<": ("Less", True), "<=": ("LessOrEqual", True), ">": ("Greater", True), ">=": ("GreaterOrEqual", True),
    "==": ("Equal", True), "!=": ("Equal", False),
}  # fmt: skip
_LOGIC = frozenset({"and", "or", "not", "where", "clip", "mean", "missing", "log10", "**"})
TRAVELLING = frozenset({*_SAME, *_COMPARE, *_LOGIC, "number", "channel"})
"""Operations that a device can do: arithmetic on the samples of one instant."""


def add_derived(builder: GraphBuilder, raw: str, n_channels: int, derived: Sequence[DerivedSpec]) -> str:
    """`raw` float32 [n, time, channel] with a column more for each derived channel, in their order."""
    if not derived:
        return raw
    wide = builder.to_double(raw)
    axis = builder.integers(2)
    columns = [
        builder.op("Slice", wide, builder.integers(index), builder.integers(index + 1), axis) for index in range(n_channels)
    ]
    return builder.op("Concat", raw, *(builder.to_float(_value(builder, one.steps, columns)) for one in derived), axis=2)


def mark_missing(builder: GraphBuilder, raw: str) -> str:
    """float32 [n, 1]: 0 for a window in which every sample of `raw` [n, time, channel] is finite, else NaN."""
    nothing = builder.op("Sub", raw, raw)  # 0, but NaN where a sample is NaN or infinite
    return builder.op("Squeeze", builder.op("ReduceSum", nothing, builder.integers(1, 2), keepdims=1), builder.integers(2))


def _value(builder: GraphBuilder, steps: Sequence[DerivedStep], columns: Sequence[str]) -> str:
    """The last step's tensor, float64 [n, time, 1], NaN where it is not finite."""
    found: list[str] = []
    for step in steps:
        found.append(_step(builder, step, [found[index] for index in step.parts], columns))
    # A formula of numbers alone has no columns to take its shape from; the reader refuses it.
    return _where_known(builder, builder.op("Sub", found[-1], found[-1]), found[-1])


def _step(builder: GraphBuilder, step: DerivedStep, parts: list[str], columns: Sequence[str]) -> str:
    op = step.op
    if op == "number":
        return builder.number(step.number)
    if op == "channel":
        return columns[step.channel]
    if op in _SAME:
        return builder.op(_SAME[op], *parts)
    if op in _COMPARE:
        kind, is_so = _COMPARE[op]
        found = builder.op(kind, *parts)
        return _told(builder, found if is_so else builder.op("Not", found), parts)
    return _other(builder, step, parts)


def _other(builder: GraphBuilder, step: DerivedStep, parts: list[str]) -> str:
    if step.op == "**":
        return builder.op("Pow", parts[0], builder.number(step.number))
    if step.op == "log10":
        return builder.op("Mul", builder.op("Log", parts[0]), builder.number(1.0 / math.log(10.0)))
    if step.op == "mean":
        half = builder.op("Div", builder.op("Sub", parts[1], parts[0]), builder.number(2.0))
        return builder.op("Add", parts[0], half)
    if step.op == "clip":
        return builder.op("Min", builder.op("Max", parts[0], parts[1]), parts[2])
    if step.op == "missing":
        return builder.to_double(_is_nan(builder, parts[0]))
    if step.op == "where":
        chosen = builder.op("Where", _is_true(builder, parts[0]), parts[1], parts[2])
        return _where_known(builder, parts[0], chosen)
    if step.op == "not":
        return _told(builder, builder.op("Not", _is_true(builder, parts[0])), parts)
    if step.op in {"and", "or"}:
        truths = [_is_true(builder, part) for part in parts]
        found = truths[0]
        for truth in truths[1:]:
            found = builder.op("And" if step.op == "and" else "Or", found, truth)
        return _told(builder, found, parts)
    raise ModelError(f"'{step.op}' can't be computed on a device.", "Leave the channel out of the recipe.")


def _is_true(builder: GraphBuilder, tensor: str) -> str:
    return builder.op("Not", builder.op("Equal", tensor, builder.number(0.0)))


def _is_nan(builder: GraphBuilder, tensor: str) -> str:
    return builder.op("Not", builder.op("Equal", tensor, tensor))


def _told(builder: GraphBuilder, truth: str, parts: list[str]) -> str:
    """1 or 0 as float64; NaN where a part is."""
    found = builder.to_double(truth)
    for part in parts:
        found = _where_known(builder, part, found)
    return found


def _where_known(builder: GraphBuilder, known: str, tensor: str) -> str:
    """The tensor where `known` is no NaN, else NaN."""
    return builder.op("Where", _is_nan(builder, known), builder.number(math.nan), tensor)
