"""A recording seen through a layer of corrections: the same questions, corrected answers; the files are never touched.

What a layer leaves alone is read from the recording as it is. A corrected channel is drawn from the recording's own pyramid,
piece by piece; only where single values become missing, and where all samples are asked for, a corrected copy is made. Must not
import anything but numpy, core and this domain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import msgspec
import numpy as np

from workbench.core.clock import format_utc
from workbench.core.errors import InputError
from workbench.logs.corrections.layer import Clock, Layer, Piece, Plan, apply_clock, plan_layer, undo_clock
from workbench.logs.recordings.format import load_meta
from workbench.logs.recordings.pyramid import Envelope, Floats
from workbench.logs.recordings.recording import Recording
from workbench.logs.recordings.time_axis import BLOCK_ROWS, Int64s, RunsAxis, TimeAxis
from workbench.logs.summary import ChannelFacts, RecordingFacts

_WHOLE_PX = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockAxis:
    """A time axis as a corrected clock shows it."""

    base: TimeAxis
    clock: Clock

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self.base.rows

    def all(self) -> Int64s:
        """Every instant, ns."""
        return apply_clock(self.clock, self.base.all())

    def take(self, indices: Int64s) -> Int64s:
        """The instants at `indices`, ns."""
        return apply_clock(self.clock, self.base.take(indices))

    def index_at(self, instant_ns: int, *, after: bool) -> int:
        """Rows before `instant_ns`, or at or before it; found by halving, as shown instants are in order too."""
        low, high = 0, self.rows
        while low < high:
            middle = (low + high) // 2
            shown = int(self.take(np.array([middle], np.int64))[0])
            if shown < instant_ns or (after and shown == instant_ns):
                low = middle + 1
            else:
                high = middle
        return low


class CorrectedRecording(Recording):
    """A recording through the corrections of `plan`."""

    def __init__(self, raw: Recording, plan: Plan) -> None:
        super().__init__(raw.folder, load_meta(raw.folder))
        self.raw = raw
        """The recording without corrections."""
        self._plan = plan
        self._made: dict[str, Floats] = {}

    @cached_property
    def axis(self) -> TimeAxis:
        """The time axis as the corrected clock shows it."""
        base, clock = self.raw.axis, self._plan.clock
        if not self._plan.moves_clock:
            return base
        if isinstance(base, RunsAxis) and len(clock) == 1 and clock[0].rate == 0.0:
            return RunsAxis(
                n_rows=base.n_rows, step_ns=base.step_ns, first_rows=base.first_rows, first_ns=base.first_ns + clock[0].shift_ns,
                step_rest=base.step_rest, step_parts=base.step_parts,
            )  # fmt: skip
        return ClockAxis(base=base, clock=clock)

    @cached_property
    def summary(self) -> RecordingFacts:
        """The recording's facts with corrected ends and extremes."""
        facts = self.raw.summary
        if facts.first_ns is None or facts.last_ns is None:
            return facts
        # Findings keep the recording's own instants: they are about what was read.
        first_ns, last_ns = apply_clock(self._plan.clock, np.array([facts.first_ns, facts.last_ns], np.int64)).tolist()
        channels = tuple(self._facts_of(one, first_ns, last_ns) for one in facts.channels)
        return msgspec.structs.replace(facts, first_ns=first_ns, last_ns=last_ns, channels=channels)

    def values(self, name: str) -> Floats:
        """Corrected samples [rows]; the recording's own array where nothing is corrected."""
        if name not in self._plan.pieces:
            return self.raw.values(name)
        if name not in self._made:
            made = np.full(self.rows, np.nan, self._dtype_of(name))
            for piece in self._plan.pieces[name]:
                rows = self._rows_of(piece)
                for first in range(rows.start, rows.stop, BLOCK_ROWS):
                    block = slice(first, min(first + BLOCK_ROWS, rows.stop))
                    made[block] = piece.of(self.raw.values(piece.source)[block])
            made.flags.writeable = False
            self._made[name] = made
        return self._made[name]

    def envelopes(self, names: Sequence[str], start_ns: int, end_ns: int, n_pixels: int) -> list[Envelope]:
        """What to draw of channels: of each piece of a corrected one the recording's own envelope, corrected."""
        plain = [name for name in names if name not in self._plan.pieces]
        if len(plain) == len(names) and not self._plan.moves_clock:
            return self.raw.envelopes(names, start_ns, end_ns, n_pixels)
        own = (undo_clock(self._plan.clock, start_ns), undo_clock(self._plan.clock, end_ns))
        drawn = dict(zip(plain, self.raw.envelopes(plain, *own, n_pixels), strict=True)) if plain else {}
        for name in names:
            if name not in drawn:
                drawn[name] = self._drawn(name, own, n_pixels)
        return [self._moved(drawn[name]) for name in names]

    def excluded(self, name: str) -> list[tuple[int, int]]:
        """Stretches (first, last instant as shown, ns) of a channel that are taken out."""
        first_ns, last_ns = self.raw.summary.first_ns or 0, self.raw.summary.last_ns or 0
        spans = [
            (max(piece.start_ns, first_ns), min(piece.end_ns, last_ns))
            for piece in self._plan.pieces.get(name, ())
            if piece.is_excluded and piece.start_ns <= last_ns and piece.end_ns >= first_ns
        ]
        shown = apply_clock(self._plan.clock, np.array(spans, np.int64).ravel()).reshape(-1, 2)
        return [(int(start), int(end)) for start, end in shown]

    def shown_ns(self, own_ns: int) -> int:
        """An instant of the recording as the corrected clock shows it."""
        return int(apply_clock(self._plan.clock, np.array([own_ns], np.int64))[0])

    @cached_property
    def _gaps(self) -> Int64s:
        gaps = np.array(self.raw.gaps, np.int64).reshape(-1, 2)
        return apply_clock(self._plan.clock, gaps.ravel()).reshape(-1, 2)

    def _drawn(self, name: str, own: tuple[int, int], n_pixels: int) -> Envelope:
        parts: list[Envelope] = []
        whole_ns = max(own[1] - own[0], 1)
        for piece in self._plan.pieces[name]:
            start_ns, end_ns = max(piece.start_ns, own[0]), min(piece.end_ns - 1, own[1])
            if start_ns > end_ns:
                continue
            if piece.is_excluded:
                parts.append(_hole(start_ns, end_ns))
                continue
            pixels = max(round(n_pixels * (end_ns - start_ns) / whole_ns), 1)
            one = self.raw.envelopes((piece.source,), start_ns, end_ns, pixels)[0]
            parts.append(self._without_missing(piece, one, (start_ns, end_ns)) if piece.missing else _shown(piece, one))
        if not parts:
            return _hole(own[0], own[1])
        return Envelope(
            times_ns=np.concatenate([part.times_ns for part in parts]),
            minimum=np.concatenate([part.minimum for part in parts]), maximum=np.concatenate([part.maximum for part in parts]),
        )  # fmt: skip

    def _without_missing(self, piece: Piece, drawn: Envelope, own: tuple[int, int]) -> Envelope:
        """Columns in which a value that means none may be hidden are made anew from their samples."""
        low, high = drawn.minimum.copy(), drawn.maximum.copy()
        is_met = np.zeros(len(low), np.bool_)
        for value in piece.missing:
            is_met |= (low <= value) & (value <= high)
        axis = self.raw.axis
        bounds = [axis.index_at(int(at), after=False) for at in drawn.times_ns] + [axis.index_at(own[1], after=True)]
        for column in np.flatnonzero(is_met).tolist():
            samples = piece.of(np.asarray(self.raw.values(piece.source)[bounds[column] : bounds[column + 1]], np.float64))
            good = samples[np.isfinite(samples)]
            low[column], high[column] = (good.min(), good.max()) if len(good) else (np.nan, np.nan)
        is_kept = ~is_met
        plain = Piece(start_ns=0, end_ns=0, source=piece.source, factor=piece.factor, offset=piece.offset)
        shown = _shown(plain, Envelope(times_ns=drawn.times_ns, minimum=drawn.minimum, maximum=drawn.maximum))
        return Envelope(
            times_ns=drawn.times_ns, minimum=np.where(is_kept, shown.minimum, low), maximum=np.where(is_kept, shown.maximum, high)
        )

    def _moved(self, drawn: Envelope) -> Envelope:
        if not self._plan.moves_clock:
            return drawn
        times_ns = apply_clock(self._plan.clock, drawn.times_ns)
        return Envelope(times_ns=times_ns, minimum=drawn.minimum, maximum=drawn.maximum)

    def _facts_of(self, facts: ChannelFacts, first_ns: int, last_ns: int) -> ChannelFacts:
        if facts.name not in self._plan.pieces:
            return facts
        (drawn,) = self.envelopes((facts.name,), first_ns, last_ns, _WHOLE_PX)
        low, high = float(np.fmin.reduce(drawn.minimum, initial=np.nan)), float(np.fmax.reduce(drawn.maximum, initial=np.nan))
        ends = (low, high) if np.isfinite(low) else (None, None)
        return msgspec.structs.replace(facts, min=ends[0], max=ends[1])

    def _rows_of(self, piece: Piece) -> slice:
        axis = self.raw.axis
        return slice(axis.index_at(piece.start_ns, after=False), axis.index_at(piece.end_ns, after=False))

    def _dtype_of(self, name: str) -> np.dtype[np.floating]:
        pieces = self._plan.pieces[name]
        if any(piece.factor != 1.0 or piece.offset != 0.0 for piece in pieces):
            return np.dtype(np.float64)
        return np.result_type(*(self.raw.values(piece.source).dtype for piece in pieces))


