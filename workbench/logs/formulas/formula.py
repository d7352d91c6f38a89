"""Formulas of derived channels: read with Python's own grammar, checked against a short list, never evaluated as code.

    formula = read_formula('("PI-2" - "PI-1") * "FI" / "JI"', {"PI-1": "bar", "PI-2": "bar", "FI": "m3/h", "JI": "kW"})
    formula.channels, formula.unit, formula.root

Only numbers, channels, arithmetic, comparisons and the functions of `FUNCTIONS` are let through; length, depth and
exponents are bounded. Must not import anything but core and this domain.
"""

from __future__ import annotations

import ast
import difflib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from workbench.core.errors import FormulaError
from workbench.logs.formulas.units import (
    KELVINS,
    Measure,
    UnitClash,
    conversion_between,
    measure_of,
    power_of,
    product,
    refuse_offset,
    to_add,
    to_subtract,
)
from workbench.logs.units import find_unit

MOST_CHARACTERS, MOST_NODES, MOST_DEPTH, MOST_POWER = 2000, 300, 40, 8
_BINARY: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
_COMPARE: dict[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip
_DURATION = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*(ms|s|sec|min|h|d)\s*")
_SECONDS = {"ms": 1e-3, "s": 1.0, "sec": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
MOST_DURATION_S = 400 * 86400.0
Kind = Literal["value", "duration", "unit", "number"]
FUNCTIONS: dict[str, tuple[Kind, ...]] = {
    "abs": ("value",), "sign": ("value",), "round": ("value",), "sqrt": ("value",), "exp": ("value",), "log": ("value",),
    "log10": ("value",), "omega": ("value",), "missing": ("value",), "mean": ("value", "value"),
    "min": ("value", "value"), "max": ("value", "value"),
    "clip": ("value", "value", "value"), "where": ("value", "value", "value"), "to": ("value", "unit"),
    "rolling_mean": ("value", "duration"), "rolling_min": ("value", "duration"), "rolling_max": ("value", "duration"),
    "rolling_sd": ("value", "duration"), "derivative": ("value", "unit"), "integral": ("value", "unit"),
    "delay": ("value", "duration"), "hold": ("value", "duration"), "resample": ("value", "duration"),
}  # fmt: skip
"""Name → what each argument is. The unit of `derivative` and `integral` is a time, and may be left out (s)."""
_OPTIONAL = frozenset({"derivative", "integral"})


@dataclass(frozen=True, slots=True)
class Node:
    """One step: `op` is 'number', 'channel', an operator or a function; `number` its parameter (value, seconds)."""

    op: str
    parts: tuple[Node, ...] = ()
    number: float = 0.0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that was checked: its steps, the channels in it in order, and the unit of what comes out."""

    text: str
    root: Node
    channels: tuple[str, ...]
    unit: str


def read_formula(text: str, units: Mapping[str, str]) -> Formula:
    """Check a formula against the channels there are (name → unit, '' where unknown); raises FormulaError with the place."""
    tree = _parse(text)
    reader = _Reader(text, units)
    node, measure = reader.read(tree.body, 0)
    if not reader.used:
        raise FormulaError("The formula names no channel.", "Put a channel's name in quotes.")
    return Formula(text=text, root=node, channels=tuple(reader.used), unit=measure.text)


def names_in(text: str) -> tuple[str, ...]:
    """What a formula may mean as channels, before anything is known of them; () where it can't be read."""
    try:
        tree = _parse(text)
    except FormulaError:
        return ()
    found = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    found += [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id not in FUNCTIONS]
    return tuple(dict.fromkeys(found))


def read_duration(text: str) -> float | None:
    """'10 min' in s; None where it is none."""
    match = _DURATION.fullmatch(text)
    return float(match[1]) * _SECONDS[match[2]] if match else None


def _parse(text: str) -> ast.Expression:
    if len(text) > MOST_CHARACTERS:
        raise FormulaError(f"The formula has {len(text)} characters, more than {MOST_CHARACTERS}.", "Make two of it.")
    if not text.strip():
        raise FormulaError("The formula is empty.", 'For example: "PI-2" - "PI-1"')
    try:
        # A back quote becomes a double one: as long, so that places stay true.
        tree = ast.parse(text.replace("`", '"').replace("\n", " "), mode="eval")
    except SyntaxError as error:
        is_unfinished = _is_readable(text + " 1")
        column = len(text.rstrip()) if is_unfinished else max((error.offset or 1) - 1, 0)
        said = "The formula ends too early" if is_unfinished else f"The formula can't be read: {error.msg}"
        raise FormulaError(f"{said} (character {column + 1}).", _HINT, column=column) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise FormulaError("The formula is nested too deeply.", "Make two of it.") from error
    return tree


def _is_readable(text: str) -> bool:
    try:
        ast.parse(text.replace("`", '"').replace("\n", " "), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


_HINT = 'Names with signs or spaces go into quotes: "PI-2041A" - suction.'


class _Reader:
    """Turns the grammar's tree into steps, with units; knows nothing of values."""

    def __init__(self, text: str, units: Mapping[str, str]) -> None:
        self._text = text
        self._units = units
        self.used: dict[str, None] = {}
        self._n_nodes = 0

    def read(self, node: ast.expr, depth: int) -> tuple[Node, Measure]:
        self._n_nodes += 1
        if depth > MOST_DEPTH or self._n_nodes > MOST_NODES:
            raise FormulaError("The formula is too long or nested too deeply.", "Make two of it.", column=self._column(node))
        if isinstance(node, ast.Constant):
            return self._constant(node)
        if isinstance(node, ast.Name):
            return self._name(node)
        if isinstance(node, ast.UnaryOp):
            return self._unary(node, depth)
        if isinstance(node, ast.BinOp):
            return self._binary(node, depth)
        if isinstance(node, (ast.Compare, ast.BoolOp)):
            return self._logic(node, depth)
        if isinstance(node, ast.Call):
            return self._call(node, depth)
        raise self._refused(
            node, "This can't stand in a formula", "Numbers, channels, + − * / **, comparisons and functions can."
        )

    def _constant(self, node: ast.Constant) -> tuple[Node, Measure]:
        if isinstance(node.value, str):
            return self._channel(node.value, node)
        if isinstance(node.value, bool) or not isinstance(node.value, (int, float)):
            raise self._refused(node, f"{node.value!r} is no number", "Write a number such as 0.75.")
        value = self._finite(node.value, node)
        return Node("number", number=value), Measure(is_free=True)

    def _name(self, node: ast.Name) -> tuple[Node, Measure]:
        if node.id not in self._units and node.id == "pi":
            return Node("number", number=math.pi), Measure(is_free=True)
        return self._channel(node.id, node)

    def _channel(self, name: str, node: ast.expr) -> tuple[Node, Measure]:
        if name not in self._units:
            near = difflib.get_close_matches(name, list(self._units), 1, 0.5)
            if name in FUNCTIONS:
                raise self._refused(node, f"{name} needs its arguments", f"Such as {example_of(name)}.")
            known = near[0] if near else ", ".join(list(self._units)[:6])
            raise self._refused(
                node, f"There is no channel '{name}'", f"Did you mean {known}?" if near else f"There are: {known}."
            )
        self.used[name] = None
        return Node("channel", name=name), measure_of(self._units[name])

    def _unary(self, node: ast.UnaryOp, depth: int) -> tuple[Node, Measure]:
        part, measure = self.read(node.operand, depth + 1)
        if isinstance(node.op, ast.UAdd):
            return part, measure
        if isinstance(node.op, ast.USub):
            return Node("negative", (part,)), measure
        if isinstance(node.op, ast.Not):
            return Node("not", (part,)), Measure()
        raise self._refused(node, "This sign can't stand in a formula", "− and not can.")

    def _binary(self, node: ast.BinOp, depth: int) -> tuple[Node, Measure]:
        op = _BINARY.get(type(node.op))
        if op is None:
            raise self._refused(node, "This operator can't stand in a formula", "+ − * / and ** can.")
        if op == "**":
            return self._power(node, depth)
        first, measure = self.read(node.left, depth + 1)
        second, other = self.read(node.right, depth + 1)
        try:
            if op == "-":
                together, factor, offset, scale = to_subtract(measure, other)
                return _scaled(Node(op, (first, _scaled(second, factor, offset))), scale), together
            if op == "+":
                together, factor, offset = to_add(measure, other)
                return Node(op, (first, _scaled(second, factor, offset))), together
            together, factor = product(measure, other, 1 if op == "*" else -1)
        except UnitClash as clash:
            verb = {"+": "added", "-": "subtracted", "*": "multiplied", "/": "divided"}[op]
            raise self._refused(node.right, f"Units that can't be {verb}: {clash}", "Bring one into the other: to(…).") from clash
        return _scaled(Node(op, (first, second)), factor), together

    def _power(self, node: ast.BinOp, depth: int) -> tuple[Node, Measure]:
        base, measure = self.read(node.left, depth + 1)
        exponent, _ = self.read(node.right, depth + 1)
        value = _number_in(exponent)
        if value is None or abs(value) > MOST_POWER:
            raise self._refused(node.right, "A power must be a number", f"From −{MOST_POWER} to {MOST_POWER}.")
        return self._raised(node, base, measure, value)

    def _raised(self, node: ast.expr, base: Node, measure: Measure, value: float) -> tuple[Node, Measure]:
        try:
            together, factor = power_of(measure, Fraction(value).limit_denominator(12))
        except UnitClash as clash:
            raise self._refused(node, f"Units that have no such power: {clash}", "Bring it to another unit first.") from clash
        return _scaled(Node("**", (base,), value), factor), together

    def _logic(self, node: ast.Compare | ast.BoolOp, depth: int) -> tuple[Node, Measure]:
        if isinstance(node, ast.BoolOp):
            parts = [self.read(value, depth + 1)[0] for value in node.values]
            return Node("and" if isinstance(node.op, ast.And) else "or", tuple(parts)), Measure()
        steps = []
        left, measure = self.read(node.left, depth + 1)
        for op, right_node in zip(node.ops, node.comparators, strict=True):
            sign = _COMPARE.get(type(op))
            if sign is None:
                raise self._refused(node, "This comparison can't stand in a formula", "< <= > >= == and != can.")
            n_before = self._n_nodes
            right, other = self.read(right_node, depth + 1)
            if right_node is not node.comparators[-1]:
                self._n_nodes += self._n_nodes - n_before  # it stands in two comparisons, and is computed twice
            try:
                _, factor, offset = to_add(measure, other)
            except UnitClash as clash:
                raise self._refused(node, f"Units that can't be compared: {clash}", "Bring one into the other.") from clash
            steps.append(Node(sign, (left, _scaled(right, factor, offset))))
            left, measure = right, other
        return (steps[0] if len(steps) == 1 else Node("and", tuple(steps))), Measure()

    def _call(self, node: ast.Call, depth: int) -> tuple[Node, Measure]:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        kinds = FUNCTIONS.get(name)
        if kinds is None:
            near = difflib.get_close_matches(name, FUNCTIONS, 1, 0.5)
            hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(FUNCTIONS)}."
            raise self._refused(node, f"There is no function '{name}'" if name else "Only functions can be called", hint)
        given = list(node.args)
        least = len(kinds) - 1 if name in _OPTIONAL else len(kinds)
        if node.keywords or not least <= len(given) <= len(kinds):
            raise self._refused(node, f"{name} takes {len(kinds)} arguments, not {len(given)}", f"Such as {example_of(name)}.")
        values = [self.read(one, depth + 1) for one, kind in zip(given, kinds, strict=False) if kind == "value"]
        extra = next((one for one, kind in zip(given, kinds, strict=False) if kind != "value"), None)
        try:
            return self._function(node, name, values, extra)
        except UnitClash as clash:
            raise self._refused(node, f"Units that don't go together in {name}: {clash}", "Bring one into the other.") from clash

    def _function(
        self, node: ast.Call, name: str, values: list[tuple[Node, Measure]], extra: ast.expr | None
    ) -> tuple[Node, Measure]:
        (first, measure), nodes = values[0], tuple(part for part, _ in values)
        if "duration" in FUNCTIONS[name]:
            return Node(name, nodes, self._duration(extra, node)), measure
        if name == "to":
            target = self._unit(extra, node)
            return _scaled(first, *conversion_between(measure, target)), target
        if name in _OPTIONAL:
            per = self._unit(extra, node) if extra is not None else measure_of("s")
            factor, _ = conversion_between(per, measure_of("s"))
            refuse_offset(per)
            together, scale = product(_without_zero(measure), per, -1 if name == "derivative" else 1)
            return _scaled(Node(name, nodes, factor), scale), together
        if name in {"mean", "min", "max", "clip", "where"}:
            return self._same_unit(name, values)
        if name == "sqrt":
            return self._raised(node, first, measure, 0.5)
        if name == "omega":
            factor, _ = conversion_between(measure, measure_of("rpm"))
            return _scaled(first, factor * 2 * math.pi / 60), Measure({"s": Fraction(-1)})
        if name in {"exp", "log", "log10"} and measure.powers:
            factor, _ = conversion_between(measure, Measure())
            return Node(name, (_scaled(first, factor),)), Measure()
        return Node(name, nodes), Measure() if name in {"sign", "missing"} else measure

    def _same_unit(self, name: str, values: list[tuple[Node, Measure]]) -> tuple[Node, Measure]:
        """All in the unit of the first (of the first choice, in `where`)."""
        skipped = 1 if name == "where" else 0
        together = next((measure for _, measure in values[skipped:] if not measure.is_free), values[skipped][1])
        nodes = [part for part, _ in values[:skipped]]
        for part, measure in values[skipped:]:
            nodes.append(_scaled(part, *conversion_between(measure, together)))
        return Node(name, tuple(nodes)), together

    def _duration(self, given: ast.expr | None, node: ast.Call) -> float:
        value = given.value if isinstance(given, ast.Constant) else None
        seconds = read_duration(value) if isinstance(value, str) else None
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            seconds = float(value)
        if seconds is None or not 0 < seconds <= MOST_DURATION_S:
            raise self._refused(given or node, "A duration is needed here", 'Such as "10 min", "30 s" or "2 h".')
        return seconds

    def _unit(self, given: ast.expr | None, node: ast.Call) -> Measure:
        value = given.value if isinstance(given, ast.Constant) else None
        text = value if isinstance(value, str) else given.id if isinstance(given, ast.Name) else ""
        if text in {"", "1", "-"} and isinstance(value, str):
            return Measure()
        found = find_unit(text)
        if found is None:
            raise self._refused(given or node, f"'{text}' is no unit that is known", 'Such as "bar", "m3/h", "kW" or "h".')
        return Measure({found: Fraction(1)})

    def _finite(self, value: float, node: ast.expr) -> float:
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number) or abs(number) > 1e30:
            raise self._refused(node, "The number is too large", "Up to 1e30.")
        return number

    def _refused(self, node: ast.expr, what: str, hint: str) -> FormulaError:
        column = self._column(node)
        return FormulaError(f"{what} (character {column + 1}).", hint, column=column)

    def _column(self, node: ast.expr) -> int:
        # The grammar counts bytes of UTF-8; people count characters.
        data = self._text.replace("\n", " ").encode("utf-8")
        return len(data[: node.col_offset].decode("utf-8", "ignore"))


def example_of(name: str) -> str:
    """How a function is called: 'rolling_mean(x, "10 min")'."""
    unit = '"h"' if name in _OPTIONAL else '"bar"'
    words = {"value": "x", "duration": '"10 min"', "unit": unit, "number": "1"}
    return f"{name}({', '.join(words[kind] for kind in FUNCTIONS[name])})"


def _scaled(node: Node, factor: float, offset: float = 0.0) -> Node:
    if factor != 1.0:
        node = Node("*", (node, Node("number", number=factor)))
    return Node("+", (node, Node("number", number=offset))) if offset else node


def _number_in(node: Node) -> float | None:
    if node.op == "number":
        return node.number
    inner = _number_in(node.parts[0]) if node.op == "negative" else None
    return None if inner is None else -inner


def _without_zero(measure: Measure) -> Measure:
    """A temperature's change is a difference: °C per h has no zero of its own to mind, and is said as K."""
    return KELVINS if measure.powers == {"degC": Fraction(1)} else measure
