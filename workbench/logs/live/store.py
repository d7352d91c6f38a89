"""A capture on disk while it runs: blocks of rows with checksums, the raw bytes beside them, each flush forced to the disk.

    plan.json     what was asked for and how the stream is read
    rows.blocks   magic, sizes, CRC-32, then a header (JSON) and the block's instants and values
    raw.bin       every byte as it came

Whatever kills the program, the blocks up to the last flush are whole; a torn one behind them is recognised and left out.
Must not import anything but numpy, core and this domain.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedWriter
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from workbench.core.codec import Record, sync_folder, translate_os_error
from workbench.logs.live.rows import LiveChannel
from workbench.logs.recordings.time_axis import Int64s
from workbench.logs.text.decode import clean_text

BLOCKS_FILE = "rows.blocks"
RAW_FILE = "raw.bin"
MAGIC = b"PWB1"
_FRAME = struct.Struct("<4sIII")  # magic, header bytes, body bytes, CRC-32 of both
_MAX_HEADER_BYTES = 1 << 20
_MAX_BODY_BYTES = 1 << 30
_RATES_HZ = (1e-6, 1e9)
MAX_BLOCK_VALUES = 1 << 22


class BlockHeader(Record, frozen=True, kw_only=True):
    """What a block holds, and the counts up to here."""

    channels: tuple[LiveChannel, ...]
    rows: int
    problems: dict[str, int]
    bad: dict[str, dict[str, int]]
    notes: dict[str, int]
    """Numbers about the clock: `device_offset_ns`, `host_drift_ns`, `device_restarts`, `reconnects`."""
    rate_hz: float | None = None
    """Samples a second where they are dated by even steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Rows of one shape: instants int64 [n], values float64 [n, c]."""

    header: BlockHeader
    times_ns: Int64s
    values: NDArray[np.float64]


_Piece = tuple[tuple[LiveChannel, ...], Int64s, NDArray[np.float64]]
Counts = tuple[dict[str, int], dict[str, dict[str, int]]]


class CaptureStore:
    """Appends rows and raw bytes to a capture's folder; nothing is safe before `flush` returns."""

    def __init__(self, folder: Path, *, keeps_raw: bool = True) -> None:
        self.rate_hz: float | None = None
        """Samples a second where they are dated by even steps."""
        self._folder = folder
        self._pending: list[_Piece] = []
        self._blocks = _open(folder / BLOCKS_FILE)
        self._raw = _open(folder / RAW_FILE) if keeps_raw else None
        sync_folder(folder)
        self._counted: Counts = ({}, {})
        self.n_rows = 0
        self.n_bytes = 0

    def append(self, channels: tuple[LiveChannel, ...], times_ns: Int64s, values: NDArray[np.float64]) -> None:
        """Rows to be written with the next flush: instants [n], values [n, c]."""
        if len(times_ns):
            self._pending.append((channels, times_ns, values))
            self.n_rows += len(times_ns)

    def append_raw(self, data: bytes) -> None:
        """Bytes as they came."""
        self.n_bytes += len(data)
        if self._raw is not None:
            try:
                self._raw.write(data)
            except OSError as error:
                raise translate_os_error(error, self._folder / RAW_FILE) from error

    def flush(self, counts: Counts, notes: dict[str, int]) -> None:
        """Force everything to the disk. Raises DiskFull; what was flushed before stays whole."""
        try:
            if self._raw is not None:
                self._raw.flush()
                os.fsync(self._raw.fileno())
            for channels, times_ns, values in self._take_pending() if self._pending else self._only_counts(counts):
                header = BlockHeader(
                    channels=channels, rows=len(times_ns), problems=counts[0], bad=counts[1], notes=notes, rate_hz=self.rate_hz
                )  # fmt: skip
                self._blocks.write(encode_block(header, times_ns, values))
            self._counted = counts
            self._blocks.flush()
            os.fsync(self._blocks.fileno())
        except OSError as error:
            raise translate_os_error(error, self._folder / BLOCKS_FILE) from error

    def close(self) -> None:
        """Let go of the files."""
        self._pending.clear()
        for stream in (self._blocks, self._raw):
            if stream is not None:
                _close(stream)

    def _only_counts(self, counts: Counts) -> Iterator[_Piece]:
        """A block without rows, where only the counts have grown."""
        if counts != self._counted:
            yield (), np.zeros(0, np.int64), np.zeros((0, 0))

    def _take_pending(self) -> Iterator[_Piece]:
        """Pending rows, those of one shape joined."""
        pending, self._pending = self._pending, []
        while pending:
            channels = pending[0][0]
            n_same = next((k for k, item in enumerate(pending) if item[0] != channels), len(pending))
            part, pending = pending[:n_same], pending[n_same:]
            times_ns, values = np.concatenate([item[1] for item in part]), np.concatenate([item[2] for item in part])
            step = max(1, MAX_BLOCK_VALUES // max(len(channels), 1))
            for first in range(0, len(times_ns), step):
                yield channels, times_ns[first : first + step], values[first : first + step]


def encode_block(header: BlockHeader, times_ns: Int64s, values: NDArray[np.float64]) -> bytes:
    """A block's bytes."""
    head = msgspec.json.encode(header)
    body = np.ascontiguousarray(times_ns, "<i8").tobytes() + np.ascontiguousarray(values, "<f8").tobytes()
    check = zlib.crc32(body, zlib.crc32(head))
    return _FRAME.pack(MAGIC, len(head), len(body), check) + head + body


def read_blocks(path: Path) -> Iterator[Block]:
    """The whole blocks of a capture, oldest first; ends at the first that is torn or damaged."""
    try:
        with path.open("rb") as stream:
            while (block := _next_block(stream.read)) is not None:
                yield block
    except OSError as error:
        raise translate_os_error(error, path) from error


def _next_block(read: object) -> Block | None:
    assert callable(read)
    frame = read(_FRAME.size)
    if len(frame) < _FRAME.size:
        return None
    magic, n_head, n_body, check = _FRAME.unpack(frame)
    if magic != MAGIC or n_head > _MAX_HEADER_BYTES or n_body > _MAX_BODY_BYTES:
        return None
    data = read(n_head + n_body)
    if len(data) < n_head + n_body or zlib.crc32(data) != check:
        return None
    try:
        header = msgspec.json.decode(data[:n_head], type=BlockHeader, strict=True)
    except msgspec.MsgspecError:
        return None
    n_columns = len(header.channels)
    if n_body != 8 * header.rows * (1 + n_columns):
        return None
    times_ns = np.frombuffer(data, "<i8", header.rows, n_head).astype(np.int64)
    values = np.frombuffer(data, "<f8", header.rows * n_columns, n_head + 8 * header.rows).astype(np.float64)
    return Block(header=_cleaned(header), times_ns=times_ns, values=values.reshape(header.rows, n_columns))


def _cleaned(header: BlockHeader) -> BlockHeader:
    """A folder may come from a stranger: names and units are one line of plain text, and a rate is one."""
    channels = tuple(
        msgspec.structs.replace(
            channel, name=clean_text(channel.name) or f"channel {k}", unit=clean_text(channel.unit) if channel.unit else None
        )
        for k, channel in enumerate(header.channels, 1)
    )
    rate_hz = header.rate_hz if header.rate_hz and _RATES_HZ[0] <= header.rate_hz <= _RATES_HZ[1] else None
    return msgspec.structs.replace(header, channels=channels, rate_hz=rate_hz)


def _open(path: Path) -> BufferedWriter:
    try:
        return path.open("ab")
    except OSError as error:
        raise translate_os_error(error, path) from error


def _close(stream: BufferedWriter) -> None:
    try:
        stream.close()
    except OSError:
        # What is still buffered did not fit on the disk; it was never said to be safe. The raw handle is closed all the same.
        stream.raw.close()
