"""From words to a request: an argparse parser made from what the request declares."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from typing import NoReturn

from workbench.cli.command import Command
from workbench.core.errors import RequestError
from workbench.core.requests import Parameter, Request, build, describe


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise RequestError(f"{self.prog}: {message}.", f"'{self.prog} --help' lists what it takes.")


def find_command(words: Sequence[str], commands: Sequence[Command]) -> tuple[Command | None, list[str]]:
    """The command that the first words name (the longest match), and the words behind it."""
    plain = list(words)
    for length in (2, 1):
        for command in commands:
            if len(command.words) == length and tuple(plain[:length]) == command.words:
                return command, plain[length:]
    return None, plain


def parse_request(command: Command, words: Sequence[str]) -> tuple[Request, bool]:
    """The request and whether `--json` was given; raises RequestError. `--help` prints and exits 0."""
    request_type = command.request_type()
    parser = make_parser(command)
    given = vars(parser.parse_intermixed_args(_after_dashes(words)))
    wants_json = bool(given.pop("json"))
    values = {name: value for name, value in given.items() if value is not None and value != []}
    return build(request_type, values), wants_json


def _after_dashes(words: Sequence[str]) -> list[str]:
    """What stands behind '--' is no option; argparse (Python 3.11) loses it, so that such a file is given by its folder."""
    if "--" not in words:
        return list(words)
    at = list(words).index("--")
    return [*words[:at], *(f"{os.curdir}{os.sep}{word}" if word.startswith("-") else word for word in words[at + 1 :])]


def make_parser(command: Command) -> argparse.ArgumentParser:
    """The parser of one command."""
    request_type = command.request_type()
    parser = _Parser(
        prog=" ".join(("workbench", *command.words)), description=command.about or request_type.__doc__, allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print the result as one JSON object")
    for parameter in describe(request_type):
        _add(parser, parameter)
    return parser


def _add(parser: argparse.ArgumentParser, parameter: Parameter) -> None:
    text = _help_of(parameter)
    if parameter.is_positional:
        many = ("+" if parameter.is_required else "*") if parameter.is_list else (None if parameter.is_required else "?")
        parser.add_argument(parameter.name, nargs=many, help=text, metavar=parameter.name.upper())
    elif parameter.kind == "switch":
        group = parser.add_mutually_exclusive_group()
        group.add_argument(parameter.flag, dest=parameter.name, action="store_const", const=True, help=text)
        is_told = parameter.default is not False  # switching off what is off already needs no line of help
        group.add_argument(
            parameter.negative_flag, dest=parameter.name, action="store_const", const=False,
            help=f"The opposite of {parameter.flag}." if is_told else argparse.SUPPRESS,
        )  # fmt: skip
    else:
        parser.add_argument(
            parameter.flag, dest=parameter.name, action="append" if parameter.is_list else "store",
            required=parameter.is_required, choices=parameter.choices or None, help=text, metavar=_metavar(parameter),
        )  # fmt: skip


def _metavar(parameter: Parameter) -> str | None:
    if parameter.choices:
        return None
    return {"path": "PATH", "integer": "N", "number": "X"}.get(parameter.kind, "TEXT")


def _help_of(parameter: Parameter) -> str:
    parts = [parameter.help]
    if parameter.unit:
        parts.append(f"Unit: {parameter.unit}.")
    if parameter.default not in (None, (), "", False) and not parameter.is_required:
        parts.append(f"Default: {parameter.default}.")
    return " ".join(parts).replace("%", "%%")
