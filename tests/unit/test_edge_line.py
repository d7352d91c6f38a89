"""The simulated cable: pace, latency and faults at one exact byte."""

from __future__ import annotations

import pytest

from workbench.core.errors import InputError
from workbench.edge.line import Fault, Line, PacedQueue, PowerLost, parse_fault


class Wire:
    """An endpoint in memory; what was written and whether it was hung up."""

    name = "wire"

    def __init__(self) -> None:
        self.incoming: list[bytes] = []
        self.outgoing = b""
        self.n_hang_ups = 0

    def read(self, timeout_s: float) -> bytes:
        return self.incoming.pop(0) if self.incoming else b""

    def write(self, data: bytes) -> None:
        self.outgoing += data

    def take_new_caller(self) -> bool:
        return False

    def hang_up(self) -> None:
        self.n_hang_ups += 1

    def close(self) -> None:
        return


def line_of(wire: Wire, *faults: str) -> Line:
    return Line(wire, faults=tuple(parse_fault(text) for text in faults))


def test_bytes_come_out_at_the_lines_pace_and_after_its_latency() -> None:
    queue = PacedQueue(rate_bytes_per_s=100.0, latency_s=0.5)
    queue.push(b"x" * 50, 10.0)
    assert [len(queue.pop(at)) for at in (10.4, 10.5 + 0.1001, 10.5 + 0.5001)] == [0, 10, 40]


def test_what_is_pushed_while_the_line_is_busy_waits_its_turn() -> None:
    queue = PacedQueue(rate_bytes_per_s=100.0, latency_s=0.0)
    queue.push(b"a" * 10, 0.0)
    queue.push(b"b" * 10, 0.0)
    assert [queue.pop(at) for at in (0.1001, 0.2001)] == [b"a" * 10, b"b" * 10]


def test_a_cut_lets_exactly_its_bytes_pass_and_hangs_up() -> None:
    wire = Wire()
    wire.incoming = [b"abcdef", b"gh"]
    line = line_of(wire, "cut@4")
    assert (line.read(0), wire.n_hang_ups) == (b"abcd", 1)


def test_a_cut_in_an_answer_lets_its_first_bytes_out() -> None:
    wire = Wire()
    line_of(wire, "cut@3").write(b"abcdef")
    assert (wire.outgoing, wire.n_hang_ups) == (b"abc", 1)


def test_a_cable_that_stays_out_is_hung_up_until_it_is_back() -> None:
    wire, now = Wire(), [0.0]
    line = Line(wire, faults=(Fault(kind="cut", at_bytes=1, out_s=2.0),), clock=lambda: now[0])
    wire.incoming = [b"ab"]
    line.read(0)
    n_at_cut = wire.n_hang_ups
    line.read(0)
    assert wire.n_hang_ups == n_at_cut + 1
    now[0] = 2.5
    line.read(0)
    assert wire.n_hang_ups == n_at_cut + 1


def test_power_goes_away_before_the_answer_leaves() -> None:
    wire = Wire()
    wire.incoming = [b"abcdef"]
    line = line_of(wire, "power@6")
    assert line.read(0) == b"abcdef"
    with pytest.raises(PowerLost):
        line.write(b"answer")
    assert wire.outgoing == b""


def test_a_corrupted_byte_is_one_byte_and_happens_once() -> None:
    wire = Wire()
    wire.incoming = [b"abc", b"abc"]
    line = line_of(wire, "corrupt@2")
    assert (line.read(0), line.read(0)) == (bytes([ord("a"), ord("b") ^ 0x10, ord("c")]), b"abc")


@pytest.mark.parametrize("text", ["", "cut", "cut@", "cut@-1", "cut@x", "explode@3", "full@3", "lie@2", "power@1/-2"])
def test_what_is_no_fault_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_fault(text)
