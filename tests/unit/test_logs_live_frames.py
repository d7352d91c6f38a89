"""Binary frames: checksums by the catalogue, found again after garbage, counted when lost, whatever the pieces."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from workbench.core.errors import InputError
from workbench.logs.live.checksums import Checksum, compute
from workbench.logs.live.frames import FrameParser
from workbench.logs.live.layout import FieldLayout, FrameLayout, load_layout
from workbench.logs.live.rows import Rows

LAYOUT = FrameLayout(
    sync="AA 55", checksum="crc16-modbus",
    fields=(
        FieldLayout(type="u8", name="seq", use="counter"), FieldLayout(type="i16", name="P", scale=0.01, unit="bar"),
        FieldLayout(type="i24", name="A", scale=0.5, unit="g", invalid=(-8388608,)),
    ),
)  # fmt: skip


def crc_of(kind: Checksum, data: bytes) -> int:
    return int(compute(kind, np.frombuffer(data, np.uint8).reshape(1, -1))[0])


def frame(number: int, pressure: int = 0, acceleration: int = 0) -> bytes:
    body = b"\xaa\x55" + struct.pack("<Bh", number % 256, pressure) + acceleration.to_bytes(3, "little", signed=True)
    return body + struct.pack("<H", crc_of("crc16-modbus", body))


STREAM = b"".join(frame(k, 100 * k, -k) for k in range(40))
ALL = [[float(k), -0.5 * k] for k in range(40)]


def values_of(found: list[Rows]) -> list[list[float]]:
    return [row for rows in found for row in rows.values.tolist()]


@pytest.mark.parametrize(
    ("kind", "check"),
    [
        # check values over "123456789" in Cook's catalogue; sum8 and xor8 by arithmetic
        ("crc8", 0xF4), ("crc16-modbus", 0x4B37), ("crc16-ccitt", 0x29B1), ("crc16-xmodem", 0x31C3), ("crc32", 0xCBF43926),
        ("sum8", sum(b"123456789") & 0xFF), ("xor8", 0x31),
    ],
)  # fmt: skip
def test_a_checksum_has_its_catalogues_check_value(kind: Checksum, check: int) -> None:
    assert crc_of(kind, b"123456789") == check


@pytest.mark.parametrize("size", [1, 3, 10, 17, 4096])
def test_frames_do_not_depend_on_the_pieces_in_which_the_bytes_come(size: int) -> None:
    parser = FrameParser(LAYOUT)
    found = [rows for k in range(0, len(STREAM), size) for rows in parser.feed(STREAM[k : k + size])]
    parser.close()
    assert values_of(found) == ALL and parser.tally.problems == {}
    # 10 bytes a frame: each row ends where its frame does
    assert np.concatenate([rows.ends for rows in found]).tolist() == [10 * (k + 1) for k in range(40)]


@pytest.mark.parametrize("cut", [0, 1, 2, 9, 13, 25, 399])
def test_a_stream_that_is_joined_anywhere_gives_every_frame_that_is_whole(cut: int) -> None:
    parser = FrameParser(LAYOUT)
    assert values_of(parser.feed(STREAM[cut:])) == ALL[-(-cut // 10) :]


def test_garbage_costs_no_whole_frame_even_where_it_looks_like_a_sync() -> None:
    garbage = b"\x00\xaa\x55\xaa\xaa\x55\x01"
    parser = FrameParser(LAYOUT)
    assert values_of(parser.feed(STREAM[:100] + garbage + STREAM[100:])) == ALL
    assert parser.tally.problems.total() == 1


def test_a_flipped_bit_costs_its_frame_which_is_counted_once_though_the_counter_misses_it_too() -> None:
    spoiled = bytearray(STREAM)
    spoiled[104] ^= 0x10
    parser = FrameParser(LAYOUT)
    assert values_of(parser.feed(bytes(spoiled))) == [*ALL[:10], *ALL[11:]]
    assert parser.tally.problems == {"wrong checksum": 1}


def test_frames_lost_beside_a_broken_one_are_counted_with_it_and_not_twice() -> None:
    broken = bytearray(frame(3))
    broken[4] ^= 0x10
    parser = FrameParser(LAYOUT)
    parser.feed(frame(1) + frame(2) + bytes(broken) + frame(6) + frame(7) + frame(9))
    # 3 came broken; 4, 5 and 8 never came
    assert parser.tally.problems == {"wrong checksum": 1, "missing by the frame counter": 3}
    assert parser.tally.problems.total() == 4


def test_lost_frames_are_counted_over_the_counters_wrap() -> None:
    parser = FrameParser(LAYOUT)
    parser.feed(frame(254) + frame(255) + frame(3))
    # 0, 1 and 2 are missing
    assert parser.tally.problems == {"missing by the frame counter": 3}


def test_a_raw_value_that_means_none_is_missing_with_its_reason() -> None:
    parser = FrameParser(LAYOUT)
    found = values_of(parser.feed(frame(0, 100, -8388608)))
    assert found[0][0] == 1.0 and np.isnan(found[0][1])
    assert parser.tally.bad == {"A": {"no-value code": 1}}


def test_even_steps_go_on_over_what_was_lost() -> None:
    layout = FrameLayout(sync="AA55", checksum="crc16-modbus", fields=LAYOUT.fields, rate_hz=1000.0)
    parser = FrameParser(layout)
    found = parser.feed(frame(0) + frame(1) + frame(4))
    # 1000 Hz: frames 2 and 3 would have been at 2 and 3 ms
    assert found[0].device_ns is not None and found[0].device_ns.tolist() == [0, 1_000_000, 4_000_000]


def test_many_samples_in_a_frame_are_rows_of_their_own() -> None:
    layout = FrameLayout(
        sync="7E", checksum="sum8", rate_hz=25_600.0, samples=3, endian="big",
        fields=(FieldLayout(type="i16", name="x", sampled=True), FieldLayout(type="i16", name="y", sampled=True)),
    )  # fmt: skip
    body = b"\x7e" + struct.pack(">6h", 1, 2, 3, 4, 5, 6)
    found = FrameParser(layout).feed(body + bytes([sum(body) & 0xFF]))
    assert values_of(found) == [[1, 2], [3, 4], [5, 6]]
    # 1 s / 25600 = 39062.5 ns
    assert found[0].device_ns is not None and found[0].device_ns.tolist() == [0, 39063, 78125]


def test_without_a_checksum_a_second_sync_is_the_proof() -> None:
    layout = FrameLayout(sync="AA55", fields=(FieldLayout(type="u16", name="x"),))
    parser = FrameParser(layout)
    stream = b"\xaa\x55" + b"".join(b"\xaa\x55" + struct.pack("<H", k) for k in (1, 2, 3))
    assert values_of(parser.feed(stream)) == [[1], [2], [3]]


def test_a_devices_own_count_goes_on_when_it_wraps() -> None:
    layout = FrameLayout(
        sync="AA55", checksum="xor8",
        fields=(FieldLayout(type="u16", name="t", use="time", unit="ms"), FieldLayout(type="u8", name="x")),
    )  # fmt: skip

    def timed(tick: int) -> bytes:
        body = b"\xaa\x55" + struct.pack("<HB", tick, 7)
        return body + bytes([int(np.bitwise_xor.reduce(np.frombuffer(body, np.uint8)))])

    found = FrameParser(layout, uses_time=True).feed(timed(65_530) + timed(4))
    # 65536 counts make a turn: 10 ms lie between
    assert found[0].device_ns is not None and np.diff(found[0].device_ns).tolist() == [10_000_000]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('sync = "XY"\n[[fields]]\ntype="u8"\nname="x"', "not hexadecimal"),
        ('[[fields]]\ntype="u8"\nname="x"', "need a sync"),
        ('sync="AA"\n[[fields]]\ntype="u8"\nname="x"\nuse="skip"', "there is no channel"),
        ('sync="AA"\n[[fields]]\ntype="u7"\nname="x"', "no description of frames"),
        ('sync="AA"\nsamples=4\nrate_hz=1\n[[fields]]\ntype="u8"\nname="x"', "no field is sampled"),
        ('sync="AA"\n[[fields]]\ntype="u8"\nname="t"\nuse="time"\n[[fields]]\ntype="u8"\nname="x"', "a time needs a unit"),
    ],
)
def test_a_description_that_can_not_be_is_refused_with_its_fault(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "frames.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=fault):
        load_layout(path)
