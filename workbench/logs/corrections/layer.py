"""A layer of corrections: what it makes of each channel of a recording, stretch by stretch.

Functions take a layer (a tuple of corrections in the order in which they apply) and return a new one. Must not import anything
but numpy, core and this domain.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import NS_PER_S, format_utc, parse_utc
from workbench.core.codec import Record, decode_strict, encode_canonical, sha256_hex
from workbench.core.errors import InputError
from workbench.logs.corrections.correction import Correction
from workbench.logs.layers import find_part
from workbench.logs.recordings.time_axis import Int64s
from workbench.logs.text.decode import clean_text

MAX_CORRECTIONS = 10_000
MAX_TEXT = 400
MAX_SHIFT_S = 2e9
"""63 years: a clock that began at 1970."""
_MAX_RATE = 0.5
_ID_DIGITS = 16
_SAME = 1e-6
"""Values are the same to the digits of a float32."""
_FIRST_NS, _LAST_NS = -(2**62), 2**62

Layer = tuple[Correction, ...]


class CorrectionsFile(Record, frozen=True, kw_only=True):
    """A layer as it is stored; the asset is in it so that the empty layers of two pumps are two objects."""

    asset: str
    corrections: Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch [start_ns, end_ns) of a channel in the recording's own time, and what it shows there."""

    start_ns: int
    end_ns: int
    source: str
    """The channel whose samples are shown."""
    factor: float = 1.0
    offset: float = 0.0
    missing: tuple[float, ...] = ()
    """Values of the source that mean no value."""
    is_excluded: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether the samples of its source are shown as they are."""
        return self.factor == 1.0 and self.offset == 0.0 and not self.missing and not self.is_excluded

    def of(self, values: NDArray[np.floating]) -> NDArray[np.floating]:
        """Samples of the source [n] as this piece shows them."""
        if self.is_excluded:
            return np.full(len(values), np.nan)
        shown = np.asarray(values)
        for value in self.missing:
            shown = np.where(np.isclose(shown, value, rtol=_SAME, atol=0.0), np.nan, shown)
        return shown if self.factor == 1.0 and self.offset == 0.0 else np.asarray(shown * self.factor + self.offset)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockPiece:
    """Instants from `start_ns` on (to the next piece) move by `shift_ns` plus `rate` of the time since `origin_ns`."""

    start_ns: int
    shift_ns: int = 0
    rate: float = 0.0
    origin_ns: int = 0

    def of(self, times_ns: Int64s) -> Int64s:
        """Moved instants, ns."""
        moved = times_ns + self.shift_ns
        return (
            moved if self.rate == 0.0 else np.asarray(moved + np.rint((times_ns - self.origin_ns) * self.rate).astype(np.int64))
        )


Clock = tuple[ClockPiece, ...]
NO_CLOCK: Clock = (ClockPiece(start_ns=_FIRST_NS),)


def check_correction(given: Correction) -> Correction:
    """The correction in normal form, with an id; raises InputError where it says nothing or can't be."""
    start_ns = parse_utc(given.start_utc) if given.start_utc else _FIRST_NS
    end_ns = parse_utc(given.end_utc) if given.end_utc else _LAST_NS
    if end_ns < start_ns:
        raise InputError(
            f"The stretch ends ({given.end_utc}) before it starts ({given.start_utc}).", "Exchange the two instants."
        )
    if not given.asset.strip():
        raise InputError("A correction needs to say which pump it is about.", "Give --asset TAG.")
    needs_channel = given.action in ("scale", "swap", "missing")
    if needs_channel and not given.channel:
        raise InputError(f"To {given.action} takes a channel.", "Give --channel NAME.")
    if given.action == "swap" and given.other in ("", given.channel):
        raise InputError(f"{given.channel} can't be exchanged with '{given.other}'.", "Name another channel.")
    numbers = (given.factor, given.offset, given.value, given.shift_s, given.drift_ppm)
    if not all(map(math.isfinite, numbers)) or given.factor == 0:
        raise InputError("A correction's numbers must be finite, and its factor not 0.", f"Given: {numbers}.")
    if abs(given.shift_s) > MAX_SHIFT_S:
        raise InputError(f"A clock can't be {given.shift_s:g} s wrong.", f"At most {MAX_SHIFT_S:g} s.")
    if abs(given.drift_ppm) >= _MAX_RATE * 1e6:
        raise InputError(f"A drift of {given.drift_ppm:g} ppm is no clock.", "Give millionths: 1 s a day is 11.6 ppm.")
    tidy = msgspec.structs.replace(
        given, why=clean_text(given.why, MAX_TEXT), start_utc=format_utc(start_ns) if given.start_utc else "",
        end_utc=format_utc(end_ns) if given.end_utc else "",
    )  # fmt: skip
    return tidy if tidy.id else msgspec.structs.replace(tidy, id=sha256_hex(encode_canonical(tidy))[:_ID_DIGITS])


