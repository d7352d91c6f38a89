"""Requests: every parameter is declared once and turned into a form field, a flag and a record.

A request is a frozen msgspec Struct whose fields are `Annotated[type, parameter(...)]`. `describe` lists the fields for
the form and the command line; `build` validates in one place. Must not import Qt, argparse or anything heavy.
"""

from __future__ import annotations

import math
import re
import types
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from workbench.core.errors import RequestError

Kind = Literal["text", "integer", "number", "switch", "choice", "path"]
R = TypeVar("R", bound="Request")
_NEEDED: dict[Kind, str] = {
    "text": "text", "integer": "a whole number", "number": "a number", "switch": "yes or no", "choice": "one of its choices",
    "path": "a path",
}  # fmt: skip


class Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all requests: frozen, keyword-only, unknown fields refused."""


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all results: frozen, and printed whole by `--json`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One field of a request, as the form and the command line see it."""

    name: str
    kind: Kind
    is_list: bool
    is_optional: bool
    is_required: bool
    is_positional: bool
    is_advanced: bool
    is_file: bool
    default: object
    choices: tuple[str, ...]
    unit: str
    minimum: float | None
    maximum: float | None
    help: str
    flag: str
    negative_flag: str
    label: str


def parameter(
    help: str,  # noqa: A002 - the word every command-line library uses
    *,
    unit: str = "",
    ge: float | None = None,
    le: float | None = None,
    positional: bool = False,
    path: bool = False,
    file: bool = False,
    advanced: bool = False,
    flag: str = "",
    negative_flag: str = "",
    label: str = "",
) -> msgspec.Meta:
    """Declare what a field means: its help, unit, limits and how it is given. `path` marks a str as a file or folder."""
    extra = {
        "unit": unit, "positional": positional, "path": path, "file": file, "advanced": advanced,
        "flag": flag, "negative_flag": negative_flag, "label": label, "ge": ge, "le": le,
    }  # fmt: skip
    # Limits are not msgspec's: it refuses them on optional numbers, and its message would not name the unit.
    return msgspec.Meta(description=help, extra=extra)


def describe(request_type: type[Request]) -> tuple[Parameter, ...]:
    """The parameters of a request in declaration order."""
    hints = get_type_hints(request_type, include_extras=True)
    return tuple(_parameter_of(field, hints[field.name]) for field in msgspec.structs.fields(request_type))


def build(request_type: type[R], values: Mapping[str, object]) -> R:
    """Validate values (text is converted) into a request; raises RequestError naming the field and its limits."""
    known = {parameter.name for parameter in describe(request_type)}
    unknown = sorted(set(values) - known)
    if unknown:
        raise RequestError(f"There is no parameter {unknown[0]!r}.", f"Known are: {', '.join(sorted(known))}.")
    _check_text(values)
    try:
        request = msgspec.convert(dict(values), request_type, strict=False)
    except msgspec.ValidationError as error:
        raise RequestError(_say_unusable(request_type, values, str(error)), "Correct the value and try again.") from error
    check_limits(request)
    _check_paths(request)
    return request


def _say_unusable(request_type: type[Request], values: Mapping[str, object], told: str) -> str:
    """What was given for which parameter, and what is needed there: msgspec's own words name types and JSON paths."""
    found = next((item for item in describe(request_type) if re.search(rf"\$\.{item.name}\b", told)), None)
    if found is None or found.name not in values:
        return f"A parameter can't be used: {told}."
    return f"{found.label} is {values[found.name]!r}; it must be {_NEEDED[found.kind]}."


def _check_text(values: Mapping[str, object]) -> None:
    """Journals, receipts and results are UTF-8: a name that is none is refused here, before anything was done with it."""
    for value in values.values():
        for item in value if isinstance(value, (tuple, list)) else (value,):
            try:
                str(item).encode("utf-8")
            except UnicodeEncodeError as error:
                shown = str(item).encode("utf-8", "replace").decode("utf-8")
                text = f"'{shown}' is not UTF-8 text (character {error.start + 1})."
                raise RequestError(text, "Rename the file or folder, and try again.") from error


def _check_paths(request: Request) -> None:
    """An empty path means the current folder to the system, and a shell variable that isn't set to the person."""
    for item in describe(type(request)):
        value = getattr(request, item.name)
        if item.kind == "path" and item.is_required and ("" in value if isinstance(value, (tuple, list)) else value == ""):
            raise RequestError(f"{item.label} is empty.", "Name a file or folder; . is the current folder.")


