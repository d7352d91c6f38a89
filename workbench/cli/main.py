"""Entry of the command line: find the command, build its request, run its service, print, exit with the contract's code."""

from __future__ import annotations

import difflib
import getpass
import io
import os
import shlex
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import FrameType

from workbench.cli.command import Command
from workbench.cli.commands.table import COMMANDS
from workbench.cli.console import Console
from workbench.cli.parser import find_command, parse_request
from workbench.core.codec import translate_os_error
from workbench.core.errors import EXIT_BUG, EXIT_CANCELLED, EXIT_OK, JobCancelled, RequestError, WorkbenchError
from workbench.core.jobs import Job
from workbench.core.provenance import version

_PASSPHRASE_VARIABLE = "WORKBENCH_PASSPHRASE"  # noqa: S105 - the variable's name, not a secret


def run(words: Sequence[str]) -> int:
    """Run one command; returns the exit code."""
    console = Console(wants_json="--json" in words)
    return guard(console, lambda: _run(list(words), console))


def guard(console: Console, call: Callable[[], int]) -> int:
    """Call, and turn whatever is raised into what the person sees and the contract's exit code."""
    _speak_utf8()
    try:
        with _ended_politely():
            return call()
    except WorkbenchError as error:
        console.error(error)
        return error.exit_code
    except (KeyboardInterrupt, JobCancelled):
        console.cancelled()
        return EXIT_CANCELLED
    except BrokenPipeError:
        _forget_stdout()
        return EXIT_CANCELLED
    except Exception as error:  # noqa: BLE001 - the outermost boundary: a bug becomes exit code 1 with its traceback
        return _unexpected(console, error)


def _unexpected(console: Console, error: Exception) -> int:
    if isinstance(error, OSError) and error.filename is not None and error.errno is not None:
        # The machine's own word (no room, no permission, a disk that went away) that no service put into its own.
        told = translate_os_error(error, Path(os.fsdecode(error.filename)))
        if isinstance(told, WorkbenchError):
            console.error(told)
            return told.exit_code
    traceback.print_exc()
    text = f"Something unexpected happened: {type(error).__name__}: {error}."
    console.error(WorkbenchError(text, "This is a bug: please report it with the text above."))
    return EXIT_BUG


@contextmanager
def _ended_politely() -> Iterator[None]:
    """A polite kill ends a command as Ctrl+C does: what is half done is swept up, and the exit code says cancelled."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _speak_utf8() -> None:
    """JSON is UTF-8 whatever the machine's locale; a name that is no text must not end in an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _forget_stdout() -> None:
    """Whoever read our output has gone; Python's own flush at the end must not complain about it."""
    sys.stdout = io.StringIO()


def help_text() -> str:
    """All commands with the first line of what they do."""
    rows = [*_rows_of(COMMANDS), ("demo", "The whole loop on sample pumps and a virtual device, with a report.")]
    return (
        "usage: workbench [PROJECT]              open the window\n"
        "       workbench COMMAND … [--json]     do one thing; COMMAND --help says what it takes\n\n"
        f"{_listed(rows)}\n\nExit codes: 0 ok, 1 bug, 2 usage, input or project, 3 refused, 4 device, 130 cancelled."
    )


def is_project(word: str) -> bool:
    """Whether a word that names no command is meant as a folder: it is there, or is written as a path."""
    return any(sign in word for sign in ("/", "\\", ":")) or Path(word).exists()


def is_command(word: str) -> bool:
    """Whether the first word names a command."""
    return word in {command.words[0] for command in COMMANDS} or word in ("--help", "-h", "help", "--version")


def _rows_of(commands: Sequence[Command]) -> list[tuple[str, str]]:
    return [(" ".join(command.words), command.summary()) for command in commands]


def _listed(rows: Sequence[tuple[str, str]]) -> str:
    width = max(len(words) for words, _ in rows)
    return "\n".join(f"  {words.ljust(width)}  {text}" for words, text in rows)


def _run(words: list[str], console: Console) -> int:
    if words[0] == "--json" and len(words) > 1:
        words = [*words[1:], "--json"]
    if words[0] in ("--help", "-h", "help"):
        print(help_text())
        return EXIT_OK
    if words[0] == "--version":
        print(version())
        return EXIT_OK
    command, rest = find_command(words, COMMANDS)
    if command is None:
        if group := _asked_group(words):
            print(f"usage: workbench {words[0]} COMMAND … [--json]\n\n{_listed(_rows_of(group))}")
            return EXIT_OK
        raise _unknown([word for word in words if word != "--json"])
    request, console.wants_json = parse_request(command, rest)
    if command.goes_on:
        return _go_on(command, request, console)
    service, job = command.function(), Job(console.sink)
    with _stopped_by_interrupt(job) if command.ends_at_interrupt else nullcontext():
        result = service(request, job, ask_passphrase) if command.asks and _can_ask() else service(request, job)
    console.result(result, command.only_json)
    return command.exit_rule(result)


@contextmanager
def _stopped_by_interrupt(job: Job) -> Iterator[None]:
    """The first Ctrl+C or polite kill asks the job to stop; after that they break off as everywhere."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]

    def stop(_number: int, _frame: FrameType | None) -> None:
        job.cancel()
        for number in numbers:
            signal.signal(number, _interrupt)

    for number in numbers:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _go_on(command: Command, request: object, console: Console) -> int:
    serve = command.function()
    serve(request, console.ready)  # servers take a callback where services take a job
    return 0


def ask_passphrase(question: str) -> str:
    """Ask on the terminal, without showing what is typed."""
    return getpass.getpass(f"{question.rstrip(': ')}: ", stream=sys.stderr)


def _can_ask() -> bool:
    return not os.environ.get(_PASSPHRASE_VARIABLE) and sys.stdin is not None and sys.stdin.isatty()


def _asked_group(words: Sequence[str]) -> list[Command]:
    """The commands that begin with the first word, where help on them was asked for."""
    wants_help = any(word in ("--help", "-h") for word in words[1:])
    return [command for command in COMMANDS if command.words[0] == words[0]] if wants_help else []


def _unknown(words: Sequence[str]) -> RequestError:
    """A single word may have been meant as a project that is not there."""
    if len(words) == 1 and not is_command(words[0]) and not words[0].startswith("-"):
        new = shlex.join(["workbench", "project", "new", words[0]])
        return RequestError(f"There is no command or project '{words[0]}'.", f"{_near(words[0])} To make a new project: {new}")
    if len(words) == 1 and is_command(words[0]):
        return RequestError(f"'{words[0]}' is the beginning of several commands.", _near(words[0]))
    return RequestError(f"There is no command '{' '.join(words[:2])}'.", _near(*words[:2]))


def _near(word: str, second: str = "") -> str:
    known = sorted({" ".join(command.words) for command in COMMANDS if command.words[0] == word})
    firsts = sorted({command.words[0] for command in COMMANDS})
    typed, pool = (f"{word} {second}", known if second else []) if known else (word, firsts)
    close = difflib.get_close_matches(typed, pool, n=2)
    meant = f"Did you mean {' or '.join(close)}? " if close else ""
    return f"{meant}Known: {', '.join(known)}." if known else f"{meant}'workbench --help' lists all commands."
