"""SMP framing: what the standard's own packages write we read, and the other way round; damage is dropped."""

from __future__ import annotations

import pytest
from smp import packet as smppacket
from smp.os_management import EchoWriteRequest

from workbench.core.errors import ProtocolError
from workbench.core.smp_codec import LineDecoder, Operation, SmpMessage, decode_message, encode_lines, encode_message
from workbench.core.smp_raw import FrameDecoder, encode_raw


def message_of(n_bytes: int) -> SmpMessage:
    return SmpMessage(operation=Operation.WRITE, group=1, command=1, sequence=7, payload={"off": 3, "data": bytes(n_bytes)})


@pytest.mark.parametrize("n_bytes", [0, 1, 90, 91, 92, 93, 94, 400, 4000])
def test_a_message_survives_the_line_in_pieces_of_any_size(n_bytes: int) -> None:
    wire = encode_lines(encode_message(message_of(n_bytes)))
    for step in (1, 2, 50, len(wire)):
        decoder = LineDecoder()
        got = [found for start in range(0, len(wire), step) for found in decoder.feed(wire[start : start + step])]
        assert [decode_message(found) for found in got] == [message_of(n_bytes)]


def test_lines_are_those_of_the_smp_package() -> None:
    message = bytes(EchoWriteRequest(d="x" * 300))
    assert encode_lines(message) == b"".join(smppacket.encode(message, line_length=128))


def test_lines_of_the_smp_package_are_read() -> None:
    request = EchoWriteRequest(d="pump")
    (found,) = LineDecoder().feed(b"".join(smppacket.encode(bytes(request))))
    assert decode_message(found).payload == {"d": "pump"}


def test_a_flipped_bit_anywhere_loses_the_frame_and_never_changes_it() -> None:
    whole = encode_message(message_of(300))
    wire = encode_lines(whole)
    for position in range(len(wire)):
        damaged = bytearray(wire)
        damaged[position] ^= 0x04
        assert LineDecoder().feed(bytes(damaged)) in ([], [whole])


def test_the_frame_after_a_damaged_one_is_read() -> None:
    wire = encode_lines(encode_message(message_of(300)))
    decoder = LineDecoder()
    assert decoder.feed(wire[:150] + b"#" + wire[151:] + wire) == [encode_message(message_of(300))]
    assert decoder.n_damaged >= 1


def test_noise_without_line_feeds_does_not_grow_memory() -> None:
    decoder = LineDecoder()
    for _ in range(100):
        decoder.feed(b"\x55" * 4096)
    wire = encode_lines(encode_message(message_of(10)))
    assert decoder.feed(b"\n" + wire) == [encode_message(message_of(10))]


@pytest.mark.parametrize(
    "data", [b"", b"\x02\x00\x00", b"\x0a\x00\x00\x05\x00\x01\x00\x01", b"\x0a\x00\x00\x01\x00\x01\x00\x01\x80"]
)
def test_a_malformed_message_is_a_protocol_error(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode_message(data)


@pytest.mark.parametrize("n_bytes", [0, 1, 400, 4000])
def test_raw_frames_and_lines_may_be_mixed_in_pieces_of_any_size(n_bytes: int) -> None:
    message = encode_message(message_of(n_bytes))
    wire = encode_raw(message) + encode_lines(message) + encode_raw(message)
    for step in (1, 3, 64, len(wire)):
        decoder = FrameDecoder()
        got = [found for start in range(0, len(wire), step) for found in decoder.feed(wire[start : start + step])]
        assert got == [(message, True), (message, False), (message, True)]


def test_a_flipped_bit_anywhere_in_a_raw_frame_is_noticed_and_the_next_frame_is_read() -> None:
    message = encode_message(message_of(200))
    wire = encode_raw(message)
    for position in range(len(wire)):
        damaged = bytearray(wire)
        damaged[position] ^= 0x20
        got = FrameDecoder().feed(bytes(damaged) + wire)
        assert got in ([(message, True)], [(message, True), (message, True)])
