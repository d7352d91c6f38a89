"""MATLAB files of versions 4 to 7.2 through scipy: numbers, texts and plain structures. Objects are refused, never built.

Version 7.3 is HDF5 and read by that reader.
"""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import numpy as np

from workbench.core.errors import LogFormatError
from workbench.logs.readers.arrays import ArrayGroup, NamedArray, Plain, content_of, gather
from workbench.logs.readers.reader import Content, ReadGuard, Streaming
from workbench.logs.readers.signals import check_samples
from workbench.logs.readers.sources import Source

MAX_MATLAB_BYTES = 1 << 29
_NUMERIC = frozenset(["double", "single", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "logical"])
_PLAIN = _NUMERIC | {"char", "struct"}
_VERSION_5 = b"MATLAB 5.0 MAT-file"
_LONGEST_NAME = 64
_MAX_DEPTH = 4
_MAX_COLUMNS = 64
_MAX_FIELDS = 2000
_HEADER_BYTES = 128
_COMPRESSED = 15
_HINT = "Save plain arrays: save('log.mat', 't', 'pressure', '-v7'); a timetable as timetable2table and then its columns."
_TROUBLE = (
    ValueError, TypeError, KeyError, IndexError, OSError, zlib.error, MemoryError, OverflowError, AttributeError, RecursionError,
    EOFError, NotImplementedError, struct.error, ArithmeticError, SystemError,
)  # fmt: skip


class MatlabReader(Streaming):
    """`.mat` of versions 4 to 7.2."""

    kind, name, suffixes, extra, needs = "matlab", "MATLAB", (".mat",), "", ("scipy",)

    def recognises(self, head: bytes) -> bool:
        """The header's text; the first variable's sizes and name in version 4, which has none."""
        return head.startswith(_VERSION_5) or _is_version_4(head)

    @contextmanager
    def opened(self, source: Source) -> Iterator[Content]:
        """Arrays of the file and of its structures; a rate beside them dates them. The arrays are in memory: they can't be
        read in parts.
        """
        from scipy.io import loadmat, whosmat

        guard = ReadGuard(source, self.name, _TROUBLE, "Save it again with save(…, '-v7').")
        with source.open() as stream, guard(), warnings.catch_warnings():
            if stream.read(len(_VERSION_5)) == _VERSION_5:
                stream.seek(0)
                _check_packed(source, stream)
            warnings.simplefilter("ignore")
            stream.seek(0)
            listed = whosmat(stream)
            names = [name for name, _, kind in listed if kind in _PLAIN and not name.startswith("__")]
            check_samples(source.name, sum(int(np.prod(shape, dtype=float)) for _, shape, _ in listed), str(source.path))
            if not names:
                raise LogFormatError(f"{source.name} {_what(listed)}.", _HINT, path=str(source.path))
            stream.seek(0)
            found = loadmat(stream, variable_names=names, simplify_cells=True, chars_as_strings=True)
        tree = {str(name): value for name, value in found.items() if not str(name).startswith("__")}
        yield content_of(source, list(_groups_of(tree, {}, "", 0)))


def _what(listed: list[tuple[str, tuple[int, ...], str]]) -> str:
    kinds = sorted({kind for _, _, kind in listed})
    return f"holds only {', '.join(kinds)} that MATLAB alone can read" if kinds else "holds no variables"


def _is_version_4(head: bytes) -> bool:
    """Type (order, 0, precision, kind), rows, columns, whether it is complex, and the length of the name, then the name."""
    for order in "<>" if len(head) >= 20 else "":
        kind, n_rows, n_columns, is_complex, n_name = struct.unpack_from(f"{order}5i", head)
        name = head[20 : 20 + n_name] if 2 <= n_name <= _LONGEST_NAME else b""
        is_kind = kind // 1000 == (order == ">") and kind // 100 % 10 == 0 and kind // 10 % 10 <= 5 and kind % 10 <= 2
        is_shape = n_rows >= 0 and n_columns >= 0 and is_complex in (0, 1)
        if is_kind and is_shape and name.endswith(b"\x00") and name[:-1].decode("latin-1").isidentifier():
            return True
    return False


def _check_packed(source: Source, stream: BinaryIO) -> None:
    """Unpack every element to nowhere, counting: a few kilobytes must not become gigabytes later, nor a file more than memory."""
    head = stream.read(_HEADER_BYTES)
    order = "<" if head[126:128] == b"IM" else ">"
    at, total, end = _HEADER_BYTES, 0, source.size_bytes
    while at + 8 <= end:
        stream.seek(at)
        kind, size = struct.unpack(f"{order}II", stream.read(8))
        total += _count_unpacked(source, stream, size, MAX_MATLAB_BYTES - total) if kind == _COMPRESSED else size
        if total > MAX_MATLAB_BYTES:
            raise _too_large(source, total)
        at += 8 + size


def _too_large(source: Source, n_bytes: int) -> LogFormatError:
    return LogFormatError(
        f"{source.name} unpacks to more than {n_bytes} bytes; a file of this version can't be read in parts, and at most "
        f"{MAX_MATLAB_BYTES} bytes of it are read at once.",
        "Save it with save(…, '-v7.3'), which can have any size, or split it.",
        path=str(source.path),
    )  # fmt: skip


def _count_unpacked(source: Source, stream: BinaryIO, size: int, most: int) -> int:
    inflater = zlib.decompressobj()
    total = 0
    while size > 0 and not inflater.eof:
        packed = stream.read(min(size, 1 << 20))
        size -= len(packed)
        if not packed:
            break
        while packed and not inflater.eof:
            total += len(inflater.decompress(packed, 1 << 20))
            packed = inflater.unconsumed_tail
            if total > most:
                raise _too_large(source, total)
    return total


def _groups_of(tree: dict[str, object], above: dict[str, Plain], title: str, depth: int) -> Iterator[ArrayGroup]:
    """The arrays of a structure with its own plain values and those above it; then the structures in it."""
    facts = {**above, **{name: plain for name, value in tree.items() if (plain := _plain(value)) is not None}}
    arrays = [array for name, value in list(tree.items())[:_MAX_FIELDS] for array in _arrays_of(name, value)]
    yield from gather(arrays, facts, title)
    for name, value in tree.items():
        if isinstance(value, dict) and depth < _MAX_DEPTH:
            inner = {str(key): item for key, item in value.items()}
            yield from _groups_of(inner, facts, f"{title}.{name}".lstrip("."), depth + 1)


def _plain(value: object) -> Plain | None:
    if isinstance(value, (bool, np.bool_)):
        return None
    if isinstance(value, (int, float, str)):
        return value
    if isinstance(value, np.generic) and value.dtype.kind in "fiu":
        return float(value.item())
    return None


def _arrays_of(name: str, value: object) -> list[NamedArray]:
    """A vector as it is, a matrix column by column (its longer side is time); nothing for other shapes."""
    if not isinstance(value, np.ndarray) or value.size < 2:
        return []
    if value.dtype.kind in "OU":
        texts = [str(item) for item in value.ravel().tolist()] if value.ndim == 1 else []
        return [NamedArray(name=name, values=texts)] if texts and all(len(text) < 100 for text in texts) else []
    if value.dtype.kind not in "fiub":
        return []
    if value.ndim == 1:
        return [NamedArray(name=name, values=value)]
    if value.ndim != 2 or min(value.shape) > _MAX_COLUMNS:
        return []
    columns = value if value.shape[0] >= value.shape[1] else value.T
    return [NamedArray(name=f"{name} {number + 1}", values=columns[:, number]) for number in range(columns.shape[1])]
