"""Rows of a channel of an open TDMS file, as few at a time as are asked for.

npTDMS reads chunk by chunk, and a file that was defragmented is one chunk of gigabytes. Numbers are therefore read from where
its index says that they lie, and scaled by it; what is no plain number (DAQmx scalers, time stamps, texts) is read through it,
a chunk at a time. Source: NI, TDMS file format internal structure.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import LogFormatError
from workbench.logs.readers.lazy import READ_ROWS, LazyArray, LazyTexts, Read, held_by
from workbench.logs.readers.reader import ReadGuard
from workbench.logs.readers.sources import Source
from workbench.logs.text.decode import clean_text

_MAX_CHUNK_BYTES = 1 << 26
_INTERLEAVED, _BIG_ENDIAN = 1 << 5, 1 << 6
"""Bits of a segment's table of contents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """A channel's values in the chunks of one segment: `first` is the number of the first one, `place` its byte in the file."""

    first: int
    chunk_values: int
    place: int
    last_place: int
    """The byte of its first value in the last chunk, which may be cut."""
    last_chunk: int
    chunk_bytes: int
    row_bytes: int
    """From one value to the next: more than its own bytes where channels are interleaved."""
    dtype: np.dtype[Any]


@dataclass(frozen=True, slots=True)
class OpenTdms:
    """A file whose index was read."""

    source: Source
    stream: BinaryIO
    file: Any
    guard: ReadGuard

    def values_of(self, channel: Any) -> LazyArray | LazyTexts | None:
        """Numbers, instants or texts of a channel; None where it has none of them."""
        n_rows = len(channel)
        if n_rows == 0:
            return None
        dtype = channel.dtype
        if dtype.kind in "fiub":
            runs = self._runs_of(channel)
            read = self._through_index(channel) if runs is None else self._straight(channel, runs)
            return LazyArray(n_rows, dtype, read, self.guard)
        if dtype.kind == "M":
            return LazyArray(n_rows, dtype, self._through_index(channel), self.guard)
        if dtype.kind in "OU":
            read = self._through_index(channel)
            return LazyTexts(n_rows, lambda first, end: [clean_text(str(item)) for item in read(first, end).tolist()], self.guard)
        return None

    def _straight(self, channel: Any, runs: list[_Run]) -> Read:
        from nptdms.base_segment import RawChannelDataChunk

        firsts = [run.first for run in runs]

        def read(first: int, end: int) -> NDArray[Any]:
            parts = []
            while first < end:
                number = bisect_right(firsts, first) - 1
                run = runs[number]
                stop = min(end, firsts[number + 1]) if number + 1 < len(runs) else end
                part = self._read_run(run, first - run.first, stop - run.first)
                if not len(part):
                    break
                parts.append(part)
                first += len(part)
            raw = np.concatenate(parts) if parts else np.zeros(0, runs[0].dtype)
            return np.asarray(channel._scale_data(RawChannelDataChunk.channel_data(raw)))

        return read

    def _read_run(self, run: _Run, first: int, end: int) -> NDArray[Any]:
        """Values of one chunk, from `first` on in the run: as many as the chunk has before `end`."""
        chunk, within = divmod(first, run.chunk_values)
        # Interleaved channels are read with all of their neighbours: never more than fits into memory beside them.
        count = min(end - first, run.chunk_values - within, max(1, _MAX_CHUNK_BYTES // run.row_bytes))
        place = run.last_place if chunk == run.last_chunk else run.place + chunk * run.chunk_bytes
        self.stream.seek(place + within * run.row_bytes)
        size = run.dtype.itemsize
        data = self.stream.read((count - 1) * run.row_bytes + size)
        n_there = (len(data) - size) // run.row_bytes + 1 if len(data) >= size else 0
        if not n_there:
            return np.zeros(0, run.dtype)
        return np.ndarray((n_there,), run.dtype, data, 0, (run.row_bytes,)).astype(run.dtype.newbyteorder("="))

    def _runs_of(self, channel: Any) -> list[_Run] | None:
        """Where the values of a channel lie; None where they are no plain numbers all over the file."""
        runs: list[_Run] = []
        first = 0
        for segment in self.file._reader._segments:
            mine = segment.get_segment_object(channel.path)
            if mine is None or not mine.has_data or not mine.number_values or not segment.num_chunks:
                continue
            dtype = getattr(mine.data_type, "nptype", None)
            if dtype is None or type(mine).__name__ != "TdmsSegmentObject":
                return None
            run, n_values = _run_in(segment, mine, dtype, first)
            runs.append(run)
            first += n_values
        return runs if first == len(channel) else None

    def _through_index(self, channel: Any) -> Read:
        """By npTDMS, whole chunks at a time. Raises LogFormatError where one of them is too large for that."""
        counts = [
            int(mine.number_values)
            for segment in self.file._reader._segments
            if (mine := segment.get_segment_object(channel.path)) is not None and mine.has_data
        ]
        largest = max(counts, default=0)
        if largest * 8 > _MAX_CHUNK_BYTES:
            raise LogFormatError(
                f"{self.source.name}: '{clean_text(channel.name)}' lies in pieces of {largest} values, too large to be read.",
                "Write it in smaller pieces, or export the channel as a number.", path=str(self.source.path),
            )  # fmt: skip
        return held_by(max(largest, READ_ROWS), len(channel), lambda first, end: channel.read_data(first, end - first))


def _run_in(segment: Any, mine: Any, dtype: np.dtype[Any], first: int) -> tuple[_Run, int]:
    """A channel in one segment, and how many values it has there."""
    others = [one for one in segment.ordered_objects if one.has_data]
    before = others[: next(number for number, one in enumerate(others) if one.path == mine.path)]
    chunk_values, chunk_bytes, last_chunk = int(mine.number_values), int(segment._get_chunk_size()), segment.num_chunks - 1
    cut = segment.final_chunk_lengths_override
    is_interleaved = bool(segment.toc_mask & _INTERLEAVED)
    if is_interleaved:
        offset = last_offset = sum(int(one.data_type.size) for one in before)
    else:
        offset = sum(int(one.data_size) for one in before)
        last_offset = offset if cut is None else sum(int(cut.get(one.path, 0)) * int(one.data_type.size or 0) for one in before)
    run = _Run(
        first=first, chunk_values=chunk_values, place=int(segment.data_position) + offset,
        last_place=int(segment.data_position) + last_chunk * chunk_bytes + last_offset, last_chunk=last_chunk,
        chunk_bytes=chunk_bytes,
        row_bytes=sum(int(one.data_type.size) for one in others) if is_interleaved else int(dtype.itemsize),
        dtype=dtype.newbyteorder(">" if segment.toc_mask & _BIG_ENDIAN else "<"),
    )  # fmt: skip
    n_last = chunk_values if cut is None else int(cut.get(mine.path, 0))
    return run, last_chunk * chunk_values + n_last
