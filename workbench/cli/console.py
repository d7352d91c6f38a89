"""What people and programs see: one JSON object or readable text on standard output, progress and errors on standard error."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence

import msgspec

from workbench.bundle.words import HIDDEN
from workbench.cli.brief import brief, question_text
from workbench.core.errors import WorkbenchError
from workbench.core.jobs import JobEvent, Progress

CANCELLED_CODE = "CANCELLED"
_PIPE_INTERVAL_S = 5.0
_MAX_CELL = 60
_MAX_INLINE = 60
_MORE = "The whole result, with what is left out here: --json."


class Console:
    """Prints progress when somebody is watching, results and errors always."""

    def __init__(self, *, wants_json: bool) -> None:
        self.wants_json = wants_json
        self._shows_progress = sys.stderr.isatty()
        self._said_s = time.monotonic()
        self._has_open_line = False
        self._has_answered = False

    def sink(self, event: JobEvent) -> None:
        """Show progress on one line of standard error; into a file or a pipe, a line now and then."""
        if not isinstance(event, Progress):
            return
        remaining = f" · {event.remaining_s:.0f} s left" if event.remaining_s is not None else ""
        percent = "" if event.fraction is None else f"{event.fraction * 100:3.0f} %"
        line = f"{percent}{remaining}  {_shown(event.message[:80])}".strip()
        if self._shows_progress:
            sys.stderr.write(f"\r\x1b[K{line}")
            self._has_open_line = True
        elif time.monotonic() - self._said_s >= _PIPE_INTERVAL_S:
            self._said_s = time.monotonic()
            sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    def result(self, value: object, only_json: Sequence[str] = ()) -> None:
        """Print a result; a person does not see the fields that are for programs."""
        self._end_line()
        if self.wants_json:
            self._print_object(msgspec.json.encode(value).decode())
        else:
            whole = msgspec.to_builtins(value)
            shown = brief(whole)
            if isinstance(shown, dict):
                shown = {name: item for name, item in shown.items() if name not in only_json}
            print("\n".join([*_lines_of(shown), *([] if shown == whole else [_MORE])]))

    def error(self, error: WorkbenchError) -> None:
        """Print an error: text on standard error, and the object for programs."""
        self._end_line()
        print(_shown(f"{error.message}\n{error.hint}".strip()), file=sys.stderr)
        if self.wants_json:
            told = {"error": {"code": error.code, "message": error.message, "hint": error.hint}}
            self._print_object(json.dumps(told, ensure_ascii=False))

    def cancelled(self) -> None:
        """Say that it was cancelled; a program that reads us gets an object all the same."""
        text = "Cancelled. Nothing that was acknowledged is lost."
        self.say(text)
        if self.wants_json:
            told = {"error": {"code": CANCELLED_CODE, "message": text, "hint": "Start it again when you like."}}
            self._print_object(json.dumps(told))

    def say(self, text: str) -> None:
        """Tell the person something beside the result."""
        self._end_line()
        print(_shown(text), file=sys.stderr)

    def ready(self, value: dict[str, object]) -> None:
        """The one line of a command that goes on."""
        print(json.dumps(value), flush=True)

    def _print_object(self, text: str) -> None:
        """There is only one: what happens once the result is out (a window that is closed by force) goes to standard error."""
        if not self._has_answered:
            print(text, flush=True)
        self._has_answered = True

    def _end_line(self) -> None:
        if self._has_open_line:
            sys.stderr.write("\r\x1b[K")
            self._has_open_line = False


def _shown(text: str) -> str:
    """Names come from files and devices: a terminal would obey control characters, and turn the line at direction marks."""
    return "\n".join(HIDDEN.sub(" ", line) for line in text.split("\n"))


def _lines_of(value: object, indent: str = "") -> list[str]:
    if isinstance(value, dict):
        return [line for key, item in value.items() for line in _entry_lines(str(key), item, indent)]
    if isinstance(value, (list, tuple)):
        return _list_lines(value, indent)
    return [f"{indent}{_cell(value)}"]


def _entry_lines(key: str, item: object, indent: str) -> list[str]:
    label = _shown(key.replace("_", " "))
    if key == "questions" and isinstance(item, (list, tuple)):
        item = [question_text(row) if isinstance(row, dict) and "code" in row else row for row in item]
    if isinstance(item, str) and "\n" in item:  # a text of its own, such as a model card
        return [f"{indent}{label}:", *(f"{indent}{line}" for line in _shown(item.strip()).splitlines())]
    if isinstance(item, (dict, list, tuple)) and item:
        return [f"{indent}{label}:", *_lines_of(item, indent + "  ")]
    return [f"{indent}{label}: {_cell(item)}"]


def _list_lines(items: Sequence[object], indent: str) -> list[str]:
    """Flat rows as a table, rows that hold lists one below the other, lists of plain values on one line each."""
    rows = [{name: _inline(value) for name, value in item.items()} for item in items if isinstance(item, dict)]
    if not items or len(rows) < len(items):
        return [
            f"{indent}{line}" for item in items for line in (_written(item) if isinstance(item, str) else [_cell(_flat(item))])
        ]
    if any(isinstance(item, (dict, list, tuple)) and item for row in rows for item in row.values()):
        blocks = [_lines_of(row, indent + "  ") for row in rows]
        return [line for block in blocks for line in (f"{indent}- {block[0].lstrip()}", *block[1:])]
    return _table(rows, indent)


def _written(item: object) -> list[str]:
    """A text whole, over its lines: only cells of a table are cut short."""
    return (_shown(item).splitlines() or ["–"]) if isinstance(item, str) else [_cell(_flat(item))]


def _inline(value: object) -> object:
    """A few numbers with names as one cell, such as a channel's bad samples by reason; anything else as it is."""
    if not isinstance(value, dict) or any(isinstance(item, (dict, list, tuple)) for item in value.values()):
        return value
    text = ", ".join(f"{str(name).replace('_', ' ')} {_cell(item)}" for name, item in value.items())
    return text if len(text) <= _MAX_INLINE else value


def _table(rows: Sequence[dict[str, object]], indent: str) -> list[str]:
    names = list(rows[0])
    cells = [[str(name).replace("_", " ") for name in names], *[[_cell(row.get(name)) for name in names] for row in rows]]
    widths = [max(len(row[index]) for row in cells) for index in range(len(names))]
    return [indent + "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in cells]


def _flat(value: object) -> object:
    return "  ".join(_cell(item) for item in value) if isinstance(value, (list, tuple)) and value else value


def _cell(value: object) -> str:
    if value is None or value in ("", [], {}, ()):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    text = _shown(str(value))
    return text if len(text) <= _MAX_CELL * 3 else text[: _MAX_CELL * 3] + " …"
