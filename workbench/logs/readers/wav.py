"""WAV files of vibration (RIFF, RF64): integers of a converter, scaled to engineering units where anything says how.

What is stored are shares of the converter's full scale. Unit, full scale (or sensitivity and input range) and start are looked
for in a sidecar (`name.json` beside `name.wav`), in the file's own text chunks (LIST/INFO, bext, iXML), and the start in the
file's name; what is found nowhere is asked. Formats: Microsoft and IBM, Multimedia Programming Interface and Data Specifications
1.0 (1991); EBU Tech 3285 (bext) and 3306 (RF64).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import LogFormatError
from workbench.logs.readers.reader import Content, cant_read
from workbench.logs.readers.signals import Signal, Signals, check_samples
from workbench.logs.readers.sources import Source
from workbench.logs.readers.wav_facts import WavFacts, base_name, find_facts
from workbench.logs.text import clean_text

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_MAX_CHANNELS = 256
_MAX_CHUNKS = 1000
_MAX_RATE_HZ = 20_000_000
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


class WavReader:
    """WAV: every channel of a file at its one rate."""

    kind, name, suffixes, extra = "wav", "WAV", (".wav", ".wave", ".bwf"), ""
    needs: tuple[str, ...] = ()

    def recognises(self, head: bytes) -> bool:
        """A RIFF (or RF64) file of sound; other RIFF files are none."""
        return head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE"

    def read(self, source: Source) -> Content:
        """All channels. Raises LogFormatError for compressed sound, a cut file, and a header that can't be."""
        try:
            layout, data, texts = _walk(source)
        except (struct.error, ValueError) as error:
            raise cant_read(source, self.name, error) from error
        facts = find_facts(source, texts, layout.rate_hz)
        shares = _decode(source, layout, data)
        return Content(signals=(_signals_of(source, layout, shares, facts),))


def _walk(source: Source) -> tuple[Layout, memoryview, dict[bytes, bytes]]:
    """The format, the samples' bytes, and the chunks that hold text."""
    view = memoryview(source.data)
    layout: Layout | None = None
    data: memoryview | None = None
    texts: dict[bytes, bytes] = {}
    at, wide_size = 12, 0
    for _ in range(_MAX_CHUNKS):
        if at + 8 > len(view):
            break
        name, size = bytes(view[at : at + 4]), int.from_bytes(view[at + 4 : at + 8], "little")
        body = view[at + 8 : at + 8 + size]
        if name == b"ds64":
            wide_size = struct.unpack_from("<Q", body, 8)[0]
        elif name == b"fmt ":
            layout = _layout_of(source, body)
        elif name == b"data":
            data, size = _data_of(source, view, at + 8, wide_size or size)
        elif name in _TEXT_CHUNKS:
            texts[name] = texts.get(name, b"") + bytes(body[:_MAX_TEXT])
        at += 8 + size + size % 2
    if layout is None or data is None:
        raise cant_read(source, "WAV", "it has no samples" if data is None else "it has no format before its samples")
    return layout, data, texts


def _data_of(source: Source, view: memoryview, start: int, size: int) -> tuple[memoryview, int]:
    there = len(view) - start
    if size in _UNKNOWN_SIZE:  # a recorder that lost power, or wrote into a pipe, never filled its size in
        return view[start:], there
    if size > there:
        raise cant_read(source, "WAV", f"it is cut short: {there} of {size} bytes of samples are there", "Copy it again.")
    return view[start : start + size], size


def _layout_of(source: Source, body: memoryview) -> Layout:
    tag, n_channels, rate_hz, _, align, n_bits = struct.unpack_from("<HHIIHH", body)
    if tag == _EXTENSIBLE and len(body) >= 26:
        tag = int.from_bytes(body[24:26], "little")
    n_bytes = align // n_channels if n_channels else 0
    if tag not in (_PCM, _FLOAT):
        raise cant_read(source, "WAV", f"it is compressed sound (format {tag})", "Export it as PCM.")
    is_possible = (
        0 < n_channels <= _MAX_CHANNELS and 0 < rate_hz <= _MAX_RATE_HZ and n_bytes in ((4, 8) if tag == _FLOAT else (1, 2, 3, 4))
    )
    if not is_possible or n_bytes * n_channels != align or n_bits > 8 * n_bytes:
        raise cant_read(source, "WAV", f"{n_channels} channels of {n_bits} bits at {rate_hz} Hz can't be")
    return Layout(tag=tag, n_channels=n_channels, rate_hz=rate_hz, n_bytes=n_bytes)


def _decode(source: Source, layout: Layout, data: memoryview) -> NDArray[np.floating]:
    """Shares of full scale [n, channels]: float32 holds 24 bits exactly, more is float64. Floats come as they are."""
    n_rows = len(data) // (layout.n_bytes * layout.n_channels)
    check_samples(source.name, n_rows * layout.n_channels, str(source.path))
    if n_rows == 0:
        raise LogFormatError(f"{source.name} holds no samples.", "Export it again.", path=str(source.path))
    data = data[: n_rows * layout.n_bytes * layout.n_channels]
    shape = (n_rows, layout.n_channels)
    if layout.tag == _FLOAT:
        floats = np.frombuffer(data, f"<f{layout.n_bytes}").reshape(shape)
        return np.where(np.isfinite(floats), floats, np.nan)
    if layout.n_bytes == 1:  # 8 bits are unsigned
        return np.asarray((np.frombuffer(data, np.uint8).reshape(shape).astype(np.float32) - 128.0) / 128.0)
    if layout.n_bytes == 3:
        wide = np.zeros((n_rows * layout.n_channels, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
        counts = (wide.view("<i4") >> 8).reshape(shape)
        return np.asarray(counts.astype(np.float32) / np.float32(1 << 23))
    if layout.n_bytes == 2:
        return np.asarray(np.frombuffer(data, "<i2").reshape(shape).astype(np.float32) / np.float32(1 << 15))
    return np.asarray(np.frombuffer(data, "<i4").reshape(shape).astype(np.float64) / float(1 << 31))


def _signals_of(source: Source, layout: Layout, shares: NDArray[np.floating], facts: WavFacts) -> Signals:
    base = clean_text(facts.title or base_name(source.name)) or "channel"
    channels = []
    for number in range(layout.n_channels):
        told = facts.channel(number)
        fallback = base if layout.n_channels == 1 else f"{base} {number + 1}"
        scale = told.full_scale
        values = np.ascontiguousarray(shares[:, number])
        if scale is not None:
            values = (values.astype(np.float64) * scale).astype(values.dtype)
        is_share = scale is None and (layout.tag == _PCM or told.unit is None)
        channels.append(
            Signal(
                name=told.name or fallback,
                unit=None if is_share else told.unit,
                values=values,
                hint=facts.hint,
                is_share=is_share,
            )
        )
    return Signals(
        source=source.name, channels=tuple(channels), rate=Fraction(layout.rate_hz), start_ns=facts.start_ns,
        is_absolute=facts.is_absolute, notes=facts.hint,
    )  # fmt: skip
