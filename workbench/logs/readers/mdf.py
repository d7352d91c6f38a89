"""MDF measurement files (ASAM MDF 3 and 4) through asammdf: every channel group has its own time, slow or fast."""

from __future__ import annotations

import io
import shutil
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import LogFormatError
from workbench.logs.readers.arrays import ArrayGroup, NamedArray, content_of, printed_unit
from workbench.logs.readers.lazy import LazyArray, LazyTexts, mapped
from workbench.logs.readers.mdf_formulas import carries_code
from workbench.logs.readers.reader import Content, ReadGuard, Streaming
from workbench.logs.readers.sources import Source
from workbench.logs.summary import Finding
from workbench.logs.text.decode import clean_text

MAX_CHANNELS = 10_000
_LOCAL_TIME = 1
_PROBE_ROWS = 16
_UNFINISHED = b"UnFinMF "
_LAST_NS = 1 << 62
_NO_INSTANT = np.iinfo(np.int64).min


class MdfReader(Streaming):
    """MDF 3 and 4."""

    kind, name, suffixes, extra, needs = "mdf", "MDF", (".mf4", ".mdf", ".dat"), "mdf", ("asammdf",)

    def recognises(self, head: bytes) -> bool:
        """The identification block, of finished and of unfinished files."""
        return head.startswith((b"MDF     ", b"UnFinMF "))

    @contextmanager
    def opened(self, source: Source) -> Iterator[Content]:
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
        guard = ReadGuard(source, self.name, trouble)
        with ExitStack() as stack:
            with guard(), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                file = stack.enter_context(_opened_file(source))
                _check_size(source, file)
                start_ns, is_utc = _start_of(file)
                left_out: list[str] = []
                groups = list(_groups_of(_Mdf(file, guard), start_ns, left_out, is_utc=is_utc))
            text = f"Left out, as their formulas are no plain arithmetic: {', '.join(left_out[:12])}."
            yield content_of(source, groups, findings=(Finding(code="CHANNELS_LEFT_OUT", text=text),) if left_out else ())


@dataclass(frozen=True, slots=True)
class _Mdf:
    """An open file and what is made of its library's errors."""

    file: Any
    guard: ReadGuard


@contextmanager
def _opened_file(source: Source) -> Iterator[Any]:
    """The file by its version. asammdf's classes trip over themselves when what they could not open is taken away."""
    from asammdf.blocks.mdf_v3 import MDF3
    from asammdf.blocks.mdf_v4 import MDF4

    head = source.head(64)
    base = MDF4 if head[8:9] == b"4" else MDF3

    class Opened(base):  # type: ignore[misc, valid-type] # one of two classes without types
        def __del__(self) -> None:
            with suppress(AttributeError):  # it deletes what a file that was refused never had
                super().__del__()

    with ExitStack() as stack:
        stream = stack.enter_context(_finished(source) if head.startswith(_UNFINISHED) else source.open())
        yield stack.enter_context(closing(Opened(stream, original_name=None, __internal__=True)))


@contextmanager
def _finished(source: Source) -> Iterator[BinaryIO]:
    """A copy that may be written to: asammdf mends a file that was never finished where it lies."""
    if source.file is None:
        yield io.BytesIO(source.data)
        return
    with TemporaryDirectory(prefix="mdf-", dir=source.scratch, ignore_cleanup_errors=True) as folder:
        copy = Path(folder) / "unfinished.mf4"
        with source.open() as stream, copy.open("wb") as out:
            shutil.copyfileobj(stream, out, 1 << 20)
        with copy.open("r+b") as stream:
            yield stream


def _check_size(source: Source, file: Any) -> None:
    n_channels = sum(len(group.channels) for group in file.groups)
    if n_channels > MAX_CHANNELS:
        raise LogFormatError(f"{source.name} has {n_channels} channels.", "Split it.", path=str(source.path))


def _cycles(group: Any) -> int:
    block = group.channel_group
    return int(block.cycles_nr)


def _start_of(file: Any) -> tuple[int | None, bool]:
    """(start ns, whether it is UTC): MDF 4 counts UTC unless a flag says local time, MDF 3 shows a clock (ASAM MDF 4.1, HD)."""
    header = file.header
    if str(file.version) >= "4":
        start_ns = int(header.abs_time)
        return (start_ns if 0 < start_ns < _LAST_NS else None), not int(getattr(header, "time_flags", 0)) & _LOCAL_TIME
    start = header.start_time
    if start.year < 1971:
        return None, False
    since = np.datetime64(start.replace(tzinfo=None), "us")
    return int(since.astype("datetime64[ns]").astype(np.int64)), False


