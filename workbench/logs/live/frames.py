"""Binary frames as they come: found by sync and checksum, read all at once, and found again after garbage.

In step, frames stand one behind the other and are checked together. Out of step, the next place is looked for at which a
frame proves itself: by its checksum, or where there is none by a second sync behind it.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import NS_PER_S
from workbench.logs.live.checksums import SIZES, Bytes, compute
from workbench.logs.live.layout import TIME_SCALES_NS, FieldLayout, FrameLayout, group_bytes, numpy_type, offsets_of
from workbench.logs.live.lines import CUT_SHORT
from workbench.logs.live.rows import LiveChannel, Rows, Tally
from workbench.logs.units import find_quantity, find_unit

WRONG_CHECKSUM = "wrong checksum"
GARBAGE = "bytes that are no frame"
MISSING = "missing by the frame counter"
NO_VALUE_CODE = "no-value code"


class FrameParser:
    """See `rows.Parser`. With `rate_hz`, rows carry even ticks that go on over what was lost."""

    def __init__(self, layout: FrameLayout, *, uses_time: bool = False) -> None:
        self.tally = Tally()
        self.layout = layout
        self._size, self._sync = layout.n_bytes, np.frombuffer(layout.sync_bytes, np.uint8)
        self._offsets = offsets_of(layout)
        self._time = layout.find("time") if uses_time else None
        self._counter = layout.find("counter")
        self._step = None if layout.rate_hz is None else Fraction(NS_PER_S) / Fraction(layout.rate_hz).limit_denominator(1000)
        self._rest = b""
        self._position = 0
        self._is_in_step = False
        self._n_samples = 0
        self._skipped = 0
        self._n_broken = 0
        self._last_count: int | None = None
        self._last_tick: int | None = None
        self._tick_wraps = 0
        self.channels = tuple(_channel_of(field) for field in layout.channels)

    def feed(self, data: bytes) -> list[Rows]:
        """See Parser."""
        self._rest += data
        self._position += len(data)
        found = []
        while True:
            if not self._is_in_step and not self._find_step():
                break
            frames = self._take_run()
            if len(frames):
                found.append(self._rows_of(frames))
            if self._is_in_step:
                break
            self._n_broken += 1
        return found

    def close(self) -> None:
        """See Parser."""
        self.restart()

    def restart(self) -> None:
        """See Parser."""
        if self._rest and self._is_in_step:
            self.tally.problems[CUT_SHORT] += 1
        self._n_broken = 0
        self._rest, self._is_in_step, self._last_count, self._last_tick = b"", False, None, None

    # Finding frames

    def _take_run(self) -> Bytes:
        """The frames from here on that are whole, uint8 [n, size]; the first bad one takes us out of step."""
        table = np.frombuffer(self._rest, np.uint8)
        n_whole = len(table) // self._size
        table = table[: n_whole * self._size].reshape(n_whole, self._size)
        has_sync = (table[:, : len(self._sync)] == self._sync).all(axis=1)
        is_good = has_sync & self._check(table)
        n_good = n_whole if is_good.all() else int(np.argmin(is_good))
        if n_good < n_whole:
            self._is_in_step = False
            self.tally.problems[WRONG_CHECKSUM if has_sync[n_good] else GARBAGE] += 1
        self._rest = self._rest[n_good * self._size :]
        return table[:n_good]

    def _check(self, frames: Bytes) -> NDArray[np.bool_]:
        """Whether checksum and constants hold, bool [n]."""
        is_good = np.ones(len(frames), np.bool_)
        n_check = SIZES[self.layout.checksum]
        if n_check and len(frames):
            first = len(self._sync) if self.layout.checksum_covers == "payload" else 0
            order = 1 if self.layout.checksum_endian == "big" else -1
            sent = frames[:, -n_check:][:, ::order].astype(np.uint32)
            weights = np.uint32(256) ** np.arange(n_check - 1, -1, -1, dtype=np.uint32)
            is_good &= compute(self.layout.checksum, frames[:, first:-n_check]) == (sent * weights).sum(axis=1, dtype=np.uint32)
        for k, field in enumerate(self.layout.fields):
            if field.use == "constant":
                is_good &= self._raw(frames, k) == field.equals
        return is_good

    def _find_step(self) -> bool:
        """Drop bytes up to the next place that proves to be a frame; False where more bytes are needed."""
        at = 0
        while True:
            at = self._rest.find(self.layout.sync_bytes, at)
            if at < 0:
                self._drop(max(0, len(self._rest) - len(self._sync) + 1))
                return False
            proof = self._proof(at) if at + self._size <= len(self._rest) else None
            if proof is None:
                self._drop(at)
                return False
            if proof:
                self._drop(at)
                self._is_in_step = True
                return True
            at += 1

    def _proof(self, at: int) -> bool | None:
        """Whether a frame begins there; None while that can't be known yet."""
        frame = np.frombuffer(self._rest, np.uint8, self._size, at).reshape(1, self._size)
        if not bool(self._check(frame)[0]):
            return False
        if self.layout.checksum != "none":
            return True
        following = self._rest[at + self._size : at + self._size + len(self._sync)]
        if len(following) < len(self._sync):
            return None
        return following == self.layout.sync_bytes

    def _drop(self, n_bytes: int) -> None:
        self._rest = self._rest[n_bytes:]
        self._skipped += n_bytes

    # Reading frames

    def _rows_of(self, frames: Bytes) -> Rows:
        n_lost = self._count_lost(frames)
        n, samples = len(frames), self.layout.samples
        values = np.empty((n, samples, len(self.channels)))
        column = 0
        for k, field in enumerate(self.layout.fields):
            if field.use == "channel" and field.type != "pad":
                values[:, :, column] = self._values(frames, k, field)
                column += 1
        behind = len(self._rest) + np.arange(n - 1, -1, -1, dtype=np.int64) * self._size
        ends = np.repeat(self._position - behind, samples)
        return Rows(
            channels=self.channels, ends=ends, values=values.reshape(n * samples, len(self.channels)),
            device_ns=self._ticks(frames, n_lost),
        )  # fmt: skip

    def _values(self, frames: Bytes, index: int, field: FieldLayout) -> NDArray[np.float64]:
        """Values [n, samples]; raw values that mean none are NaN and counted."""
        raw = np.stack(
            [self._raw(frames, index, sample) for sample in range(self.layout.samples if field.sampled else 1)], axis=1
        )
        values = raw.astype(np.float64) * field.scale + field.offset
        if field.invalid:
            is_bad = np.isin(raw, field.invalid)
            if is_bad.any():
                self.tally.add_bad(field.name, NO_VALUE_CODE, int(is_bad.sum()))
                values[is_bad] = np.nan
        return values

    def _raw(self, frames: Bytes, index: int, sample: int = 0) -> NDArray[np.generic]:
        """A field of each frame as it was sent [n]."""
        field = self.layout.fields[index]
        at = self._offsets[index] + sample * group_bytes(self.layout)
        part = np.ascontiguousarray(frames[:, at : at + field.n_bytes])
        if field.n_bytes != 3:
            return part.view(numpy_type(field, self.layout.endian))[:, 0]
        low, middle, high = (part[:, k].astype(np.int64) for k in ((0, 1, 2) if self.layout.endian == "little" else (2, 1, 0)))
        whole = low | (middle << 8) | (high << 16)
        return whole - ((whole & 0x800000) << 1) if field.type == "i24" else whole

    def _count_lost(self, frames: Bytes) -> NDArray[np.int64]:
        """How many frames are missing in front of each [n]: by the counter, else by the bytes that were dropped."""
        lost = np.zeros(len(frames), np.int64)
        skipped, self._skipped = self._skipped, 0
        if self._counter is None:
            lost[0] = round(skipped / self._size) if self._n_samples else 0
            return lost
        counts = self._raw(frames, self.layout.fields.index(self._counter)).astype(np.int64)
        before = np.concatenate([[counts[0] - 1 if self._last_count is None else self._last_count], counts[:-1]])
        lost = (counts - before - 1) % (1 << (8 * self._counter.n_bytes))
        is_restart = lost > (1 << (8 * self._counter.n_bytes - 1))
        lost[is_restart] = 0
        self._last_count = int(counts[-1])
        # What arrived broken was counted then, with its reason; the counter misses it too.
        n_unexplained = int(lost.sum()) - min(int(lost[0]), self._n_broken)
        self._n_broken = 0
        if n_unexplained:
            self.tally.problems[MISSING] += n_unexplained
        return np.asarray(lost, np.int64)

    def _ticks(self, frames: Bytes, lost: NDArray[np.int64]) -> NDArray[np.int64] | None:
        """The device's own time of each sample, ns since its zero: from its field, or even steps that count what was lost."""
        if self._time is not None:
            return np.asarray(np.repeat(self._unwrapped(frames, self._time), self.layout.samples), np.int64)
        if self._step is None:
            return None
        frame_numbers = np.cumsum(lost + 1) - 1
        first = self._n_samples + frame_numbers * self.layout.samples
        self._n_samples = int(first[-1]) + self.layout.samples
        numbers = (first[:, None] + np.arange(self.layout.samples)).ravel()
        numerator, denominator = self._step.numerator, self._step.denominator
        whole, rest = np.divmod(numbers * (numerator % denominator), denominator)
        return np.asarray(numbers * (numerator // denominator) + whole + (rest * 2 >= denominator), np.int64)

    def _unwrapped(self, frames: Bytes, field: FieldLayout) -> NDArray[np.int64]:
        """A count of a few bits as one that goes on rising."""
        raw = self._raw(frames, self.layout.fields.index(field)).astype(np.float64 if field.type[0] == "f" else np.int64)
        scale = TIME_SCALES_NS[field.unit or "s"] * field.scale
        if field.type[0] == "f":
            return np.asarray(np.round(raw * scale), np.int64)
        whole = 1 << (8 * field.n_bytes) if field.n_bytes < 8 else 0
        before = np.concatenate([[raw[0] if self._last_tick is None else self._last_tick], raw[:-1]])
        wraps = np.cumsum((raw - before) < -whole // 2) if whole else np.zeros(len(raw), np.int64)
        ticks = raw + (self._tick_wraps + wraps) * whole
        self._tick_wraps, self._last_tick = self._tick_wraps + int(wraps[-1]), int(raw[-1])
        return np.asarray(np.round(ticks * scale), np.int64)


def _channel_of(field: FieldLayout) -> LiveChannel:
    unit = find_unit(field.unit) or field.unit or None
    return LiveChannel(name=field.name, unit=unit, quantity=find_quantity(unit, field.name))
