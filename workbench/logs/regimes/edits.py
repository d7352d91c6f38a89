"""Edits of operating states, as a layer over those that are found. Must not import anything but core and this domain."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec

from workbench.core.clock import format_utc, parse_utc
from workbench.core.codec import Record, decode_strict, encode_canonical, sha256_hex
from workbench.core.errors import InputError
from workbench.logs.layers import find_part
from workbench.logs.regimes.regime import Regime, RegimeEdit
from workbench.logs.text.decode import clean_text

MAX_EDITS = 10_000
MAX_NAME = 60
_ID_DIGITS = 16

Layer = tuple[RegimeEdit, ...]


class EditsFile(Record, frozen=True, kw_only=True):
    """A layer as it is stored; the asset is in it so that the empty layers of two pumps are two objects."""

    asset: str
    edits: Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A stretch [start_ns, end_ns) in one state, and the edit that says so ('' where it was found)."""

    name: str
    start_ns: int
    end_ns: int
    speed_rpm: float | None = None
    edit: str = ""
    confidence: float = 1.0
    could_be: tuple[str, ...] = ()


def check_edit(given: RegimeEdit) -> RegimeEdit:
    """The edit in normal form, with an id; raises InputError for an interval that ends before it starts."""
    start_ns, end_ns = parse_utc(given.start_utc), parse_utc(given.end_utc)
    if end_ns <= start_ns:
        raise InputError(
            f"The stretch ends ({given.end_utc}) before it starts ({given.start_utc}).", "Exchange the two instants."
        )
    name = clean_text(given.name, MAX_NAME + 1)
    if len(name) > MAX_NAME:
        raise InputError(
            f"'{name[:20]}…' has {len(given.name)} letters; a state's name has at most {MAX_NAME}.", "Say the rest as why."
        )
    tidy = msgspec.structs.replace(given, name=name, start_utc=format_utc(start_ns), end_utc=format_utc(end_ns))
    return tidy if tidy.id else msgspec.structs.replace(tidy, id=sha256_hex(encode_canonical(tidy))[:_ID_DIGITS])


def add_edit(layer: Layer, given: RegimeEdit) -> Layer:
    """Put one on top. Raises InputError."""
    if len(layer) >= MAX_EDITS:
        raise InputError(f"{len(layer)} edits are the most that a pump can have.", "Remove some.")
    return (*layer, check_edit(given))


def change_edits(layer: Layer, given: RegimeEdit) -> Layer:
    """Put a named edit on top; one without a name is no edit: it leaves the stretch as found. Raises InputError."""
    edit = check_edit(given)
    return add_edit(layer, edit) if edit.name else clear_edits(layer, parse_utc(edit.start_utc), parse_utc(edit.end_utc))


def clear_edits(layer: Layer, start_ns: int, end_ns: int) -> Layer:
    """Take [start_ns, end_ns) out of every edit; what reaches beyond it stays, by the same author.

    Raises InputError where no edit reaches into it.
    """
    left: list[RegimeEdit] = []
    for one in layer:
        own = parse_utc(one.start_utc), parse_utc(one.end_utc)
        if own[1] <= start_ns or own[0] >= end_ns:
            left.append(one)
            continue
        for first, last in ((own[0], min(own[1], start_ns)), (max(own[0], end_ns), own[1])):
            if first < last:
                part = msgspec.structs.replace(one, id="", start_utc=format_utc(first), end_utc=format_utc(last))
                left.append(check_edit(part))
    if tuple(left) == layer:
        edits = ", ".join(f"{one.name or 'as found'} from {one.start_utc} to {one.end_utc}" for one in layer[-5:]) or "none"
        raise InputError(
            f"No edit lies between {format_utc(start_ns)} and {format_utc(end_ns)}: that stretch is as found already.",
            f"The last edits are: {edits}. Give --name to say in which state it was.",
        )
    if len(left) > MAX_EDITS:
        raise InputError(f"{len(left)} edits are more than a pump can have.", "Remove some.")
    return tuple(left)


def remove_edit(layer: Layer, edit_id: str) -> Layer:
    """Leave one out; raises InputError where there is none or more than one begins so."""
    gone = find_part(layer, edit_id, "edits", "workbench logs regimes")
    return tuple(one for one in layer if one is not gone)


def encode_layer(asset: str, layer: Layer) -> bytes:
    """The stored form: the same edits give the same bytes."""
    return encode_canonical(EditsFile(asset=asset, edits=layer))


def decode_layer(data: bytes, asset: str) -> Layer:
    """Read the stored form; it may be a stranger's. Raises InputError where one of the edits can't be."""
    found = decode_strict(data, EditsFile, what=f"The regimes of {asset}").edits
    if len(found) > MAX_EDITS:
        raise InputError(f"{asset} has {len(found)} edits of states, more than {MAX_EDITS}.", "The project is damaged.")
    return tuple(
        msgspec.structs.replace(one, author=clean_text(one.author), why=clean_text(one.why)) for one in map(check_edit, found)
    )


def apply_edits(found: Sequence[Regime], layer: Layer, within: tuple[int, int]) -> list[Stretch]:
    """What is found with the edits painted over it in their order, cut to a recording's (first, last) instant."""
    plain = _joined(found)
    stretches = list(plain)
    for one in layer:
        start_ns, end_ns = max(parse_utc(one.start_utc), within[0]), min(parse_utc(one.end_utc), within[1] + 1)
        if start_ns >= end_ns:
            continue
        touched = _touched(stretches, start_ns, end_ns)
        outside = [part for stretch in stretches[touched] for part in _outside(stretch, start_ns, end_ns)]
        if one.name:
            inside = [Stretch(name=one.name, start_ns=start_ns, end_ns=end_ns, edit=one.id)]
        else:
            inside = [part for stretch in plain[_touched(plain, start_ns, end_ns)] for part in _inside(stretch, start_ns, end_ns)]
        stretches[touched] = sorted((*outside, *inside), key=_start_of)
    return stretches


def _touched(stretches: Sequence[Stretch], start_ns: int, end_ns: int) -> slice:
    """Those that overlap [start_ns, end_ns); they are in the order of time and apart."""
    return slice(bisect_right(stretches, start_ns, key=_end_of), bisect_left(stretches, end_ns, key=_start_of))


def _joined(found: Sequence[Regime]) -> list[Stretch]:
    """Each state reaches to the instant at which the next one begins."""
    ends = [*(one.start_ns for one in found[1:]), found[-1].end_ns + 1] if found else []
    return [
        Stretch(
            name=one.name,
            start_ns=one.start_ns,
            end_ns=end,
            speed_rpm=one.speed_rpm,
            confidence=one.confidence,
            could_be=one.could_be,
        )
        for one, end in zip(found, ends, strict=True)
    ]


def _outside(stretch: Stretch, start_ns: int, end_ns: int) -> list[Stretch]:
    parts = [
        replace(stretch, end_ns=min(stretch.end_ns, start_ns)),
        replace(stretch, start_ns=max(stretch.start_ns, end_ns)),
    ]
    return [part for part in parts if part.start_ns < part.end_ns]


def _inside(stretch: Stretch, start_ns: int, end_ns: int) -> list[Stretch]:
    part = replace(stretch, start_ns=max(stretch.start_ns, start_ns), end_ns=min(stretch.end_ns, end_ns))
    return [part] if part.start_ns < part.end_ns else []


def _end_of(stretch: Stretch) -> int:
    return stretch.end_ns


def _start_of(stretch: Stretch) -> int:
    return stretch.start_ns
