"""Which logs a file, an archive or a folder would become, each by its head: what an import is going to ask of all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from workbench.core.errors import LogFormatError, WorkbenchError
from workbench.logs.parse import ParseOptions
from workbench.logs.readers.sources import files_in
from workbench.logs.summary import Question
from workbench.logs.tables.preview import LogPreview, preview_each

MOST_LOGS = 200
"""So many are looked at: an archive may hold thousands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogInside:
    """Files of equal columns, which become one log where they follow each other; `files` are their names."""

    files: tuple[str, ...]
    preview: LogPreview

    @property
    def name(self) -> str:
        """What it is called by."""
        return self.files[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogsPreview:
    """The logs, all that is asked of them, and whether there are more than were looked at."""

    logs: tuple[LogInside, ...]
    questions: tuple[Question, ...]
    has_more: bool = False

    def find(self, name: str) -> LogInside:
        """The log of this name (of one of its files), else the first that has channels."""
        named = (log for log in self.logs if name in log.files)
        return next(named, next((log for log in self.logs if log.preview.columns), self.logs[0]))


def preview_logs(path: Path, options: ParseOptions) -> LogsPreview:
    """Look at the head of each log in a file or a folder. Raises LogFormatError or EncodingError naming what can't be read."""
    each = _in_folder(path, options) if path.is_dir() else preview_each(path, options)
    found = list(islice(each, MOST_LOGS))
    alike: dict[object, list[tuple[str, LogPreview]]] = {}
    for name, preview in found:
        columns = tuple((one.name, one.role, one.unit) for one in preview.columns)
        alike.setdefault(columns or name, []).append((name, preview))
    asked = {(one.code, one.channel, one.text): one for _, preview in found for one in preview.questions}
    return LogsPreview(
        logs=tuple(LogInside(files=tuple(name for name, _ in group), preview=group[0][1]) for group in alike.values()),
        questions=tuple(asked.values()), has_more=next(each, None) is not None,
    )  # fmt: skip


def _in_folder(folder: Path, options: ParseOptions) -> Iterator[tuple[str, LogPreview]]:
    """What lies beside the logs is passed over, as nobody named it."""
    refused: WorkbenchError | None = None
    n_found = 0
    for file in files_in(folder):
        try:
            for found in preview_each(file, options):
                n_found += 1
                yield found
        except WorkbenchError as error:
            refused = refused or error
    if not n_found:
        hint = "Give a folder with logs in it."
        raise refused or LogFormatError(f"The folder {folder.name or folder} holds no log files.", hint, path=str(folder))
