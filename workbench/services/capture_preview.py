"""How `logs capture-preview` works: listen for a moment, read as the capture would, and give the port back."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from workbench.core.errors import DeviceError
from workbench.core.jobs import Job
from workbench.services.capture import CapturePreviewRequest, CapturePreviewResult, LiveProblem, PreviewChannel
from workbench.services.capture_run import missing_of
from workbench.services.capture_sources import Pipe, open_feed

if TYPE_CHECKING:
    from workbench.devices.capture.feed import Feed
    from workbench.logs.live.plan import TextPlan
    from workbench.services.capture_sources import Piece

USUAL_BAUD_RATES = (115_200, 9600, 19_200, 38_400, 57_600, 230_400, 460_800, 921_600, 4800, 2400)
ENOUGH_ROWS = 20
LEAST_S = 1.0
SHOWN_LINES = 12
SHOWN_VALUES = 5
KEPT_BYTES = 1 << 16
_TEXT_SHARE = 0.9
_FRAME_SHOWN_BYTES = 24


def run_preview(request: CapturePreviewRequest, job: Job) -> CapturePreviewResult:
    """See `services.capture.preview_capture`."""
    if not request.find_baud or request.port.startswith("socket://"):
        return _preview(request, job)
    rates = (request.baud_rate_bd, *(rate for rate in USUAL_BAUD_RATES if rate != request.baud_rate_bd))
    first: CapturePreviewResult | None = None
    for number, rate in enumerate(rates):
        part = job.part(number / len(rates), (number + 1) / len(rates), f"{rate} Bd")
        found = _preview(msgspec.structs.replace(request, baud_rate_bd=rate), part)
        if found.rows:
            return found
        first = first or found
        if not found.bytes:  # a silent line is silent at every rate
            return found
    assert first is not None
    return msgspec.structs.replace(
        first, advice="At none of the usual baud rates anything is read. Describe its frames (binary)."
    )


def _preview(request: CapturePreviewRequest, job: Job) -> CapturePreviewResult:
    from workbench.logs.live.clock import HostClock

    clock = HostClock()
    feed = open_feed(request, clock.now_ns)
    try:
        pipe = Pipe(request, feed.rate_bytes_per_s)
        head, n_bytes, pieces = _listen(request, feed, pipe, job)
        pieces += pipe.settle(clock.now_ns())
    finally:
        feed.close()
    lost = tuple(LiveProblem(reason=reason, count=n) for reason, n in sorted(pipe.tally.problems.items()))
    return CapturePreviewResult(
        port=request.port, baud_rate_bd=request.baud_rate_bd, format=_format_of(request, pipe), guesses=_guesses(pipe.plan),
        channels=_channels(pieces),
        lines=shown_lines(head), rows=sum(len(piece[1]) for piece in pieces), rate_rows_per_s=_rate(pieces), bytes=n_bytes,
        lost=lost, advice=_advise(request, head, n_bytes, pieces, pipe.tally.bad),
    )  # fmt: skip


def _listen(request: CapturePreviewRequest, feed: Feed, pipe: Pipe, job: Job) -> tuple[bytes, int, list[Piece]]:
    """The first bytes, how many came in all, and the rows."""
    started_s = time.monotonic()
    head, n_bytes = b"", 0
    pieces: list[Piece] = []
    while (elapsed_s := time.monotonic() - started_s) < request.seconds:
        job.progress(elapsed_s / request.seconds, f"listening to {request.port}")
        try:
            arrived = feed.take(0.05)
        except DeviceError:
            break  # a cable that comes out ends the look; what came is shown
        if arrived is not None:
            head += arrived.data[: max(0, KEPT_BYTES - len(head))]
            n_bytes += len(arrived.data)
            pieces += pipe.take(arrived)
        if elapsed_s >= LEAST_S and sum(len(piece[1]) for piece in pieces) >= ENOUGH_ROWS:
            break
    return head, n_bytes, pieces


def _format_of(request: CapturePreviewRequest, pipe: Pipe) -> str:
    if pipe.plan is not None:
        return pipe.plan.layout
    return request.format if pipe.words else ""


def _guesses(plan: TextPlan | None) -> dict[str, str]:
    """What was taken for granted, each in words that stand by themselves."""
    if plan is None:
        return {}
    guesses = {"decimal": "decimal comma" if plan.decimal == "," else "decimal point"}
    if plan.layout == "csv":
        between = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "blanks"}.get(plan.delimiter, plan.delimiter)
        guesses |= {"separator": f"{between} between values", "header": "names in a header" if plan.has_header else "no header"}
    if plan.has_checksum:
        guesses["checksum"] = "checksums *hh"
    times = {
        "stamp": "stamps of its own",
        "epoch": "its own clock",
        "ticks": "counts time since its start",
        "none": "sends no time",
    }
    guesses["time"] = times[plan.time.kind]
    return guesses


def _channels(pieces: list[Piece]) -> tuple[PreviewChannel, ...]:
    found: dict[str, PreviewChannel] = {}
    for channels, _, values in pieces:
        for k, channel in enumerate(channels):
            known = found.get(channel.name)
            seen = known.values if known else ()
            new = tuple(None if math.isnan(value) else value for value in values[:SHOWN_VALUES, k].tolist())
            found[channel.name] = PreviewChannel(
                name=channel.name, unit=channel.unit, quantity=channel.quantity, values=(seen + new)[:SHOWN_VALUES]
            )
    return tuple(found.values())


def _rate(pieces: list[Piece]) -> float | None:
    times = [int(instant) for piece in pieces for instant in (piece[1][:1].tolist() + piece[1][-1:].tolist())]
    n_rows = sum(len(piece[1]) for piece in pieces)
    if n_rows < 2 or times[-1] <= times[0]:
        return None
    return round((n_rows - 1) / ((times[-1] - times[0]) / 1e9), 3)


def shown_lines(head: bytes) -> tuple[str, ...]:
    """The first lines as text; bytes that are none in hexadecimal."""
    if is_text(head):
        text = head.decode("utf-8", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
        return tuple(line[:200] for line in text.split("\n") if line.strip())[:SHOWN_LINES]
    return tuple(
        head[k : k + _FRAME_SHOWN_BYTES].hex(" ") for k in range(0, min(len(head), SHOWN_LINES * 24), _FRAME_SHOWN_BYTES)
    )


def is_text(data: bytes) -> bool:
    """Whether nearly all of some bytes are printable."""
    n_text = sum(32 <= byte < 127 or byte in (9, 10, 13) for byte in data)
    return bool(data) and n_text >= _TEXT_SHARE * len(data)


def _advise(
    request: CapturePreviewRequest, head: bytes, n_bytes: int, pieces: list[Piece], bad: Mapping[str, Mapping[str, int]]
) -> str:
    if not n_bytes and not pieces:
        return f"Nothing arrived in {request.seconds:g} s. Check the cable, and whether the device speaks by itself."
    if pieces and all(all(map(math.isnan, piece[2].ravel().tolist())) for piece in pieces):
        return f"No value can be read: {', '.join(missing_of(bad)) or 'all are missing'}. Check address, registers and line."
    if sum(len(piece[1]) for piece in pieces):
        return ""
    if request.format in ("binary", "modbus-rtu"):
        return "Bytes arrive, but no frame of the description is whole. Check the baud rate and the description."
    if is_text(head):
        return "Text arrives, but neither lines of values nor names with values. Look at the first lines."
    if request.port.startswith("socket://"):
        return "What arrives is not text. Describe its frames and take the format binary."
    return f"What arrives is not text at {request.baud_rate_bd} Bd. Try another baud rate, or describe its frames (binary)."