def check_limits(request: Request) -> None:
    """Raises RequestError naming the first number outside its declared limits, with its unit."""
    for parameter_ in describe(type(request)):
        value = getattr(request, parameter_.name)
        for number in value if isinstance(value, (tuple, list)) else (value,):
            _check_number(parameter_, number)


def _check_number(parameter_: Parameter, number: object) -> None:
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        return
    unit = f" {parameter_.unit}" if parameter_.unit else ""
    if not math.isfinite(number):
        raise RequestError(f"{parameter_.label} is {number}; it must be a number.", "Correct the value and try again.")
    if parameter_.minimum is not None and number < parameter_.minimum:
        limit = f"at least {parameter_.minimum:g}{unit}"
    elif parameter_.maximum is not None and number > parameter_.maximum:
        limit = f"at most {parameter_.maximum:g}{unit}"
    else:
        return
    raise RequestError(f"{parameter_.label} is {number:g}{unit}; it must be {limit}.", "Correct the value and try again.")


def to_record(request: Request) -> dict[str, object]:
    """The request as plain data for the run's record."""
    return {key: value for key, value in msgspec.to_builtins(request).items() if value is not None}


def to_arguments(command: tuple[str, ...], request: Request) -> list[str]:
    """The command line that builds an equal request: what 'Copy as command' copies."""
    arguments = ["workbench", *command]
    positional: list[str] = []
    for parameter_ in describe(type(request)):
        value = getattr(request, parameter_.name)
        if value == parameter_.default and not parameter_.is_required:
            continue
        target = positional if parameter_.is_positional else arguments
        target.extend(_argument_words(parameter_, value))
    return [*arguments[: 1 + len(command)], *positional, *arguments[1 + len(command) :]]


def _argument_words(parameter_: Parameter, value: object) -> list[str]:
    if parameter_.kind == "switch" and not parameter_.is_list:
        return [parameter_.flag if value else parameter_.negative_flag]
    items = [str(item) for item in value] if isinstance(value, (tuple, list)) else [str(value)]
    if parameter_.is_positional:
        return items
    return [word for item in items for word in (parameter_.flag, item)]


def _parameter_of(field: msgspec.structs.FieldInfo, hint: object) -> Parameter:
    meta = msgspec.Meta()
    if get_origin(hint) is Annotated:
        hint, *marks = get_args(hint)
        meta = next((mark for mark in marks if isinstance(mark, msgspec.Meta)), meta)
    extra = meta.extra or {}
    inner, is_optional = _without_none(hint)
    is_list = get_origin(inner) in (tuple, list)
    inner = get_args(inner)[0] if is_list else inner
    is_required = field.required
    default = None if is_required else field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
    dashed = field.name.replace("_", "-")
    return Parameter(
        name=field.name, kind=_kind_of(inner, is_path=bool(extra.get("path"))), is_list=is_list, is_optional=is_optional,
        is_required=is_required, is_positional=bool(extra.get("positional")), is_advanced=bool(extra.get("advanced")),
        is_file=bool(extra.get("file")), default=default,
        choices=tuple(map(str, get_args(inner))) if get_origin(inner) is Literal else (),
        unit=str(extra.get("unit") or ""), minimum=_number(extra.get("ge")), maximum=_number(extra.get("le")),
        help=meta.description or "",
        flag=str(extra.get("flag") or f"--{dashed}"), negative_flag=str(extra.get("negative_flag") or f"--no-{dashed}"),
        label=str(extra.get("label") or field.name.replace("_", " ").capitalize()),
    )  # fmt: skip


def _number(limit: Any) -> float | None:
    return None if limit is None else float(limit)


def _without_none(hint: object) -> tuple[object, bool]:
    if get_origin(hint) in (Union, types.UnionType):
        rest = [item for item in get_args(hint) if item is not type(None)]
        return rest[0], len(rest) < len(get_args(hint))
    return hint, False


def _kind_of(hint: object, *, is_path: bool) -> Kind:
    if is_path:
        return "path"
    if get_origin(hint) is Literal:
        return "choice"
    kinds: dict[object, Kind] = {bool: "switch", int: "integer", float: "number", str: "text"}
    return kinds.get(hint, "text")