def _groups_of(mdf: _Mdf, start_ns: int | None, left_out: list[str], *, is_utc: bool) -> Iterator[ArrayGroup]:
    file = mdf.file
    for number, group in enumerate(file.groups):
        master = file.masters_db.get(number)
        if master is not None and carries_code(group.channels[master].conversion):
            left_out.append(f"all of group {number}")
            continue
        n_rows = _cycles(group)
        if n_rows < 2:
            continue
        arrays: list[NamedArray] = []
        for index in range(len(group.channels)):
            if index == master:
                continue
            if carries_code(group.channels[index].conversion):
                left_out.append(clean_text(str(group.channels[index].name)))
                continue
            array = _array_of(mdf, number, index, n_rows)
            if array is not None:
                arrays.append(array)
        if arrays:
            yield _dated(arrays, _times_of(mdf, number, n_rows), start_ns, f"group {number}", is_utc=is_utc)


def _times_of(mdf: _Mdf, group: int, n_rows: int) -> LazyArray:
    def read(first: int, end: int) -> NDArray[Any]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return np.asarray(mdf.file.get_master(group, record_offset=first, record_count=end - first), np.float64)

    return LazyArray(n_rows, np.dtype(np.float64), read, mdf.guard)


def _dated(arrays: list[NamedArray], times_s: LazyArray, start_ns: int | None, part: str, *, is_utc: bool) -> ArrayGroup:
    """Elapsed seconds from the file's start, as instants where the start is known."""
    if start_ns is None:
        clock = NamedArray(name="time", values=times_s, unit="s")
        return ArrayGroup(arrays=(clock, *arrays), part=part)
    zero_ns = start_ns

    def instants(seconds: NDArray[Any]) -> NDArray[Any]:
        is_good = np.isfinite(seconds) & (np.abs(seconds) < 1e9)
        since_ns = np.round(np.where(is_good, seconds, 0.0) * 1e9).astype(np.int64)
        return np.where(is_good, since_ns + zero_ns, _NO_INSTANT).view("datetime64[ns]")

    name = "time UTC" if is_utc else "time"
    clock = NamedArray(name=name, values=mapped(times_s, np.dtype("datetime64[ns]"), instants))
    return ArrayGroup(arrays=(clock, *arrays), part=part, is_utc=is_utc)


def _array_of(mdf: _Mdf, group: int, index: int, n_rows: int) -> NamedArray | None:
    """Numbers, or the words that a value stands for; structures and pictures are passed over."""

    def signal_of(first: int, end: int) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return mdf.file.get(group=group, index=index, record_offset=first, record_count=end - first)

    probe = signal_of(0, min(n_rows, _PROBE_ROWS))
    samples = probe.samples
    if samples.ndim != 1 or samples.dtype.names or len(samples) != min(n_rows, _PROBE_ROWS):
        return None
    name = clean_text(str(probe.name))
    if samples.dtype.kind in "fiub":
        has_bad = probe.invalidation_bits is not None
        dtype: np.dtype[Any] = np.dtype(np.float64) if has_bad else samples.dtype.newbyteorder("=")
        values = LazyArray(n_rows, dtype, lambda first, end: _numbers_of(signal_of(first, end), dtype), mdf.guard)
        hint = clean_text(str(probe.comment or ""))[:500]
        return NamedArray(name=name, values=values, unit=printed_unit(probe.unit), hint=hint)
    if samples.dtype.kind in "SU":
        return NamedArray(name=name, values=LazyTexts(n_rows, lambda first, end: _texts_of(signal_of(first, end)), mdf.guard))
    return None


def _numbers_of(signal: Any, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Samples, NaN where the file calls them invalid."""
    values = np.asarray(signal.samples).astype(dtype)
    bad = signal.invalidation_bits
    if bad is not None and len(bad) == len(values) and dtype.kind == "f":
        values[np.asarray(bad, np.bool_)] = np.nan
    return values


def _texts_of(signal: Any) -> list[str]:
    return [item.decode("utf-8", "replace") if isinstance(item, bytes) else str(item) for item in signal.samples.tolist()]
