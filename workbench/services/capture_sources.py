"""From a request to what a capture reads from: the port's feed, the parser, and the clock that dates the rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.core.clock import NS_PER_S
from workbench.core.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.devices.capture.feed import Arrived, Feed
    from workbench.logs.live.plan import TextPlan
    from workbench.logs.live.rows import LiveChannel, Parser, Rows, Tally
    from workbench.services.capture import CapturePreviewRequest, CaptureRequest

    Piece = tuple[tuple[LiveChannel, ...], NDArray[np.int64], NDArray[np.float64]]

GUESS_LINES = 8
TOO_SLOW = "this computer was too slow"
GUESS_AFTER_NS = 3 * NS_PER_S
GUESS_MOST_BYTES = 1 << 20
_RENAME = re.compile(r"(?P<found>[^=]+)=(?P<name>[^\[\]]*?)\s*(?:\[(?P<unit>[^\[\]]*)\])?\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rename:
    """A channel's name and unit as the person gives them; an empty name leaves it out, no unit keeps what was found."""

    name: str
    unit: str | None


def parse_renames(texts: tuple[str, ...]) -> dict[str, Rename]:
    """FOUND=NAME [unit] to what it means; raises InputError with the text."""
    found: dict[str, Rename] = {}
    for text in texts:
        match = _RENAME.fullmatch(text)
        if match is None:
            raise InputError(f"'{text}' names no channel.", "Write FOUND=NAME [unit], such as 'value 1=PI-2041A [bar]'.")
        found[match["found"].strip()] = Rename(name=match["name"].strip(), unit=match["unit"])
    return found


class Pipe:
    """Takes what arrived and gives dated rows; guesses first how the stream is read where nobody said."""

    def __init__(self, request: CaptureRequest | CapturePreviewRequest, rate_bytes_per_s: float | None) -> None:
        from workbench.logs.live.clock import Stamper
        from workbench.logs.live.rows import Tally

        self._request = request
        self._clock: str = getattr(request, "clock", "host")
        self._renames = parse_renames(request.channel)
        self._rate = rate_bytes_per_s
        self._rate_hz: float | None = getattr(request, "rate_hz", None)
        self._stamper = Stamper(self._clock, rate_bytes_per_s=rate_bytes_per_s)
        self._n_even = self._n_lost = 0
        self._waiting: list[Arrived] = []
        self._no_tally = Tally()
        self._columns: dict[tuple[LiveChannel, ...], tuple[list[int], tuple[LiveChannel, ...]]] = {}
        self.plan: TextPlan | None = None
        self.words = ""
        self.parser: Parser | None = self._make_described()

    @property
    def tally(self) -> Tally:
        """What was no row, and why; values that are missing, and why."""
        return self.parser.tally if self.parser is not None else self._no_tally

    @property
    def waiting(self) -> bytes:
        """Bytes that wait until it is known how they are read."""
        return b"".join(one.data for one in self._waiting)

    def notes(self) -> dict[str, int]:
        """Numbers about the device's clock."""
        found = {"device_restarts": self._stamper.n_restarts, "device_offset_ns": self._stamper.offset_ns or 0}
        return {name: value for name, value in found.items() if value}

    def take(self, arrived: Arrived) -> list[Piece]:
        """Dated rows that are complete now."""
        if arrived.n_dropped:
            self.restart()
            self.tally.problems[TOO_SLOW] += arrived.n_dropped
        if arrived.rows is not None:
            for name, reason in arrived.bad:
                self.tally.add_bad(name, reason)
            self._stamper.saw(len(arrived.data), arrived.received_ns)
            return [self._date(arrived.rows)]
        if self.parser is None:
            self._waiting.append(arrived)
            return self._try_guess(arrived.received_ns)
        self._stamper.saw(len(arrived.data), arrived.received_ns)
        return [self._date(rows) for rows in self.parser.feed(arrived.data)]

    def settle(self, now_ns: int) -> list[Piece]:
        """Guess from what there is, however little: no more will come soon."""
        return self._try_guess(now_ns, at_any_rate=True) if self.parser is None and self._waiting else []

    def restart(self) -> None:
        """The connection was lost and is back."""
        if self.parser is not None:
            self.parser.restart()

    def close(self) -> None:
        """No more will come."""
        if self.parser is not None:
            self.parser.close()

    @property
    def rate_hz(self) -> float | None:
        """Samples a second where rows are dated by even steps."""
        return self._rate_hz

    def _make_described(self) -> Parser | None:
        """The parser where nothing is left to guess: frames that a file describes."""
        if self._request.format == "modbus-rtu":
            self.words = "registers over Modbus RTU"
        if self._request.format != "binary":
            return None
        from workbench.logs.live.clock import EVEN_ASTRAY_NS, TICKS_ASTRAY_NS, Stamper
        from workbench.logs.live.frames import FrameParser
        from workbench.logs.live.layout import load_layout

        if not self._request.layout:
            raise InputError("Binary frames need a description.", "Name its file: --layout frames.toml.")
        layout = load_layout(Path(self._request.layout))
        uses_time = self._clock == "device" and layout.rate_hz is None
        if uses_time and layout.find("time") is None:
            raise InputError(f"{self._request.layout} has no field with use = time.", "Use this computer's clock: --clock host.")
        self._rate_hz = layout.rate_hz
        is_tick = uses_time or layout.rate_hz is not None
        self._stamper = Stamper(
            "device" if is_tick else "host", is_tick=is_tick, rate_bytes_per_s=self._rate,
            astray_ns=EVEN_ASTRAY_NS if layout.rate_hz else TICKS_ASTRAY_NS,
        )  # fmt: skip
        self.words = f"{layout.name or 'frames'} of {layout.n_bytes} bytes, checksum {layout.checksum}"
        return FrameParser(layout, uses_time=uses_time)

    def _try_guess(self, now_ns: int, *, at_any_rate: bool = False) -> list[Piece]:
        from workbench.logs.live.text_guess import guess_text

        data = self.waiting
        lines = sample_lines(data)
        is_time = at_any_rate or len(lines) >= GUESS_LINES or now_ns - self._waiting[0].received_ns >= GUESS_AFTER_NS
        if not is_time or not lines:
            if len(data) > GUESS_MOST_BYTES:
                del self._waiting[:-1]
            return []
        plan = guess_text(lines, now_ns)
        if plan is None or (self._request.format not in ("auto", plan.layout)):
            if len(data) > GUESS_MOST_BYTES:
                del self._waiting[:-1]
            return []
        return self._begin(plan)

    def _begin(self, plan: TextPlan) -> list[Piece]:
        from workbench.logs.live.clock import EVEN_ASTRAY_NS, Stamper
        from workbench.logs.live.csv_lines import CsvParser
        from workbench.logs.live.device_time import DeviceTime
        from workbench.logs.live.key_values import KeyValueParser

        self.plan, self.words = plan, describe(plan)
        if self._clock == "device" and plan.time.kind == "none":
            raise InputError("The device sends no time that is recognised.", "Use this computer's clock: --clock host.")
        time = DeviceTime(plan.time, zone=getattr(self._request, "zone", None))
        kind = CsvParser if plan.layout == "csv" else KeyValueParser
        self.parser = kind(plan, time)
        if self._rate_hz is None:
            self._stamper = Stamper(self._clock, is_tick=plan.time.kind == "ticks", rate_bytes_per_s=self._rate)
        else:
            self._stamper = Stamper("device", is_tick=True, rate_bytes_per_s=self._rate, astray_ns=EVEN_ASTRAY_NS)
        waiting, self._waiting = self._waiting, []
        return [piece for arrived in waiting for piece in self.take(arrived)]

    def _even(self, rows: Rows) -> Rows:
        """Rows of text that come evenly, with even steps: a line that was lost takes its place."""
        import numpy as np

        n_lost = self.tally.problems.total()
        first = self._n_even + (n_lost - self._n_lost if self._n_even else 0)
        self._n_even, self._n_lost = first + rows.n_rows, n_lost
        ticks_ns = np.round((first + np.arange(rows.n_rows)) * (NS_PER_S / (self._rate_hz or 1.0))).astype(np.int64)
        return replace(rows, device_ns=ticks_ns)

    def _date(self, rows: Rows) -> Piece:
        if self._rate_hz is not None and self.plan is not None:
            rows = self._even(rows)
        picked, channels = self._picked(rows.channels)
        return channels, self._stamper.stamp(rows), rows.values[:, picked]

    def _picked(self, found: tuple[LiveChannel, ...]) -> tuple[list[int], tuple[LiveChannel, ...]]:
        """The columns that stay, under the names and units that the person gave."""
        if found not in self._columns:
            kept = [(k, self._renamed(channel)) for k, channel in enumerate(found)]
            self._columns[found] = (
                [k for k, channel in kept if channel is not None], tuple(channel for _, channel in kept if channel is not None),
            )  # fmt: skip
        return self._columns[found]

    def _renamed(self, channel: LiveChannel) -> LiveChannel | None:
        from workbench.logs.live.rows import LiveChannel
        from workbench.logs.units import find_quantity, find_unit

        rename = self._renames.get(channel.name)
        if rename is None:
            return channel
        if not rename.name:
            return None
        unit = channel.unit if rename.unit is None else (find_unit(rename.unit) or rename.unit or None)
        return LiveChannel(name=rename.name, unit=unit, quantity=find_quantity(unit, rename.name))


