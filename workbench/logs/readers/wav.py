"""WAV files of vibration (RIFF, and RF64 or BW64 beyond 4 GB): integers of a converter, scaled to engineering units.

What is stored are shares of the converter's full scale. Unit, full scale (or sensitivity and input range) and start are looked
for in a sidecar (`name.json` beside `name.wav`), in the file's own text chunks (LIST/INFO, bext, iXML), and the start in the
file's name; what is found nowhere is asked. Formats: Microsoft and IBM, Multimedia Programming Interface and Data Specifications
1.0 (1991); EBU Tech 3285 (bext) and 3306 (RF64); ITU-R BS.2088 (BW64).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from operator import itemgetter
from typing import Any, BinaryIO, Literal

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import LogFormatError
from workbench.logs.readers.lazy import LazyArray, Together, multiplied
from workbench.logs.readers.name_stamps import base_name
from workbench.logs.readers.reader import Content, Streaming, cant_read
from workbench.logs.readers.signals import Signal, Signals
from workbench.logs.readers.sources import Source
from workbench.logs.readers.wav_facts import WavFacts, find_facts
from workbench.logs.summary import Finding
from workbench.logs.text.decode import clean_text

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_MAX_CHANNELS = 256
_MAX_CHUNKS = 1000
_MAX_RATE_HZ = 20_000_000
_BIG_ENDIAN = b"RIFX"
_UNKNOWN_SIZE = (0, 0xFFFFFFFF)
_TEXT_CHUNKS = (b"bext", b"iXML", b"LIST", b"aXML")
_MAX_TEXT = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The `fmt ` chunk: sample format, channels, rate, bytes of one sample."""

    tag: int
    n_channels: int
    rate_hz: int
    n_bytes: int
    order: Literal["<", ">"]
    """Of bytes: the smallest first, but for RIFX."""


class WavReader(Streaming):
    """WAV: every channel of a file at its one rate."""

    kind, name, suffixes, extra = "wav", "WAV", (".wav", ".wave", ".bwf"), ""
    needs: tuple[str, ...] = ()

    def recognises(self, head: bytes) -> bool:
        """A RIFF (or RF64, BW64, RIFX) file of sound; other RIFF files are none."""
        return head[:4] in (b"RIFF", b"RF64", b"BW64", _BIG_ENDIAN) and head[8:12] == b"WAVE"

    @contextmanager
    def opened(self, source: Source) -> Iterator[Content]:
        """All channels. What a cut file holds is read. Raises LogFormatError for compressed sound and a header that can't be."""
        with source.open() as stream:
            try:
                layout, data, texts = _walk(source, stream)
            except (struct.error, ValueError) as error:
                raise cant_read(source, self.name, error) from error
            facts = find_facts(source, texts, layout.rate_hz)
            frames = _frames_of(source, layout, data, stream)
            found = _signals_of(source, layout, frames, facts)
            yield Content(signals=(replace(found, findings=_cut_short(data)),))


@dataclass(frozen=True, slots=True)
class _Data:
    """Where the samples lie."""

    start: int
    n_bytes: int
    n_missing: int = 0
    """Bytes that the file says it has and has not."""


def _walk(source: Source, stream: BinaryIO) -> tuple[Layout, _Data, dict[bytes, bytes]]:
    """The format, where the samples are, and the chunks that hold text."""
    layout: Layout | None = None
    data: _Data | None = None
    texts: dict[bytes, bytes] = {}
    at, wide_size, end = 12, 0, source.size_bytes
    order: Literal["<", ">"] = ">" if stream.read(4) == _BIG_ENDIAN else "<"
    for _ in range(_MAX_CHUNKS):
        if at + 8 > end:
            break
        stream.seek(at)
        head = stream.read(8)
        name, size = head[:4], struct.unpack(f"{order}I", head[4:])[0]
        if name == b"data":
            data = _data_of(source, at + 8, (wide_size or size) if size in _UNKNOWN_SIZE else size)
            size = data.n_bytes
        elif name in (b"ds64", b"fmt ", *_TEXT_CHUNKS):
            body = stream.read(min(size, _MAX_TEXT))
            if name == b"ds64":
                wide_size = struct.unpack_from("<Q", body, 8)[0]
            elif name == b"fmt ":
                layout = _layout_of(source, body, order)
            else:
                texts[name] = texts.get(name, b"") + body
        at += 8 + size + size % 2
    if layout is None or data is None:
        raise cant_read(source, "WAV", "it has no samples" if data is None else "it has no format before its samples")
    return layout, data, texts


def _data_of(source: Source, start: int, size: int) -> _Data:
    there = source.size_bytes - start
    if size in _UNKNOWN_SIZE:  # a recorder that lost power, or wrote into a pipe, never filled its size in
        return _Data(start, there)
    if size > there:
        return _Data(start, there, n_missing=size - there)
    return _Data(start, size)


