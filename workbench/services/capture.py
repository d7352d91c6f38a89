"""Capture a log live from a serial port: look at what arrives, record it, and finish what a killed program left."""

from __future__ import annotations

from typing import Annotated, Literal

from workbench.core.codec import Record
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter
from workbench.services.common import NewProjectFolder, Port, ProjectFolder
from workbench.services.logs import RecordingSummary

Format = Literal["auto", "csv", "keyvalue", "binary", "modbus-rtu"]
ClockSource = Literal["host", "device"]
EndedBy = Literal["stopped", "time", "unplugged"]
FormatName = Annotated[
    Format, parameter("How the device speaks; auto tells lines of values from names with values.", label="Format")
]
BaudRate = Annotated[
    int, parameter("Of the line; 115200 where nobody knows.", label="Baud rate", unit="Bd", ge=50, le=12_000_000)
]
Layout = Annotated[
    str | None, parameter("Description of the frames (binary) or the registers (modbus-rtu), TOML or CSV.", path=True, file=True)
]
Line = Annotated[
    Literal["8N1", "8E1", "8O1", "8N2", "7E1", "7O1"],
    parameter("Data bits, parity and stop bits; Modbus is often 8E1.", label="Line", advanced=True),
]
Renames = Annotated[
    tuple[str, ...],
    parameter("Name and unit of a channel: FOUND=NAME [unit]; FOUND= leaves it out.", flag="--channel", label="Channels"),
]
Clock = Annotated[
    ClockSource, parameter("Whose clock dates the samples: this computer's (host) or the device's own.", advanced=True)
]


class LiveProblem(Record, frozen=True, kw_only=True):
    """Lines or frames that are no row, by reason."""

    reason: str
    count: int


class CaptureRequest(Request, frozen=True, kw_only=True):
    """Record what a device sends over a serial port, as a recording in a project."""

    port: Port
    project: NewProjectFolder
    format: FormatName = "auto"
    baud_rate_bd: BaudRate = 115_200
    line: Line = "8N1"
    layout: Layout = None
    asset: Annotated[str | None, parameter("Equipment tag of the pump; else taken from the channels' names.", label="Pump")] = (
        None
    )
    site: Annotated[str | None, parameter("Site the pump belongs to.", advanced=True)] = None
    seconds: Annotated[
        float | None, parameter("Stop after this time; else when it is stopped.", unit="s", ge=0.1, label="Stop after")
    ] = None
    channel: Renames = ()
    clock: Clock = "host"
    zone: Annotated[str | None, parameter("IANA zone of the device's stamps, such as Europe/Oslo.", advanced=True)] = None
    rate_hz: Annotated[
        float | None,
        parameter(
            "Samples a second, where lines come evenly: they are dated by even steps, and fast ones become a waveform.",
            unit="Hz",
            ge=0.001,
            le=1e6,
            label="Even rate",
            advanced=True,
        ),
    ] = None
    flush_s: Annotated[float, parameter("Force to the disk this often.", unit="s", ge=0.05, le=60, advanced=True)] = 1.0
    raw: Annotated[
        bool,
        parameter(
            "Keep the bytes as they came, as evidence.", flag="--raw", negative_flag="--no-raw", label="Raw bytes", advanced=True
        ),
    ] = True
    reconnect: Annotated[
        bool,
        parameter(
            "Wait for the cable to come back and go on.",
            flag="--reconnect",
            negative_flag="--no-reconnect",
            label="Reconnect",
            advanced=True,
        ),
    ] = False


class CaptureResult(Result, frozen=True, kw_only=True):
    """What was recorded, how it ended, and what was lost."""

    recording: RecordingSummary
    ended_by: EndedBy
    reason: str
    seconds: float
    rows: int
    bytes: int
    lost: tuple[LiveProblem, ...]
    clock: ClockSource
    format: str
    raw: str | None
    """Id of the raw bytes in the project, where they are kept."""


def capture(request: CaptureRequest, job: Job) -> CaptureResult:
    """Record until the time is over, the job is cancelled (which is no failure) or the cable comes out.

    Publishes `capture_live.LiveUpdate` on the way. Raises PortBusy, DeviceNotFound, DiskFull, and InputError when nothing
    that can be read arrived.
    """
    from workbench.services.capture_run import run_capture

    return run_capture(request, job)


class CapturePreviewRequest(Request, frozen=True, kw_only=True):
    """Listen to a port for a moment and say how its first lines would be read; nothing is stored."""

    port: Port
    format: FormatName = "auto"
    baud_rate_bd: BaudRate = 115_200
    line: Line = "8N1"
    layout: Layout = None
    seconds: Annotated[float, parameter("Listen at most this long.", unit="s", ge=0.1, le=600)] = 5.0
    channel: Renames = ()
    find_baud: Annotated[
        bool, parameter("Try the usual baud rates until something is read.", flag="--find-baud", label="Find the baud rate")
    ] = False


class PreviewChannel(Record, frozen=True, kw_only=True):
    """One channel as it would be recorded, with its first values as they were read."""

    name: str
    unit: str | None
    quantity: str
    values: tuple[float | None, ...]


class CapturePreviewResult(Result, frozen=True, kw_only=True):
    """How it would be read; `advice` when it looks wrong (silence, a wrong baud rate)."""

    port: str
    baud_rate_bd: int
    format: str
    """csv, keyvalue, binary, modbus-rtu; '' where nothing was recognised."""
    guesses: dict[str, str]
    channels: tuple[PreviewChannel, ...]
    lines: tuple[str, ...]
    """The first lines (or frames, in hexadecimal) as they came."""
    rows: int
    rate_rows_per_s: float | None
    bytes: int
    lost: tuple[LiveProblem, ...]
    advice: str


def preview_capture(request: CapturePreviewRequest, job: Job) -> CapturePreviewResult:
    """Listen, guess, and let go of the port again. Raises PortBusy, DeviceNotFound, InputError."""
    from workbench.services.capture_preview import run_preview

    return run_preview(request, job)


class CaptureRecoverRequest(Request, frozen=True, kw_only=True):
    """Make recordings of captures that were cut off (a killed program, a flat battery, a full disk)."""

    project: ProjectFolder


class CaptureRecoverResult(Result, frozen=True, kw_only=True):
    """The recordings that were made, and what could not be."""

    recordings: tuple[RecordingSummary, ...]
    problems: tuple[str, ...]


def recover_captures(request: CaptureRecoverRequest, job: Job) -> CaptureRecoverResult:
    """Finish every capture of the project that no running program holds. Raises DiskFull."""
    from workbench.services.capture_end import run_recover

    return run_recover(request, job)


class CapturePortsRequest(Request, frozen=True, kw_only=True):
    """List the serial ports of this machine, without opening any."""


class CapturePort(Record, frozen=True, kw_only=True):
    """A port's name and what the system says about it."""

    name: str
    description: str


class CapturePortsResult(Result, frozen=True, kw_only=True):
    """Ports with something behind them, by name."""

    ports: tuple[CapturePort, ...]


def list_capture_ports(request: CapturePortsRequest, job: Job) -> CapturePortsResult:
    """Ask the system only: a device that is listened to must not be spoken to."""
    from workbench.devices.discovery import find_ports

    return CapturePortsResult(ports=tuple(CapturePort(name=port.name, description=port.description) for port in find_ports()))