def sample_lines(data: bytes) -> list[str]:
    """The whole lines in the first bytes of a stream, without the first where nobody saw its beginning."""
    from workbench.logs.live.lines import LineSplitter
    from workbench.logs.live.rows import Tally
    from workbench.logs.live.text_guess import is_header

    lines = [text for text, _ in LineSplitter(Tally()).feed(data)][:200]
    if len(lines) < 2 or lines[0][:1] in "{$" or is_header(re.split(r"[,;\t|]", lines[0])):
        return lines
    return lines[1:]


def describe(plan: TextPlan) -> str:
    """How a stream is read, in a few words."""
    if plan.layout == "keyvalue":
        return "names with values"
    names = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "blanks"}
    return f"lines of values, {names.get(plan.delimiter, plan.delimiter)} between, decimal {plan.decimal}"


def open_feed(request: CaptureRequest | CapturePreviewRequest, now_ns: Callable[[], int]) -> Feed:
    """Open the port. Raises PortBusy, DeviceNotFound, InputError."""
    from workbench.devices.capture.feed import ByteFeed
    from workbench.devices.transports.ports import open_transport

    if request.format != "modbus-rtu":
        return ByteFeed(open_transport(request.port, baud_rate_bd=request.baud_rate_bd, line=request.line), now_ns)
    from workbench.devices.capture.modbus import ModbusFeed
    from workbench.devices.capture.registers import load_registers

    if not request.layout:
        raise InputError("Modbus needs a description of its registers.", "Name its file: --layout registers.toml.")
    described = load_registers(Path(request.layout))
    return ModbusFeed(open_transport(request.port, baud_rate_bd=request.baud_rate_bd, line=request.line), described, now_ns)