def _cut_short(data: _Data) -> tuple[Finding, ...]:
    """Says that samples are missing at the end."""
    if not data.n_missing:
        return ()
    due = data.n_bytes + data.n_missing
    text = f"The file is cut short: {data.n_bytes} of {due} bytes of samples are there and were read. Copy it again for the rest."
    return (Finding(code="FILE_CUT_SHORT", text=text, severity="function_check"),)


def _layout_of(source: Source, body: bytes, order: Literal["<", ">"]) -> Layout:
    tag, n_channels, rate_hz, _, align, n_bits = struct.unpack_from(f"{order}HHIIHH", body)
    if tag == _EXTENSIBLE and len(body) >= 28:
        tag = struct.unpack_from(f"{order}I", body, 24)[0]
    n_bytes = align // n_channels if n_channels else 0
    if tag not in (_PCM, _FLOAT):
        raise cant_read(source, "WAV", f"it is compressed sound (format {tag})", "Export it as PCM.")
    is_possible = (
        0 < n_channels <= _MAX_CHANNELS and 0 < rate_hz <= _MAX_RATE_HZ and n_bytes in ((4, 8) if tag == _FLOAT else (1, 2, 3, 4))
    )
    if not is_possible or n_bytes * n_channels != align or n_bits > 8 * n_bytes:
        raise cant_read(source, "WAV", f"{n_channels} channels of {n_bits} bits at {rate_hz} Hz can't be")
    return Layout(tag=tag, n_channels=n_channels, rate_hz=rate_hz, n_bytes=n_bytes, order=order)


def _frames_of(source: Source, layout: Layout, data: _Data, stream: BinaryIO) -> list[LazyArray]:
    """Each channel's shares of full scale, read from the file when they are asked for."""
    width = layout.n_bytes * layout.n_channels
    n_rows = data.n_bytes // width
    if n_rows == 0:
        raise LogFormatError(f"{source.name} holds no samples.", "Export it again.", path=str(source.path))

    def read(first: int, end: int) -> NDArray[np.floating]:
        stream.seek(data.start + first * width)
        held = stream.read((end - first) * width)
        return _decode(layout, held[: len(held) // width * width])

    together = Together(n_rows, read)
    wide = layout.n_bytes >= 4 and (layout.tag == _PCM or layout.n_bytes == 8)
    dtype: np.dtype[Any] = np.dtype(np.float64 if wide else np.float32)
    return [together.column(dtype, itemgetter((slice(None), number))) for number in range(layout.n_channels)]


def _decode(layout: Layout, data: bytes) -> NDArray[np.floating]:
    """Shares of full scale [n, channels]: float32 holds 24 bits exactly, more is float64. Floats come as they are."""
    n_rows = len(data) // (layout.n_bytes * layout.n_channels)
    shape = (n_rows, layout.n_channels)
    if layout.tag == _FLOAT:
        floats = np.frombuffer(data, f"{layout.order}f{layout.n_bytes}").reshape(shape)
        return np.where(np.isfinite(floats), floats, np.nan)
    if layout.n_bytes == 1:  # 8 bits are unsigned
        return np.asarray((np.frombuffer(data, np.uint8).reshape(shape).astype(np.float32) - 128.0) / 128.0)
    if layout.n_bytes == 3:
        wide = np.zeros((n_rows * layout.n_channels, 4), np.uint8)
        where = slice(1, 4) if layout.order == "<" else slice(0, 3)
        wide[:, where] = np.frombuffer(data, np.uint8).reshape(-1, 3)
        counts = (wide.view(f"{layout.order}i4") >> 8).reshape(shape)
        return np.asarray(counts.astype(np.float32) / np.float32(1 << 23))
    if layout.n_bytes == 2:
        return np.asarray(np.frombuffer(data, f"{layout.order}i2").reshape(shape).astype(np.float32) / np.float32(1 << 15))
    return np.asarray(np.frombuffer(data, f"{layout.order}i4").reshape(shape).astype(np.float64) / float(1 << 31))


def _signals_of(source: Source, layout: Layout, shares: list[LazyArray], facts: WavFacts) -> Signals:
    base = clean_text(facts.title or base_name(source.name)) or "channel"
    channels = []
    for number in range(layout.n_channels):
        told = facts.channel(number)
        fallback = base if layout.n_channels == 1 else f"{base} {number + 1}"
        scale = told.full_scale
        values = shares[number]
        scaled = values if scale is None else multiplied(values, scale)
        is_share = scale is None and (layout.tag == _PCM or told.unit is None)
        channels.append(
            Signal(
                name=told.name or fallback,
                unit=None if is_share else told.unit,
                values=scaled,
                hint=facts.hint,
                is_share=is_share,
            )
        )
    return Signals(
        source=source.name, channels=tuple(channels), rate=Fraction(layout.rate_hz), start_ns=facts.start_ns,
        is_absolute=facts.is_absolute, notes=facts.hint,
    )  # fmt: skip
