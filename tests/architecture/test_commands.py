"""The command line against the services: nothing named twice, everything there, the same request from flags and form."""

from __future__ import annotations

import msgspec
import pytest

from workbench.cli.command import Command
from workbench.cli.commands.table import COMMANDS
from workbench.cli.parser import make_parser, parse_request
from workbench.core.requests import Parameter, build, describe, to_arguments

CONTRACT = [
    "self-test", "sample", "project new", "project show", "project check", "project rebuild", "logs inspect", "logs import",
    "screen", "labels list", "labels add", "labels import", "labels export", "logs quality", "recipe new", "train", "retrain",
    "runs list", "runs show", "runs compare", "runs champion", "runs reproduce", "score", "drift", "export", "quantize",
    "bundle build", "bundle sign",
    "bundle approve", "bundle diff", "bundle replay", "keys rotate", "keys revoke",
    "bundle verify", "bundle show", "keys new", "keys list", "keys export", "trust show",
    "trust add", "devices boards", "devices list", "devices identify", "devices update", "devices resume", "devices confirm",
    "devices rollback", "devices preflight", "devices pull-logs", "devices virtual", "edge run", "receipt verify",
    "journal show", "journal verify",
]  # fmt: skip


def named(words: str) -> Command:
    return next(command for command in COMMANDS if " ".join(command.words) == words)


def test_no_command_is_listed_twice() -> None:
    words = [command.words for command in COMMANDS]
    assert len(words) == len(set(words))


@pytest.mark.parametrize("words", CONTRACT)
def test_a_command_of_the_contract_is_there(words: str) -> None:
    assert words in {" ".join(command.words) for command in COMMANDS}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command.words))
def test_a_command_has_a_service_a_parser_and_help(command: Command) -> None:
    assert callable(command.function())
    assert command.request_type().__doc__
    text = make_parser(command).format_help()
    for parameter in describe(command.request_type()):
        assert parameter.help, parameter.name
        assert (parameter.name.upper() if parameter.is_positional else parameter.flag) in text


def test_the_flags_of_the_contract_build_the_request() -> None:
    request, wants_json = parse_request(
        named("logs inspect"), ["a.csv", "b.csv", "--json", "--zone", "Europe/Oslo", "--answer", "DECIMAL=,", "--separate"]
    )
    expected = build(type(request), {"paths": ("a.csv", "b.csv"), "zone": "Europe/Oslo", "answer": ("DECIMAL=,",), "join": False})
    assert (request, wants_json) == (expected, True)


def test_an_update_is_built_as_the_contract_spells_it() -> None:
    request, _ = parse_request(named("devices update"), ["--port", "COM3", "--bundle", "a.pwb", "--yes", "--no-confirm"])
    assert (getattr(request, "yes"), getattr(request, "confirm"), getattr(request, "port")) == (True, False, "COM3")  # noqa: B009


def test_copy_as_command_builds_an_equal_request() -> None:
    command = named("screen")
    request = build(command.request_type(), {"paths": ("a.csv",), "reference_rows": 400, "ignore": ("T1", "T2"), "join": True})
    words = to_arguments(command.words, request)
    again, _ = parse_request(command, words[1 + len(command.words) :])
    assert again == request


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command.words))
def test_a_request_survives_its_record(command: Command) -> None:
    request_type = command.request_type()
    request = build(request_type, {p.name: sample_value(p) for p in describe(request_type) if p.is_required})
    assert msgspec.convert(msgspec.to_builtins(request), request_type) == request


def sample_value(parameter: Parameter) -> object:
    value = parameter.choices[0] if parameter.choices else "5"
    return (value,) if parameter.is_list else value