def add_correction(layer: Layer, given: Correction) -> Layer:
    """Put one on top; the same one is not put there twice. Raises InputError."""
    if len(layer) >= MAX_CORRECTIONS:
        raise InputError(f"{len(layer)} corrections are the most that a pump can have.", "Remove some.")
    correction = check_correction(given)
    same = msgspec.structs.replace(correction, id="", author="", created_utc="", why="")
    if any(msgspec.structs.replace(one, id="", author="", created_utc="", why="") == same for one in layer):
        return layer
    return (*layer, correction)


def remove_correction(layer: Layer, correction_id: str) -> Layer:
    """Leave one out; raises InputError where there is none or more than one begins so."""
    gone = find_part(layer, correction_id, "corrections", "workbench logs corrections")
    return tuple(one for one in layer if one is not gone)


def encode_layer(asset: str, layer: Layer) -> bytes:
    """The stored form: the same corrections give the same bytes."""
    return encode_canonical(CorrectionsFile(asset=asset, corrections=layer))


def decode_layer(data: bytes, asset: str) -> Layer:
    """Read the stored form; it may be a stranger's. Raises InputError where one of the corrections can't be."""
    found = decode_strict(data, CorrectionsFile, what=f"The corrections of {asset}").corrections
    if len(found) > MAX_CORRECTIONS:
        raise InputError(f"{asset} has {len(found)} corrections, more than {MAX_CORRECTIONS}.", "The project is damaged.")
    return tuple(msgspec.structs.replace(one, author=clean_text(one.author)) for one in map(check_correction, found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a layer makes of one recording: pieces of the channels it touches, and its clock."""

    pieces: dict[str, tuple[Piece, ...]]
    clock: Clock

    @property
    def moves_clock(self) -> bool:
        """Whether instants change."""
        return self.clock != NO_CLOCK


def plan_layer(layer: Layer, recording_id: str, channels: Sequence[str]) -> Plan:
    """What the layer makes of a recording; `channels` are its own. Channels that it doesn't touch have no entry."""
    pieces: dict[str, tuple[Piece, ...]] = {}
    clock = NO_CLOCK
    for one in layer:
        if one.recording and not recording_id.startswith(one.recording):
            continue
        start_ns, end_ns = (undo_clock(clock, at_ns) for at_ns in _span_of(one))
        if one.action == "clock":
            clock = _move(clock, one, start_ns, end_ns)
        elif one.action != "accept":
            _apply(pieces, one, (start_ns, end_ns), channels)
    return Plan(pieces={name: own for name, own in pieces.items() if _does_something(name, own)}, clock=clock)


def _does_something(name: str, pieces: tuple[Piece, ...]) -> bool:
    return any(piece.source != name or not piece.is_plain for piece in pieces)


def _span_of(one: Correction) -> tuple[int, int]:
    """[start, end): the last instant is part of the stretch."""
    start_ns = parse_utc(one.start_utc) if one.start_utc else _FIRST_NS
    return start_ns, parse_utc(one.end_utc) + 1 if one.end_utc else _LAST_NS


def _apply(pieces: dict[str, tuple[Piece, ...]], one: Correction, span: tuple[int, int], channels: Sequence[str]) -> None:
    names = [one.channel] if one.channel else list(channels)
    if one.action == "swap":
        names.append(one.other)
    if any(name not in channels for name in names):
        return  # another recording's channel
    cut = {name: _cut(pieces.get(name) or _whole(name), span) for name in names}
    if one.action == "swap":
        first, second = cut[one.channel], cut[one.other]
        pieces[one.channel] = _exchange(first, second, span)
        pieces[one.other] = _exchange(second, first, span)
        return
    for name, own in cut.items():
        pieces[name] = tuple(_changed(piece, one) if span[0] <= piece.start_ns < span[1] else piece for piece in own)


def _whole(name: str) -> tuple[Piece, ...]:
    return (Piece(start_ns=_FIRST_NS, end_ns=_LAST_NS, source=name),)


def _cut(pieces: tuple[Piece, ...], span: tuple[int, int]) -> tuple[Piece, ...]:
    """The same with pieces that begin and end at the span's ends."""
    for at_ns in span:
        split: list[Piece] = []
        for piece in pieces:
            if piece.start_ns < at_ns < piece.end_ns:
                split += [replace(piece, end_ns=at_ns), replace(piece, start_ns=at_ns)]
            else:
                split.append(piece)
        pieces = tuple(split)
    return pieces


def _exchange(own: tuple[Piece, ...], others: tuple[Piece, ...], span: tuple[int, int]) -> tuple[Piece, ...]:
    outside = [piece for piece in own if not span[0] <= piece.start_ns < span[1]]
    inside = [piece for piece in others if span[0] <= piece.start_ns < span[1]]
    return tuple(sorted((*outside, *inside), key=_start_of))


def _start_of(piece: Piece) -> int:
    return piece.start_ns


def _changed(piece: Piece, one: Correction) -> Piece:
    if one.action == "exclude":
        return replace(piece, is_excluded=True)
    if one.action == "missing":
        raw = (one.value - piece.offset) / piece.factor
        return replace(piece, missing=(*piece.missing, raw))
    factor, offset = piece.factor * one.factor, piece.offset * one.factor + one.offset
    if not factor or not math.isfinite(factor) or not math.isfinite(offset):
        raise InputError(f"The corrections of {piece.source} multiply to {factor:g}.", "Remove one: workbench logs corrections.")
    return replace(piece, factor=factor, offset=offset)


def _move(clock: Clock, one: Correction, start_ns: int, end_ns: int) -> Clock:
    """The clock with one more correction on it, over a stretch of the recording's own time."""
    shift_ns, rate = round(one.shift_s * NS_PER_S), one.drift_ppm * 1e-6
    bounds = sorted({piece.start_ns for piece in clock} | {at for at in (start_ns, end_ns) if _FIRST_NS < at < _LAST_NS})
    moved = []
    for at_ns in bounds:
        piece = next(piece for piece in reversed(clock) if piece.start_ns <= at_ns)
        piece = replace(piece, start_ns=at_ns)
        if start_ns <= at_ns < end_ns:
            origin = start_ns if start_ns > _FIRST_NS else piece.origin_ns
            # The drift of what was moved before is left as it is: a drift of a drift is beyond a clock's digits.
            piece = replace(
                piece, shift_ns=piece.shift_ns + shift_ns, rate=piece.rate + rate, origin_ns=origin if rate else piece.origin_ns
            )
        if abs(piece.shift_ns) > MAX_SHIFT_S * NS_PER_S or abs(piece.rate) >= _MAX_RATE:
            text = f"The corrections of the clock add up to {piece.shift_ns / NS_PER_S:g} s and {piece.rate * 1e6:g} ppm."
            raise InputError(text, "Remove one: workbench logs corrections.")
        moved.append(piece)
    return tuple(moved)


def apply_clock(clock: Clock, times_ns: Int64s) -> Int64s:
    """Instants of the recording as the corrected clock shows them, ns [n]."""
    if len(clock) == 1:
        return clock[0].of(times_ns)
    at = np.searchsorted(np.array([piece.start_ns for piece in clock], np.int64), times_ns, side="right") - 1
    out = np.empty(len(times_ns), np.int64)
    for number, piece in enumerate(clock):
        out[at == number] = piece.of(times_ns[at == number])
    return out


def undo_clock(clock: Clock, shown_ns: int) -> int:
    """The recording's own instant that the corrected clock shows as `shown_ns`; in a hole the hole's end."""
    if clock == NO_CLOCK or abs(shown_ns) >= _LAST_NS:
        return shown_ns
    ends = [piece.start_ns for piece in clock[1:]] + [_LAST_NS]
    for piece, end_ns in zip(clock, ends, strict=True):
        own_ns = (
            round((shown_ns - piece.shift_ns + piece.rate * piece.origin_ns) / (1 + piece.rate))
            if piece.rate
            else shown_ns - piece.shift_ns
        )
        if own_ns < end_ns:
            return max(own_ns, piece.start_ns)
    return shown_ns
