"""TDMS files (National Instruments) through npTDMS: waveforms with their increment and start, and tables with a time channel.

Instants in TDMS are UTC (NI, TDMS file format internal structure).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from workbench.core.errors import LogFormatError
from workbench.logs.readers.arrays import ArrayGroup, NamedArray, Plain, content_of, gather, printed_unit
from workbench.logs.readers.reader import Content, ReadGuard, Streaming, cant_read
from workbench.logs.readers.sources import Source
from workbench.logs.readers.tdms_raw import OpenTdms
from workbench.logs.recordings.rates import exact_rate
from workbench.logs.summary import Finding
from workbench.logs.text.decode import clean_text

MAX_CHANNELS = 10_000
_UNIT_NAMES = ("unit_string", "NI_UnitDescription", "Unit", "unit", "Units", "units")
_TROUBLE = (
    ValueError, KeyError, TypeError, IndexError, OSError, EOFError, MemoryError, OverflowError, AttributeError, RuntimeError,
    ArithmeticError, NotImplementedError, UnicodeError,
)  # fmt: skip


_CUT = Finding(
    code="FILE_CUT_SHORT", text="The last segment of the file is not complete; what is there was read.", severity="function_check"
)


class TdmsReader(Streaming):
    """TDMS, versions 1 and 2."""

    kind, name, suffixes, extra, needs = "tdms", "TDMS", (".tdms",), "tdms", ("nptdms",)

    def recognises(self, head: bytes) -> bool:
        """The first segment's tag."""
        return head.startswith(b"TDSm")

    @contextmanager
    def opened(self, source: Source) -> Iterator[Content]:
        """Channels by group. Raises LogFormatError for a file without measurements."""
        import logging
        import struct

        import nptdms
        from nptdms.log import log_manager

        log_manager.set_level(logging.CRITICAL)  # it would print what a damaged file holds
        guard = ReadGuard(source, self.name, (*_TROUBLE, struct.error))
        with source.open() as stream:
            with guard(), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                file = nptdms.TdmsFile(stream, read_metadata_only=True, keep_open=True)
                _check_size(source, file)
                opened = OpenTdms(source, stream, file, guard)
                groups = [part for group in file.groups() for part in _parts_of(group, opened)]
                is_cut = bool(file.file_status.incomplete_final_segment)
            yield content_of(source, groups, findings=(_CUT,) if is_cut else ())


def _check_size(source: Source, file: Any) -> None:
    channels = [channel for group in file.groups() for channel in group.channels()]
    if len(channels) > MAX_CHANNELS:
        raise LogFormatError(f"{source.name} has {len(channels)} channels.", "Split it.", path=str(source.path))
    n_samples = sum(len(channel) for channel in channels)
    if n_samples > 8 * source.size_bytes:  # no sample takes less than a bit: the header lies
        raise cant_read(source, "TDMS", f"it claims {n_samples} samples in {source.size_bytes} bytes", "Copy it again.")


def _parts_of(group: Any, opened: OpenTdms) -> Iterator[ArrayGroup]:
    """Channels that share start, increment and length, and the rest by length."""
    facts = _plain_of(group.properties)
    timed: dict[tuple[object, ...], list[NamedArray]] = {}
    rest: list[NamedArray] = []
    for channel in group.channels():
        array = _array_of(channel, opened)
        if array is None:
            continue
        step = channel.properties.get("wf_increment")
        if isinstance(step, (int, float)) and step > 0 and not array.is_text and array.numbers.dtype.kind != "M":
            key = (
                float(step),
                channel.properties.get("wf_start_time"),
                channel.properties.get("wf_start_offset", 0.0),
                len(channel),
            )
            timed.setdefault(key, []).append(array)
        else:
            rest.append(array)
    for (step, start, offset, length), arrays in timed.items():
        yield ArrayGroup(
            arrays=tuple(arrays), facts=facts, rate=exact_rate(1.0 / float(str(step))), start_ns=_start_ns(start, offset),
            is_utc=True, part=f"{group.name}#{step}#{start}#{length}",
        )  # fmt: skip
    for part in gather(rest, facts, group.name):
        yield ArrayGroup(arrays=part.arrays, facts=facts, part=part.part, is_utc=True)


def _array_of(channel: Any, opened: OpenTdms) -> NamedArray | None:
    told = _plain_of(channel.properties)
    unit = next((printed_unit(told[name]) for name in _UNIT_NAMES if told.get(name)), "")
    hint = " ".join(value for name, value in told.items() if isinstance(value, str) and name not in _UNIT_NAMES)
    name = clean_text(channel.name)
    values = opened.values_of(channel)
    return None if values is None else NamedArray(name=name, values=values, unit=unit, hint=hint[:500])


def _plain_of(properties: Any) -> dict[str, Plain]:
    return {str(name): value for name, value in properties.items() if isinstance(value, (int, float, str)) and value is not True}


def _start_ns(start: object, offset: object) -> int | None:
    """UTC ns of `wf_start_time` and its offset in s; None where it is missing or the zero of LabVIEW's clock (1904)."""
    if not isinstance(start, np.datetime64) or np.isnat(start) or start < np.datetime64("1905-01-01"):
        return None
    since_ns = round(float(offset) * 1e9) if isinstance(offset, (int, float)) else 0
    return int(start.astype("datetime64[us]").astype(np.int64)) * 1000 + since_ns  # npTDMS gives µs; ns would wrap in 2262
