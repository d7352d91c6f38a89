"""Log files of any size as `inspect`, `score`, `screen` and `drift` read them: what is large becomes recordings on the disk.

Those lie in the person's cache, are read a column at a time, and go away with whoever held them; what a killed program left there
is swept by the next one.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.core.codec import disk_of
from workbench.core.paths import user_home
from workbench.project.owned_folders import owned_name, sweep
from workbench.services import log_streams

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.logs.parse import ParsedLogs, ParseOptions
    from workbench.logs.recordings.recording import Recording
    from workbench.logs.summary import Question, RecordingFacts

Say = Callable[[float, str], None]
_READ_SHARE = 0.75
_PREFIX = "workbench-log-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Streamed:
    """What was written, one recording for each of `facts`, and all that is open."""

    facts: tuple[RecordingFacts, ...]
    questions: tuple[Question, ...]


class StoredColumns(Mapping[str, "NDArray[np.float64]"]):
    """The channels of a recording in a folder of its own, which is removed with this: each is read when it is asked for."""

    def __init__(self) -> None:
        self.folder = new_scratch()
        weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        import numpy as np

        from workbench.logs.recordings.precision import as_printed

        if name not in self:
            raise KeyError(name)
        # opened anew each time: what is mapped could not be removed on Windows
        return as_printed(np.array(self._open().values(name)))

    def __iter__(self) -> Iterator[str]:
        return iter([channel.name for channel in self._open().channels])

    def __len__(self) -> int:
        return len(self._open().channels)

    def __contains__(self, name: object) -> bool:
        return any(channel.name == name for channel in self._open().channels)

    def times_ns(self) -> NDArray[np.int64]:
        """Instants int64 ns [n], in memory."""
        import numpy as np

        return np.array(self._open().times_ns)

    def _open(self) -> Recording:
        from workbench.logs.recordings.recording import open_recording

        return open_recording(self.folder)


def read_logs(paths: Sequence[Path], options: ParseOptions, say: Say) -> ParsedLogs:
    """As `parse_logs`; the columns of large logs stay on the disk. Raises what that raises, and DiskFull."""
    from workbench.logs.parse import ParsedLogs, parse_logs
    from workbench.logs.recordings.of_rows import ParsedRecording

    stored: list[StoredColumns] = []

    def new_folder() -> Path:
        stored.append(StoredColumns())
        return stored[-1].folder

    streamed = write_streamed(paths, options, new_folder, say)
    if streamed is None:
        return parse_logs(paths, options, say)
    recordings = tuple(
        ParsedRecording(facts=facts, times_ns=columns.times_ns(), columns=columns, labels={})
        for facts, columns in zip(streamed.facts, stored, strict=True)
    )
    return ParsedLogs(recordings=recordings, questions=streamed.questions)


def write_streamed(paths: Sequence[Path], options: ParseOptions, new_folder: Callable[[], Path], say: Say) -> Streamed | None:
    """Big logs in bounded memory, plain ones faster, each recording into a `new_folder`; None for everything else."""
    from workbench.logs.plain_import import import_plain
    from workbench.logs.readers.csv_stream import NotPlain

    log = log_streams.find_plain(paths, options.zone, options.answers) if len(paths) == 1 else None
    if log is None:
        return _write_carefully(paths, options, new_folder, say)
    folder = new_folder()
    try:
        with disk_of(folder.parent, folder):
            facts = import_plain(log, folder, say)
    except NotPlain:
        shutil.rmtree(folder)
        folder.mkdir()
        return _write_carefully(paths, options, _first_then(folder, new_folder), say)
    return Streamed(facts=(facts,), questions=facts.questions)


def _first_then(folder: Path, new_folder: Callable[[], Path]) -> Callable[[], Path]:
    """A folder that is there already, then new ones."""
    given = [folder]
    return lambda: given.pop() if given else new_folder()


def _write_carefully(
    paths: Sequence[Path], options: ParseOptions, new_folder: Callable[[], Path], say: Say
) -> Streamed | None:  # fmt: skip
    from workbench.logs.careful.careful_import import read_carefully
    from workbench.logs.careful.fill import share_of

    sources = log_streams.find_careful(paths)
    if sources is None:
        return None
    facts = []
    with scratch() as work, read_carefully(sources, options, work, share_of(say, 0.0, _READ_SHARE)) as found:
        for number, log in enumerate(found.logs):
            start, end = (_READ_SHARE + (1.0 - _READ_SHARE) * at / len(found.logs) for at in (number, number + 1))
            folder = new_folder()
            with disk_of(folder.parent, folder):
                facts.append(log.write(folder, share_of(say, start, end)))
    return Streamed(facts=tuple(facts), questions=found.questions)


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for as long as it is needed."""
    folder = new_scratch()
    try:
        with disk_of(folder.parent, folder):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new_scratch() -> Path:
    """A new folder in the person's cache, else among the system's temporary files; what killed programs left is swept first."""
    place = user_home() / "cache" / "reading"
    folder = place / owned_name("log")
    try:
        folder.mkdir(parents=True)
    except OSError:  # a home that can't be written is no reason not to read a log
        return Path(tempfile.mkdtemp(prefix=_PREFIX))
    sweep(place)
    return folder
