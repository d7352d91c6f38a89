"""Which way a log is read: plain CSV of any size in blocks, everything else big with care from disk, the rest in memory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.logs.plain_import import PlainLog
    from workbench.logs.readers.byte_stream import StreamSource

STREAM_FROM_BYTES = 32 * 1024 * 1024
"""Smaller logs are parsed in memory, which is faster there."""
STREAM_FROM_CELLS = 4_000_000
_PLAIN_ANSWERS = frozenset({"ZONE_UNKNOWN", "DAY_MONTH_AMBIGUOUS", "EPOCH_AMBIGUOUS", "LABELS_ELSEWHERE"})
"""Answers that a log with ISO times and decimal dots takes as a zone, or has no use for: the fast way stays open."""


def units_of(paths: Sequence[Path], join: bool | None) -> list[list[Path]]:
    """Files that are read together: each by itself where they are to be kept apart, else all."""
    return [[path] for path in paths] if join is False else [list(paths)]


def size_of(path: Path) -> int:
    """Bytes of a file, or of the files in a folder; 0 where there is none."""
    return sum(file.stat().st_size for file in (path.rglob("*") if path.is_dir() else [path]) if file.is_file())


def find_plain(paths: Sequence[Path], zone: str | None, answers: Sequence[str]) -> PlainLog | None:
    """The files as one big plain log; None where they are none."""
    from workbench.logs.plain_import import find_plain_log

    files = [child for path in paths for child in (sorted(path.iterdir()) if path.is_dir() else [path])]
    codes = {answer.partition("=")[0]: answer.partition("=")[2] for answer in answers}
    zone = zone or codes.get("ZONE_UNKNOWN")
    if not _PLAIN_ANSWERS.issuperset(codes) or not files or not all(path.is_file() for path in files):
        return None
    if sum(path.stat().st_size for path in files) < STREAM_FROM_BYTES:
        return None
    return find_plain_log(files, zone)


def find_careful(paths: Sequence[Path]) -> list[StreamSource] | None:
    """The files as sources of the reader in blocks; None where they are small, or can't be read in blocks."""
    from workbench.logs.careful.careful_import import find_sources
    from workbench.logs.readers.byte_stream import UNPACKED

    if not all(path.exists() for path in paths):
        return None
    sources = find_sources(paths)
    if sources is None:
        return None
    size_bytes = sum(source.size_bytes * (1 if source.packing == "none" else UNPACKED) for source in sources)
    return sources if size_bytes >= STREAM_FROM_BYTES or any(map(_is_packed_tight, sources)) else None


def _is_packed_tight(source: StreamSource) -> bool:
    """Whether a small file holds so many cells that they are better read in blocks."""
    from workbench.core.errors import InputError
    from workbench.logs.readers.registry import opened_content, streams
    from workbench.logs.readers.sources import Source

    if source.packing != "none" or not streams(source.kind):
        return False
    try:
        with opened_content(Source(name=source.name, kind=source.kind, path=source.path, file=source.path)) as content:
            return content.n_cells >= STREAM_FROM_CELLS
    except InputError:
        return False  # the import itself says what is wrong with it
