"""HDF5 files through h5py, MATLAB 7.3 among them: arrays of a group belong together; attributes give units, rate and start.

Nothing outside of the file is read (external links, external storage, virtual datasets), no foreign filter is loaded, and what is
pickled in attributes is not looked at.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from workbench.core.errors import LogFormatError
from workbench.logs.readers.arrays import ArrayGroup, NamedArray, Plain, content_of, gather, printed_unit
from workbench.logs.readers.reader import Content, cant_read
from workbench.logs.readers.signals import check_samples
from workbench.logs.readers.sources import Source
from workbench.logs.text import clean_text

MAX_NODES = 10_000
_MAX_DEPTH = 12
_MAX_COLUMNS = 64
_MAX_ATTRIBUTES = 200
_MAX_CELL_BYTES, _MAX_TABLE_BYTES = 1 << 16, 1 << 29
"""Of texts and of rows with several fields: a packed file of 17 KB can hold gigabytes of nothing."""
_PIECE_BYTES = 1 << 26
_UNIT_NAMES = ("unit", "units", "Unit", "Units", "UNIT", "UNITS", "unit_string")
_OWN_FILTERS = frozenset({1, 2, 3, 4, 5, 6, 32000})
"""Deflate, shuffle, Fletcher-32, szip, n-bit, scale-offset and LZF (HDF5 reference manual, H5Z; h5py)."""
_TROUBLE = (OSError, ValueError, KeyError, TypeError, RuntimeError, MemoryError, OverflowError, AttributeError, UnicodeError)


@dataclass(slots=True)
class _Walk:
    """What is met on the way through a file."""

    source: Source
    n_nodes: int = 0
    n_samples: int = 0
    seen: set[object] = field(default_factory=set)
    left_out: list[str] = field(default_factory=list)


class Hdf5Reader:
    """HDF5 and MATLAB 7.3."""

    kind, name, suffixes, extra, needs = "hdf5", "HDF5", (".h5", ".hdf5", ".hdf", ".he5"), "hdf5", ("h5py",)

    def recognises(self, head: bytes) -> bool:
        """The file's magic, or MATLAB's text before it."""
        return head.startswith((b"\x89HDF\r\n\x1a\n", b"MATLAB 7.3 MAT-file"))

    def read(self, source: Source) -> Content:
        """Arrays by group and length. Raises LogFormatError for a file without any."""
        import h5py

        walk = _Walk(source)
        try:
            with h5py.File(io.BytesIO(source.data), "r") as file:
                groups = list(_groups_of(file, {}, "", walk, 0))
        except LogFormatError:
            raise
        except _TROUBLE as error:
            raise cant_read(source, self.name, error, "Copy it again.") from error
        if not groups and walk.left_out:
            raise cant_read(source, self.name, "; ".join(walk.left_out[:3]), "Write the arrays into the file itself, with gzip.")
        return content_of(source, groups)


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
    check_samples(walk.source.name, walk.n_samples, str(walk.source.path))
    if is_text:
        if dataset.ndim != 1:
            return []
        return [NamedArray(name=name, values=[_decoded(item) for item in _values_of(dataset, walk.source).tolist()])]
    return _split(name, _values_of(dataset, walk.source), _plain_attributes(dataset))


def _values_of(dataset: Any, source: Source) -> Any:
    """All values. Texts of any length may all be the same one of the file: those are read few at a time, and counted."""
    if not dataset.dtype.hasobject:
        return dataset[()]
    step = max(1, min(4096, _PIECE_BYTES // len(source.data)))
    pieces = []
    n_bytes = 0
    for first in range(0, dataset.shape[0], step):
        piece = dataset[first : first + step]
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


def _split(name: str, values: Any, told: dict[str, Plain]) -> list[NamedArray]:
    unit = next((printed_unit(told[key]) for key in _UNIT_NAMES if key in told), "")
    hint = " ".join(str(value) for value in told.values() if isinstance(value, str))
    if values.dtype.names:
        fields = [field for field in values.dtype.names if values.ndim == 1 and values.dtype[field].shape == ()]
        columns = [(field, values[field]) for field in fields]
        numeric = [NamedArray(name=field, values=column) for field, column in columns if column.dtype.kind in "fiubM"]
        texts = [
            NamedArray(name=field, values=[_decoded(item) for item in column.tolist()])
            for field, column in columns
            if _is_text(column.dtype)
        ]
        return [*numeric, *texts]
    if values.ndim == 1:
        return [NamedArray(name=name, values=values, unit=unit, hint=hint)]
    if min(values.shape) > _MAX_COLUMNS:
        return []
    tall = values if values.shape[0] >= values.shape[1] else values.T
    if tall.shape[1] == 1:
        return [NamedArray(name=name, values=np.ascontiguousarray(tall[:, 0]), unit=unit, hint=hint)]
    return [NamedArray(name=f"{name} {k + 1}", values=tall[:, k], unit=unit, hint=hint) for k in range(tall.shape[1])]


def _why_not(dataset: Any) -> str:
    """Why a dataset is not read: its bytes lie elsewhere, or need code that is not ours."""
    if dataset.external or dataset.is_virtual:
        return "lies in another file"
    is_plain = dataset.dtype.names is None and dataset.dtype.kind in "fiubM"
    if not is_plain and (dataset.dtype.itemsize > _MAX_CELL_BYTES or dataset.nbytes > _MAX_TABLE_BYTES):
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