def correct(raw: Recording, layer: Layer, recording_id: str) -> Recording:
    """The recording through a layer; the recording itself where the layer says nothing about it.

    Raises InputError where corrected instants would not be in order any more.
    """
    plan = plan_layer(layer, recording_id, [channel.name for channel in raw.channels])
    if not plan.pieces and not plan.moves_clock:
        return raw
    made = CorrectedRecording(raw, plan)
    if len(plan.clock) > 1:
        _check_order(made, plan.clock)
    return made


def _check_order(made: CorrectedRecording, clock: Clock) -> None:
    """Only where the clock's pieces meet instants can come out of order."""
    for piece in clock[1:]:
        row = made.raw.axis.index_at(piece.start_ns, after=False)
        if 0 < row < made.rows:
            before, after = made.axis.take(np.array([row - 1, row], np.int64)).tolist()
            if after <= before:
                shown, source = f"{format_utc(after)} after {format_utc(before)}", made.raw.summary.source
                raise InputError(
                    f"The corrected clock would show {shown} in {source}.",
                    "Move all of the recording, or exclude the stretch that would lie double first.",
                )


def _hole(start_ns: int, end_ns: int) -> Envelope:
    none = np.full(2, np.nan)
    return Envelope(times_ns=np.array([start_ns, max(end_ns, start_ns)], np.int64), minimum=none, maximum=none)


def _shown(piece: Piece, drawn: Envelope) -> Envelope:
    if piece.factor == 1.0 and piece.offset == 0.0:
        return drawn
    low, high = drawn.minimum * piece.factor + piece.offset, drawn.maximum * piece.factor + piece.offset
    return Envelope(times_ns=drawn.times_ns, minimum=np.fmin(low, high), maximum=np.fmax(low, high))
