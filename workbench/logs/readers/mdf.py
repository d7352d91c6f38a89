"""MDF measurement files (ASAM MDF 3 and 4) through asammdf: every channel group has its own time, slow or fast."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any

import numpy as np

from workbench.core.errors import LogFormatError
from workbench.logs.readers.arrays import ArrayGroup, NamedArray, content_of, printed_unit
from workbench.logs.readers.mdf_formulas import carries_code
from workbench.logs.readers.reader import Content, cant_read
from workbench.logs.readers.signals import check_samples
from workbench.logs.readers.sources import Source
from workbench.logs.summary import Finding
from workbench.logs.text import clean_text

MAX_CHANNELS = 10_000
_LOCAL_TIME = 1
_NO_INSTANT = np.iinfo(np.int64).min


class MdfReader:
    """MDF 3 and 4."""

    kind, name, suffixes, extra, needs = "mdf", "MDF", (".mf4", ".mdf", ".dat"), "mdf", ("asammdf",)

    def recognises(self, head: bytes) -> bool:
        """The identification block, of finished and of unfinished files."""
        return head.startswith((b"MDF     ", b"UnFinMF "))

    def read(self, source: Source) -> Content:
        """Channels by group, converted to physical values. Raises LogFormatError naming the file."""
        import logging
        import struct
        import zlib

        from asammdf.blocks.utils import MdfException

        logging.getLogger("asammdf").setLevel(logging.CRITICAL + 1)  # it would print what a damaged file holds
        trouble = (
            MdfException, ValueError, KeyError, TypeError, IndexError, OSError, EOFError, MemoryError, OverflowError,
            AttributeError, RuntimeError, ArithmeticError, NotImplementedError, UnicodeError, AssertionError, struct.error,
            zlib.error,
        )  # fmt: skip
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                with closing(_open(source.data)) as file:
                    _check_size(source, file)
                    start_ns, is_utc = _start_of(file)
                    left_out: list[str] = []
                    groups = list(_groups_of(file, start_ns, left_out, is_utc=is_utc))
        except LogFormatError:
            raise
        except trouble as error:
            raise cant_read(source, self.name, error, "Copy it again.") from error
        text = f"Left out, as their formulas are no plain arithmetic: {', '.join(left_out[:12])}."
        return content_of(source, groups, findings=(Finding(code="CHANNELS_LEFT_OUT", text=text),) if left_out else ())


def _open(data: bytes) -> Any:
    """The file by its version. asammdf's classes trip over themselves when what they could not open is taken away."""
    from asammdf.blocks.mdf_v3 import MDF3
    from asammdf.blocks.mdf_v4 import MDF4

    base = MDF4 if data[8:9] == b"4" else MDF3

    class Opened(base):  # type: ignore[misc, valid-type] # one of two classes without types
        def __del__(self) -> None:
            with suppress(AttributeError):  # it deletes what a file that was refused never had
                super().__del__()

    return Opened(io.BytesIO(data), original_name=None, __internal__=True)


def _check_size(source: Source, file: Any) -> None:
    n_channels = sum(len(group.channels) for group in file.groups)
    n_samples = sum(len(group.channels) * int(_cycles(group)) for group in file.groups)
    if n_channels > MAX_CHANNELS:
        raise LogFormatError(f"{source.name} has {n_channels} channels.", "Split it.", path=str(source.path))
    check_samples(source.name, n_samples, str(source.path))


def _cycles(group: Any) -> int:
    block = group.channel_group
    return int(block.cycles_nr)


def _start_of(file: Any) -> tuple[int | None, bool]:
    """(start ns, whether it is UTC): MDF 4 counts UTC unless a flag says local time, MDF 3 shows a clock (ASAM MDF 4.1, HD)."""
    header = file.header
    if str(file.version) >= "4":
        start_ns = int(header.abs_time)
        return (start_ns or None), not int(getattr(header, "time_flags", 0)) & _LOCAL_TIME
    start = header.start_time
    if start.year < 1971:
        return None, False
    since = np.datetime64(start.replace(tzinfo=None), "us")
    return int(since.astype("datetime64[ns]").astype(np.int64)), False


def _groups_of(file: Any, start_ns: int | None, left_out: list[str], *, is_utc: bool) -> Iterator[ArrayGroup]:
    for number, group in enumerate(file.groups):
        master = file.masters_db.get(number)
        if master is not None and carries_code(group.channels[master].conversion):
            left_out.append(f"all of group {number}")
            continue
        arrays: list[NamedArray] = []
        times_s = None
        for index in range(len(group.channels)):
            if index == master:
                continue
            if carries_code(group.channels[index].conversion):
                left_out.append(clean_text(str(group.channels[index].name)))
                continue
            signal = file.get(group=number, index=index)
            array = _array_of(signal)
            if array is not None and len(signal.timestamps) == len(array.values):
                arrays.append(array)
                times_s = signal.timestamps
        if arrays and times_s is not None and len(times_s) > 1:
            yield _dated(arrays, np.asarray(times_s, np.float64), start_ns, f"group {number}", is_utc=is_utc)


def _dated(arrays: list[NamedArray], times_s: Any, start_ns: int | None, part: str, *, is_utc: bool) -> ArrayGroup:
    """Elapsed seconds from the file's start, as instants where the start is known."""
    if start_ns is None:
        clock = NamedArray(name="time", values=times_s, unit="s")
        return ArrayGroup(arrays=(clock, *arrays), part=part)
    is_good = np.isfinite(times_s) & (np.abs(times_s) < 1e9)
    since_ns = np.round(np.where(is_good, times_s, 0.0) * 1e9).astype(np.int64)
    instants = np.where(is_good, since_ns + start_ns, _NO_INSTANT).view("datetime64[ns]")
    name = "time UTC" if is_utc else "time"
    return ArrayGroup(arrays=(NamedArray(name=name, values=instants), *arrays), part=part, is_utc=is_utc)


def _array_of(signal: Any) -> NamedArray | None:
    """Numbers, or the words that a value stands for; structures and pictures are passed over."""
    values = signal.samples
    if values.ndim != 1 or values.dtype.names:
        return None
    name = clean_text(str(signal.name))
    bad = signal.invalidation_bits
    if values.dtype.kind in "fiub":
        numbers = values.astype(np.float64) if bad is not None and len(bad) == len(values) else values
        if numbers is not values:
            numbers[np.asarray(bad, np.bool_)] = np.nan
        return NamedArray(
            name=name, values=numbers, unit=printed_unit(signal.unit), hint=clean_text(str(signal.comment or ""))[:500]
        )
    if values.dtype.kind in "SU":
        texts = [item.decode("utf-8", "replace") if isinstance(item, bytes) else str(item) for item in values.tolist()]
        return NamedArray(name=name, values=texts)
    return None
