"""The files of a request: nothing that is read without end, and every refusal names one that was given."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from workbench.core.errors import EncodingError, LogFormatError


@contextmanager
def given_files(paths: Sequence[str | Path]) -> Iterator[None]:
    """Around the reading of `paths`. Raises LogFormatError for pipes and devices, which would be waited for."""
    for path in map(Path, paths):
        _check_kind(path)
    try:
        yield
    except (LogFormatError, EncodingError) as error:
        _name(error, [Path(path) for path in paths])
        raise


def _check_kind(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):  # said by whoever reads it
        return
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise LogFormatError(
            f"{path.name} is a pipe, a device or another thing that is no file.", "Give a file or a folder.", path=str(path)
        )


def _name(error: LogFormatError | EncodingError, paths: Sequence[Path]) -> None:
    """A packed file is known by what is in it: 'x.csv can't be read' is said with 'x.csv.gz' in front."""
    if any(path.name in error.message for path in paths):
        return
    near = [path for path in paths if Path(path.stem).name in error.message] or (list(paths) if len(paths) == 1 else [])
    if near and near[0].name:
        error.message = f"{near[0].name}: {error.message}"
        error.args = (error.message,)
