"""What a person dropped on the window, file by file: which are logs, which hold events, and which pump each belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from workbench.core.codec import Record, translate_os_error
from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result
from workbench.services.common import LogPaths

MAX_FILES = 2000
_LOOK_INTO = 200
"""Files that are opened to see what they are; of those beyond, the name must do."""


FileKind = Literal["log", "events", "orders", "other"]
"""'orders': work orders or an alarm journal, whose columns a person sees first; 'events': labels, in which nothing is guessed."""


_LABELS = "Events, not measurements: they are added once the logs are in."
_ORDERS = "Work orders or alarms: how they are read is shown on the Label page, once the logs are in."


class LogFilesRequest(Request, frozen=True, kw_only=True):
    """List the log files behind dropped files and folders."""

    paths: LogPaths


class LogFile(Record, frozen=True, kw_only=True):
    """One file; `asset` is the pump that its name, folder or channels suggest, `why` says what it is if it is no log."""

    path: str
    name: str
    size_bytes: int
    asset: str
    kind: FileKind = "log"
    why: str = ""


class LogFilesResult(Result, frozen=True, kw_only=True):
    """In order of folders and names; `n_left_out` beyond the most that are listed."""

    files: tuple[LogFile, ...]
    n_left_out: int = 0


def log_suffixes() -> tuple[str, ...]:
    """Endings that log files usually have, archives included: for file dialogs and names, never to tell what a file is."""
    from workbench.logs.readers.registry import all_suffixes

    return all_suffixes()


def list_log_files(request: LogFilesRequest, job: Job) -> LogFilesResult:
    """Look at the head of each file. Files in folders that are no logs are listed as such; hidden ones and links are not."""
    listed = [(path, root) for given in request.paths for path, root in _files_of(Path(given))]
    shown = listed[:MAX_FILES]
    files = []
    for number, (path, root) in enumerate(shown):
        job.progress(number / len(shown), path.name)
        files.append(_look(path, root, is_deep=number < _LOOK_INTO))
    return LogFilesResult(files=tuple(files), n_left_out=len(listed) - len(shown))


def _files_of(path: Path) -> Iterator[tuple[Path, Path]]:
    if not path.is_dir():
        yield path, path.parent
        return
    for found in sorted(path.rglob("*")):
        inside = found.relative_to(path)
        if found.is_file() and not found.is_symlink() and not any(part.startswith(".") for part in inside.parts):
            yield found, path


def _look(path: Path, root: Path, *, is_deep: bool) -> LogFile:
    from workbench.logs.equipment import asset_of_machine, default_asset
    from workbench.logs.events.sniff import events_in
    from workbench.logs.parse import ParseOptions
    from workbench.logs.tables.preview import preview_file

    channels: list[str] = []
    machine = ""
    kind: FileKind = "log"
    why = ""
    try:
        size_bytes = path.stat().st_size
    except OSError as error:
        raise translate_os_error(error, path) from error
    if is_deep:
        try:
            held = events_in(path)
            if held:
                return _of_events(path, root, size_bytes, held)
            found = preview_file(path, ParseOptions())
            channels = [column.name for column in found.columns if column.role == "channel"]
            machine = next((column.sample[0] for column in found.columns if column.role == "equipment" and column.sample), "")
            kind = "log" if channels or any(column.role == "tag" for column in found.columns) else "other"
            if any(question.code == "LABELS_ELSEWHERE" for question in found.questions) and kind == "other":
                kind, why = "events", _LABELS
            elif kind == "other":
                why = "There is no column of measurements in it."
        except InputError as error:
            kind, why = "other", f"{error.message} {error.hint}"
    name = path.relative_to(root).as_posix()
    asset = default_asset(str(path), channels)
    asset = asset_of_machine(machine, asset, is_given=False) if machine else asset
    return LogFile(path=str(path), name=name, size_bytes=size_bytes, asset=asset, kind=kind, why=why)


def _of_events(path: Path, root: Path, size_bytes: int, held: Literal["labels", "orders"]) -> LogFile:
    is_labels = held == "labels"
    return LogFile(
        path=str(path), name=path.relative_to(root).as_posix(), size_bytes=size_bytes, asset="",
        kind="events" if is_labels else "orders", why=_LABELS if is_labels else _ORDERS,
    )  # fmt: skip
