"""Entry of the command line: find the command, build its request, run its service, print, exit with the contract's code."""

from __future__ import annotations

import getpass
import os
import sys
import traceback
from collections.abc import Sequence

from workbench.cli.command import Command
from workbench.cli.commands.table import COMMANDS
from workbench.cli.console import Console
from workbench.cli.parser import find_command, parse_request
from workbench.core.errors import EXIT_BUG, EXIT_CANCELLED, JobCancelled, RequestError, WorkbenchError
from workbench.core.jobs import Job
from workbench.core.provenance import version

_PASSPHRASE_VARIABLE = "WORKBENCH_PASSPHRASE"  # noqa: S105 - the variable's name, not a secret


def run(words: Sequence[str]) -> int:
    """Run one command; returns the exit code."""
    console = Console(wants_json="--json" in words)
    try:
        return _run(list(words), console)
    except WorkbenchError as error:
        console.error(error)
        return error.exit_code
    except (KeyboardInterrupt, JobCancelled):
        console.say("Cancelled. Nothing that was acknowledged is lost.")
        return EXIT_CANCELLED
    except BrokenPipeError:
        return EXIT_CANCELLED
    except Exception as error:  # noqa: BLE001 - the outermost boundary: a bug becomes exit code 1 with its traceback
        traceback.print_exc()
        console.error(WorkbenchError(f"Something unexpected happened: {type(error).__name__}: {error}.", "This is a bug."))
        return EXIT_BUG


def help_text() -> str:
    """All commands with the first line of what they do."""
    rows = [(" ".join(command.words), (command.request_type().__doc__ or "").split("\n")[0]) for command in COMMANDS]
    rows.append(("demo", "The whole loop on sample pumps and a virtual device, with a report."))
    width = max(len(words) for words, _ in rows)
    listed = "\n".join(f"  {words.ljust(width)}  {text}" for words, text in rows)
    return (
        "usage: workbench [PROJECT]              open the window\n"
        "       workbench COMMAND … [--json]     do one thing; COMMAND --help says what it takes\n\n"
        f"{listed}\n\nExit codes: 0 ok, 1 bug, 2 usage, input or project, 3 refused, 4 device, 130 cancelled."
    )


def is_command(word: str) -> bool:
    """Whether the first word names a command (else it is a project for the window)."""
    return word in {command.words[0] for command in COMMANDS} or word in ("--help", "-h", "help", "--version")


def _run(words: list[str], console: Console) -> int:
    if words[0] in ("--help", "-h", "help"):
        print(help_text())
        return 0
    if words[0] == "--version":
        print(version())
        return 0
    command, rest = find_command(words, COMMANDS)
    if command is None:
        raise RequestError(f"There is no command '{' '.join(words[:2])}'.", _near(words[0]))
    request, console.wants_json = parse_request(command, rest)
    if command.goes_on:
        return _go_on(command, request, console)
    service, job = command.function(), Job(console.sink)
    result = service(request, job, ask_passphrase) if command.asks and _can_ask() else service(request, job)
    console.result(result)
    return command.exit_rule(result)


def _go_on(command: Command, request: object, console: Console) -> int:
    serve = command.function()
    serve(request, console.ready)  # servers take a callback where services take a job
    return 0


def ask_passphrase(question: str) -> str:
    """Ask on the terminal, without showing what is typed."""
    return getpass.getpass(f"{question.rstrip(': ')}: ", stream=sys.stderr)


def _can_ask() -> bool:
    return not os.environ.get(_PASSPHRASE_VARIABLE) and sys.stdin is not None and sys.stdin.isatty()


def _near(word: str) -> str:
    known = sorted({" ".join(command.words) for command in COMMANDS if command.words[0] == word})
    return f"Known: {', '.join(known)}." if known else "'workbench --help' lists all commands."
