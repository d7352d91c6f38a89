"""Live parsers on any bytes in any pieces: no crash, the same rows however they come, memory bounded, nothing invented."""

from __future__ import annotations

import itertools
import struct

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.clock import NS_PER_S
from workbench.logs.live.clock import Stamper
from workbench.logs.live.csv_lines import CsvParser
from workbench.logs.live.frames import FrameParser
from workbench.logs.live.key_values import KeyValueParser
from workbench.logs.live.layout import FieldLayout, FrameLayout
from workbench.logs.live.lines import MAX_LINE_BYTES
from workbench.logs.live.plan import ColumnPlan, TextPlan
from workbench.logs.live.rows import Parser, Rows
from workbench.logs.live.text_guess import guess_text

PLANS = {
    "csv": TextPlan(layout="csv", columns=(ColumnPlan(name="P", unit="bar"), ColumnPlan(name="T")), has_header=True),
    "keyvalue": TextPlan(layout="keyvalue", columns=(ColumnPlan(name="P", unit="bar"),)),
}
LAYOUT = FrameLayout(sync="AA", checksum="sum8", fields=(FieldLayout(type="i16", name="x"),), rate_hz=100.0)
TEXT = st.text(alphabet='0123456789.,;=:-+eEPTbar \t\r\n{}"*$#', max_size=300).map(str.encode)
FRAMES = st.lists(
    st.one_of(st.binary(max_size=6), st.integers(-30_000, 30_000).map(lambda x: whole_frame(x)), st.just(b"\xaa")), max_size=30
).map(b"".join)
CUTS = st.lists(st.integers(0, 300), max_size=6)


def whole_frame(value: int) -> bytes:
    body = b"\xaa" + struct.pack("<h", value)
    return body + bytes([sum(body) & 0xFF])


def make(kind: str) -> Parser:
    if kind == "frames":
        return FrameParser(LAYOUT)
    return (CsvParser if kind == "csv" else KeyValueParser)(PLANS[kind])


def rows_of(found: list[Rows]) -> list[tuple[tuple[str, ...], int, str]]:
    return [
        (tuple(channel.name for channel in rows.channels), end, repr(values))
        for rows in found for end, values in zip(rows.ends.tolist(), rows.values.tolist(), strict=True)
    ]  # fmt: skip


def check_pieces(kind: str, data: bytes, cuts: list[int]) -> None:
    whole, pieced = make(kind), make(kind)
    expected = rows_of(whole.feed(data))
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    found = [row for first, last in itertools.pairwise(edges) for row in rows_of(pieced.feed(data[first:last]))]
    whole.close()
    pieced.close()
    # how many channels a key=value row has depends on the block: values of later names are missing in earlier rows either way
    if kind == "keyvalue":
        assert [row[1] for row in found] == [row[1] for row in expected]
    else:
        assert found == expected
    ends = [row[1] for row in expected]
    assert ends == sorted(ends) and all(0 < end <= len(data) for end in ends)


@settings(max_examples=150, deadline=None)
@given(TEXT, CUTS)
def test_lines_of_values_are_the_same_in_any_pieces(data: bytes, cuts: list[int]) -> None:
    check_pieces("csv", data, cuts)


@settings(max_examples=150, deadline=None)
@given(TEXT, CUTS)
def test_names_with_values_are_the_same_in_any_pieces(data: bytes, cuts: list[int]) -> None:
    check_pieces("keyvalue", data, cuts)


@settings(max_examples=200, deadline=None)
@given(FRAMES, CUTS)
def test_frames_are_the_same_in_any_pieces(data: bytes, cuts: list[int]) -> None:
    check_pieces("frames", data, cuts)


@settings(max_examples=100, deadline=None)
@given(FRAMES)
def test_no_frame_is_invented(data: bytes) -> None:
    for rows in FrameParser(LAYOUT).feed(data):
        for end, value in zip(rows.ends.tolist(), rows.values[:, 0].tolist(), strict=True):
            assert data[end - 4 : end] == whole_frame(int(value))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(TEXT, st.binary(max_size=200)), max_size=20))
def test_guessing_never_fails(pieces: list[bytes]) -> None:
    lines = [line for piece in pieces for line in piece.decode("cp1252", errors="replace").splitlines() if line.strip()]
    plan = guess_text(lines, NS_PER_S)
    assert plan is None or plan.columns


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=64).filter(lambda data: not set(data) & {10, 13}), min_size=1, max_size=8))
def test_a_stream_without_line_ends_takes_no_memory(pieces: list[bytes]) -> None:
    parser = CsvParser(PLANS["csv"])
    for piece in pieces:
        parser.feed(piece * 2000)
    assert len(parser._lines.rest) <= MAX_LINE_BYTES


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 500), st.integers(0, 10**9)), min_size=1, max_size=20), st.booleans())
def test_instants_always_rise_and_stay_near_their_arrival(blocks: list[tuple[int, int]], has_ticks: bool) -> None:
    stamper = Stamper("device" if has_ticks else "host", is_tick=has_ticks, rate_bytes_per_s=11_520.0)
    rng, now_ns, end, found = np.random.default_rng(0), 10**18, 0, []
    for n_bytes, wait_ns in blocks:
        now_ns += wait_ns + 1
        end += n_bytes
        stamper.saw(n_bytes, now_ns)
        ends = np.unique(rng.integers(end - n_bytes, end, 3) + 1)
        ticks = rng.integers(0, 10**12, len(ends)) if has_ticks else None
        rows = Rows(channels=(), ends=ends, values=np.zeros((len(ends), 0)), device_ns=ticks)
        found.extend(stamper.stamp(rows).tolist())
    assert all(later > earlier for earlier, later in itertools.pairwise(found))
