"""HDF5 files through h5py, MATLAB 7.3 among them: arrays of a group belong together; attributes give units, rate and start.

Nothing outside of the file is read (external links, external storage, virtual datasets), no foreign filter is loaded, and what is
pickled in attributes is not looked at.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

import numpy as np

from workbench.core.errors import LogFormatError
from workbench.logs.readers.arrays import ArrayGroup, NamedArray, Plain, content_of, gather, printed_unit
from workbench.logs.readers.lazy import LazyArray, LazyTexts, Together, held_by
from workbench.logs.readers.reader import Content, ReadGuard, Streaming, cant_read
from workbench.logs.readers.signals import check_claim
from workbench.logs.readers.sources import Source
from workbench.logs.text.decode import clean_text

MAX_NODES = 10_000
_MAX_DEPTH = 12
_MAX_COLUMNS = 64
_MAX_ATTRIBUTES = 200
_MAX_CELL_BYTES, _MAX_TABLE_BYTES = 1 << 16, 1 << 29
"""Of texts and of rows with several fields: a packed file of 17 KB can hold gigabytes of nothing."""
_MAX_SWELLING = 100
_MATLAB_TEXT_BYTES = 116
_PIECE_BYTES = 1 << 26
_CACHE_BYTES = 1 << 22
"""Of unpacked chunks, for each array; a larger chunk is held by us."""
_MAX_HELD_BYTES = 1 << 28
_UNIT_NAMES = ("unit", "units", "Unit", "Units", "UNIT", "UNITS", "unit_string")
_OWN_FILTERS = frozenset({1, 2, 3, 4, 5, 6, 32000})
"""Deflate, shuffle, Fletcher-32, szip, n-bit, scale-offset and LZF (HDF5 reference manual, H5Z; h5py)."""
_TROUBLE = (OSError, ValueError, KeyError, TypeError, RuntimeError, MemoryError, OverflowError, AttributeError, UnicodeError)


@dataclass(slots=True)
class _Walk:
    """What is met on the way through a file."""

    source: Source
    guard: ReadGuard
    n_nodes: int = 0
    n_samples: int = 0
    n_held: int = 0
    seen: set[object] = field(default_factory=set)
    left_out: list[str] = field(default_factory=list)


class Hdf5Reader(Streaming):
    """HDF5 and MATLAB 7.3."""

    kind, name, suffixes, extra, needs = "hdf5", "HDF5", (".h5", ".hdf5", ".hdf", ".he5"), "hdf5", ("h5py",)

    def recognises(self, head: bytes) -> bool:
        """The file's magic, or MATLAB's text before it."""
        is_matlab = head.startswith(b"MATLAB 7.") and (b"HDF5" in head[:_MATLAB_TEXT_BYTES] or head.startswith(b"MATLAB 7.3"))
        return head.startswith(b"\x89HDF\r\n\x1a\n") or is_matlab

    @contextmanager
    def opened(self, source: Source) -> Iterator[Content]:
        """Arrays by group and length. Raises LogFormatError for a file without any."""
        import h5py

        guard = ReadGuard(source, self.name, _TROUBLE)
        walk = _Walk(source, guard)
        with ExitStack() as stack:
            with guard():
                place = io.BytesIO(source.data) if source.file is None else source.file
                file = stack.enter_context(h5py.File(place, "r", rdcc_nbytes=_CACHE_BYTES))
                groups = list(_groups_of(file, {}, "", walk, 0))
            if not groups and walk.left_out:
                raise cant_read(
                    source, self.name, "; ".join(walk.left_out[:3]), "Write the arrays into the file itself, with gzip."
                )
            yield content_of(source, groups)


def _groups_of(group: Any, above: dict[str, Plain], title: str, walk: _Walk, depth: int) -> Iterator[ArrayGroup]:
    import h5py

    facts = {**above, **_plain_attributes(group)}
    arrays: list[NamedArray] = []
    inner: list[tuple[str, Any]] = []
    for name, node in _nodes_of(group, walk):
        if isinstance(node, h5py.Group):
            inner.append((name, node))
        elif isinstance(node, h5py.Dataset):
            told = _with_plain(facts, name, node)
            arrays.extend(_read_dataset(name, node, walk) if told is facts else ())
            facts = told
    yield from _told_apart(arrays, facts, title, group)
    for name, node in inner:
        if depth < _MAX_DEPTH:
            yield from _groups_of(node, facts, f"{title}/{name}".lstrip("/"), walk, depth + 1)


def _told_apart(arrays: list[NamedArray], facts: dict[str, Plain], title: str, group: Any) -> Iterator[ArrayGroup]:
    """Datasets with a rate of their own stand alone, the others by length."""
    own: dict[tuple[tuple[str, Plain], ...], list[NamedArray]] = {}
    for array in arrays:
        node = group.get(array.name)
        told = _plain_attributes(node) if node is not None else {}
        key = tuple(sorted(((name, value) for name, value in told.items() if name not in _UNIT_NAMES), key=_name_of))
        own.setdefault(key, []).append(array)
    for key, members in own.items():
        yield from gather(members, {**facts, **dict(key)}, title)


def _name_of(item: tuple[str, Plain]) -> str:
    return item[0]


def _nodes_of(group: Any, walk: _Walk) -> Iterator[tuple[str, Any]]:
    """Members by hard links only, each once, up to a limit."""
    import h5py

    for name in group:
        walk.n_nodes += 1
        if walk.n_nodes > MAX_NODES:
            raise LogFormatError(
                f"{walk.source.name} holds more than {MAX_NODES} objects.", "Split it.", path=str(walk.source.path)
            )
        if not isinstance(group.get(name, getlink=True), h5py.HardLink) or name.startswith("#"):
            walk.left_out.append(f"{clean_text(name)} is a link")
            continue
        node = group[name]
        address = h5py.h5o.get_info(node.id).addr
        if address not in walk.seen:
            walk.seen.add(address)
            yield str(name), node


def _read_dataset(name: str, dataset: Any, walk: _Walk) -> list[NamedArray]:
    """The arrays of a dataset: a vector, a matrix by columns, a table by fields; [] for anything else."""
    dtype = dataset.dtype
    if dataset.shape is None or dataset.size < 2 or dataset.ndim > 2:
        return []
    why = _why_not(dataset)
    if why:
        walk.left_out.append(f"{clean_text(name)} {why}")
        return []
    is_text = _is_text(dtype)
    if dtype.names is None and dtype.kind not in "fiubM" and not is_text:
        return []
    walk.n_samples += dataset.size * (len(dtype.names) if dtype.names else 1)
    check_claim(walk.source.name, walk.n_samples, walk.source.size_bytes, str(walk.source.path))
    if is_text:
        return [_texts_of(walk, name, dataset, _whole)] if dataset.ndim == 1 else []
    return _split(walk, name, dataset)


def _reading(walk: _Walk, name: str, dataset: Any) -> Callable[[int, int], Any]:
    """Reads rows. A packed array is unpacked chunk by chunk: large chunks are held, so that each is unpacked once.

    Raises LogFormatError where the large chunks of a file don't fit into memory together.
    """
    chunk_rows, *_ = dataset.chunks or (0,)
    n_bytes = dataset.dtype.itemsize * math.prod(dataset.chunks or (0,))
    if n_bytes <= _CACHE_BYTES or dataset.id.get_create_plist().get_nfilters() == 0 or dataset.shape[0] <= chunk_rows // 2:
        return lambda first, end: dataset[first:end]
    walk.n_held += n_bytes
    if walk.n_held > _MAX_HELD_BYTES:
        raise LogFormatError(
            f"{walk.source.name}: '{clean_text(name)}' is packed in pieces of {n_bytes >> 20} MB, too large to be unpacked "
            "beside the others.", "Write it in smaller chunks (h5repack -l CHUNK=65536).", path=str(walk.source.path),
        )  # fmt: skip
    return held_by(chunk_rows, dataset.shape[0], lambda first, end: dataset[first:end])


def _whole(piece: Any) -> Any:
    return piece


def _texts_of(walk: _Walk, name: str, dataset: Any, pick: Callable[[Any], Any]) -> NamedArray:
    def read(first: int, end: int) -> list[str]:
        return [_decoded(item) for item in pick(_values_of(dataset, walk.source, first, end)).tolist()]

    return NamedArray(name=name, values=LazyTexts(dataset.shape[0], read, walk.guard))


def _values_of(dataset: Any, source: Source, start: int, end: int) -> Any:
    """Some rows. Texts of any length may all be the same one of the file: those are read few at a time, and counted."""
    if not dataset.dtype.hasobject:
        return dataset[start:end]
    step = max(1, min(4096, _PIECE_BYTES // source.size_bytes))
    pieces = [dataset[:0]]
    n_bytes = 0
    for first in range(start, min(end, dataset.shape[0]), step):
        piece = dataset[first : min(first + step, end)]
        names = [name for name in piece.dtype.names or () if piece.dtype[name].hasobject]
        for texts in [piece[name] for name in names] if piece.dtype.names else [piece]:
            n_bytes += sum(len(text) for text in texts.ravel().tolist() if isinstance(text, (bytes, str)))
        if n_bytes > _MAX_TABLE_BYTES:
            raise LogFormatError(
                f"{source.name} holds more than {_MAX_TABLE_BYTES >> 20} MB of text.", "Write numbers as numbers.",
                path=str(source.path),
            )  # fmt: skip
        pieces.append(piece)
    return np.concatenate(pieces)


def _split(walk: _Walk, name: str, dataset: Any) -> list[NamedArray]:
    """A vector as it is, a matrix column by column (its longer side is time), a table field by field."""
    told = _plain_attributes(dataset)
    unit = next((printed_unit(told[key]) for key in _UNIT_NAMES if key in told), "")
    hint = " ".join(str(value) for value in told.values() if isinstance(value, str))
    dtype = dataset.dtype
    if dtype.names:
        return _fields(walk, dataset) if dataset.ndim == 1 else []
    if dataset.ndim == 1:
        values = LazyArray(len(dataset), dtype, _reading(walk, name, dataset), walk.guard)
        return [NamedArray(name=name, values=values, unit=unit, hint=hint)]
    if min(dataset.shape) > _MAX_COLUMNS:
        return []
    is_tall = dataset.shape[0] >= dataset.shape[1]
    n_rows, n_columns = dataset.shape if is_tall else dataset.shape[::-1]
    read = _reading(walk, name, dataset) if is_tall else lambda first, end: dataset[:, first:end].T
    together = Together(n_rows, read, walk.guard)
    columns = [together.column(dtype, itemgetter((slice(None), k))) for k in range(n_columns)]
    names = [name] if n_columns == 1 else [f"{name} {k + 1}" for k in range(n_columns)]
    return [NamedArray(name=one, values=column, unit=unit, hint=hint) for one, column in zip(names, columns, strict=True)]


def _fields(walk: _Walk, dataset: Any) -> list[NamedArray]:
    """The columns of a table: numbers first, then texts."""
    dtype = dataset.dtype
    fields = [field for field in dtype.names if dtype[field].shape == ()]
    together = Together(len(dataset), lambda first, end: _values_of(dataset, walk.source, first, end), walk.guard)
    numeric = [
        NamedArray(name=field, values=together.column(dtype[field], itemgetter(field)))
        for field in fields
        if dtype[field].kind in "fiubM"
    ]
    texts = [_texts_of(walk, field, dataset, itemgetter(field)) for field in fields if _is_text(dtype[field])]
    return [*numeric, *texts]


def _why_not(dataset: Any) -> str:
    """Why a dataset is not read: its bytes lie elsewhere, or need code that is not ours."""
    if dataset.external or dataset.is_virtual:
        return "lies in another file"
    is_plain = dataset.dtype.names is None and dataset.dtype.kind in "fiubM"
    is_swollen = dataset.nbytes > max(_MAX_TABLE_BYTES, _MAX_SWELLING * dataset.file.id.get_filesize())
    if not is_plain and (dataset.dtype.itemsize > _MAX_CELL_BYTES or is_swollen):
        return f"would take {dataset.nbytes:,} bytes"
    plan = dataset.id.get_create_plist()
    codes = [plan.get_filter(number)[0] for number in range(plan.get_nfilters())]
    foreign = [code for code in codes if code not in _OWN_FILTERS]
    return f"is packed with filter {foreign[0]}" if foreign else ""


def _is_text(dtype: Any) -> bool:
    import h5py

    return dtype.kind in "SU" or h5py.check_string_dtype(dtype) is not None


def _decoded(item: object) -> str:
    text = item.decode("utf-8", "replace") if isinstance(item, bytes) else str(item)
    return clean_text(text.rstrip("\x00"))


def _plain_attributes(node: Any) -> dict[str, Plain]:
    """Numbers and short texts among the attributes; what is packed or long is passed over."""
    found: dict[str, Plain] = {}
    for name in list(node.attrs)[:_MAX_ATTRIBUTES]:
        try:
            value = node.attrs[name]
        except (OSError, ValueError, TypeError, KeyError, RuntimeError, MemoryError):  # an attribute of a type nobody knows
            continue
        plain = _plain(value)
        if plain is not None:
            found[str(name)] = plain
    return found


def _plain(value: Any) -> Plain | None:
    if isinstance(value, (np.ndarray, np.generic)):
        if np.size(value) != 1:
            return None
        value = value.item() if np.ndim(value) == 0 else value.ravel()[0].item()
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, str):
        return clean_text(value) if len(value) < 200 else None
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _with_plain(facts: dict[str, Plain], name: str, dataset: Any) -> dict[str, Plain]:
    """A dataset of one number is a fact about those beside it (`fs`), and one of MATLAB's characters a text (`start_utc`)."""
    if dataset.shape is None or dataset.size > 200 or _why_not(dataset):
        return facts
    if dataset.attrs.get("MATLAB_class") == b"char" and dataset.dtype.kind == "u":
        return {**facts, name: clean_text("".join(chr(code) for code in dataset[()].ravel().tolist()))}
    plain = _plain(dataset[()]) if dataset.size == 1 and (dataset.dtype.kind in "fiu" or _is_text(dataset.dtype)) else None
    return facts if plain is None else {**facts, name: plain}
