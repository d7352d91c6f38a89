from __future__ import annotations

from typing import Annotated, Literal

import pytest

from workbench.core.errors import RequestError
from workbench.core.requests import Request, build, describe, parameter, to_arguments, to_record


class SampleRequest(Request, frozen=True, kw_only=True):
    """A request with a field of each kind."""

    path: Annotated[str, parameter("File.", positional=True, path=True)]
    speed: Annotated[int, parameter("Speed.", unit="rpm", ge=0, le=3600)] = 2980
    limit: Annotated[float | None, parameter("Limit.", ge=0.5)] = None
    mode: Annotated[Literal["a", "b"], parameter("Mode.")] = "a"
    fast: Annotated[bool, parameter("Fast.")] = False
    tags: Annotated[tuple[str, ...], parameter("Tags.", flag="--tag")] = ()


def test_every_field_is_described_with_kind_default_unit_and_limits() -> None:
    speed = describe(SampleRequest)[1]
    assert (speed.kind, speed.default, speed.unit, speed.minimum, speed.maximum) == ("integer", 2980, "rpm", 0.0, 3600.0)
    assert [item.kind for item in describe(SampleRequest)] == ["path", "integer", "number", "choice", "switch", "text"]


def test_text_from_a_form_becomes_numbers() -> None:
    assert build(SampleRequest, {"path": "x", "speed": "1490", "limit": "2.5"}) == SampleRequest(path="x", speed=1490, limit=2.5)


def test_a_value_outside_its_limits_is_refused_with_value_and_unit() -> None:
    with pytest.raises(RequestError, match=r"Speed is 4000 rpm; it must be at most 3600 rpm"):
        build(SampleRequest, {"path": "x", "speed": 4000})


def test_an_unknown_parameter_is_refused_with_the_known_ones() -> None:
    with pytest.raises(RequestError, match="sped"):
        build(SampleRequest, {"path": "x", "sped": 1})


def test_defaults_are_left_out_of_the_command_line() -> None:
    request = SampleRequest(path="x.csv", speed=1490, fast=True, tags=("a", "b"))
    assert to_arguments(("do",), request) == ["workbench", "do", "x.csv", "--speed", "1490", "--fast", "--tag", "a", "--tag", "b"]


def test_the_record_holds_what_was_given() -> None:
    assert to_record(SampleRequest(path="x"))["speed"] == 2980


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"path": "x", "speed": "fast"}, "Speed is 'fast'; it must be a whole number."),
        ({"path": "x", "limit": "nan"}, "Limit is nan; it must be a number."),
        ({"path": ""}, "Path is empty."),
        ({"path": "caf\udce9.csv"}, "'caf?.csv' is not UTF-8 text (character 4)."),
    ],
)
def test_what_can_t_be_used_is_named_with_what_is_needed(values: dict[str, object], said: str) -> None:
    with pytest.raises(RequestError) as caught:
        build(SampleRequest, values)
    assert caught.value.message == said
