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
_UNPACKED = 6
"""How many times larger a packed log is, about."""


def units_of(paths: Sequence[Path], join: bool | None) -> list[list[Path]]:
    """Files that are read together: each by itself where they are to be kept apart, else all."""
    return [[path] for path in paths] if join is False else [list(paths)]


def find_plain(paths: Sequence[Path], zone: str | None, answers: Sequence[str]) -> PlainLog | None:
    """The files as one big plain log; None where they are none."""
    from workbench.logs.plain_import import find_plain_log

    files = [child for path in paths for child in (sorted(path.iterdir()) if path.is_dir() else [path])]
    if answers or not files or not all(path.is_file() for path in files):
        return None
    if sum(path.stat().st_size for path in files) < STREAM_FROM_BYTES:
        return None
    return find_plain_log(files, zone)


def split_stored(sources: Sequence[StreamSource]) -> tuple[list[StreamSource], list[StreamSource]]:
    """(text, files that store their times as such): the latter are read by themselves, as they can't be joined in blocks."""
    from workbench.logs.readers.registry import stores_times
    from workbench.logs.readers.sources import find_kind

    stored = []
    for source in sources:
        if source.packing == "none":
            with source.path.open("rb") as stream:
                if stores_times(find_kind(source.name, stream.read(512))):
                    stored.append(source)
    return [source for source in sources if source not in stored], stored


def readable(apart: Sequence[StreamSource]) -> list[list[Path]]:
    """Measurement files that are read together; of a folder's, which nobody named, only those that can be read."""
    from workbench.core.errors import InputError
    from workbench.logs.parse import ParseOptions
    from workbench.logs.preview import preview_file

    found = []
    for source in apart:
        try:
            if source.is_optional:
                preview_file(source.path, ParseOptions())
        except InputError:
            continue
        found.append(source.path)
    return [found] if found else []


def find_careful(paths: Sequence[Path]) -> list[StreamSource] | None:
    """The files as sources of the careful reader on disk; None where they are small, or are no text."""
    from workbench.logs.careful.careful_import import find_sources

    if not all(path.exists() for path in paths):
        return None
    sources = find_sources(paths)
    if sources is None:
        return None
    size_bytes = sum(source.size_bytes * (1 if source.packing == "none" else _UNPACKED) for source in sources)
    return sources if size_bytes >= STREAM_FROM_BYTES else None
