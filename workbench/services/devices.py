"""Find a device, check everything that can be checked, update it, read the verdict back, pull its log."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Literal

from workbench.core.codec import Record
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter
from workbench.core.wire import LiveState, LogInfo, Passport, SelfTestReport, SlotState
from workbench.services.common import OutFolder, Port

if TYPE_CHECKING:
    from workbench.bundle.signing import SigningKey
    from workbench.services.device_servers import VirtualDevice
    from workbench.services.keys import Ask

VerdictWord = Literal["verified", "failed", "unknown"]
OptionalProject = Annotated[str | None, parameter("Project folder for journal and receipts.", path=True)]


class BoardsRequest(Request, frozen=True, kw_only=True):
    """List the board profiles that are known."""


class BoardsResult(Result, frozen=True, kw_only=True):
    """Profiles as plain data."""

    boards: tuple[dict[str, object], ...]


def list_boards(request: BoardsRequest, job: Job) -> BoardsResult:
    """From resources/boards."""
    import msgspec

    from workbench.core.boards import load_boards

    job.checkpoint()
    return BoardsResult(boards=tuple(msgspec.to_builtins(board) for board in load_boards()))


class DeviceTile(Record, frozen=True, kw_only=True):
    """One port and what answered there; `live` is what its model says now."""

    port: str
    description: str
    passport: Passport | None
    slots: tuple[SlotState, ...] = ()
    live: LiveState = LiveState()
    error: str = ""


class DevicesListRequest(Request, frozen=True, kw_only=True):
    """List the ports of this machine and what answers there."""

    ports: Annotated[tuple[str, ...], parameter("Also ask these ports, such as socket://127.0.0.1:5000.", flag="--port")] = ()
    identify: Annotated[bool, parameter("Ask each port who is there.")] = True


class DevicesListResult(Result, frozen=True, kw_only=True):
    """Ports in order of name."""

    devices: tuple[DeviceTile, ...]


def list_devices(request: DevicesListRequest, job: Job) -> DevicesListResult:
    """Reads only."""
    from workbench.services.device_reads import list_tiles

    return DevicesListResult(devices=list_tiles(request.ports, job, wants_identity=request.identify))


class IdentifyRequest(Request, frozen=True, kw_only=True):
    """Ask who is at a port; reads only."""

    port: Port
    baud_rate_bd: Annotated[int, parameter("Line speed of a serial port.", unit="Bd", ge=1200, le=4000000)] = 115200


class IdentifyResult(Result, frozen=True, kw_only=True):
    """Identity, slots, self-test of the active slot (None if it has none), logs, and what the model says now."""

    port: str
    passport: Passport
    slots: tuple[SlotState, ...]
    self_test: SelfTestReport | None
    logs: tuple[LogInfo, ...]
    last_score: float | None = None
    last_score_utc: str = ""
    live: LiveState = LiveState()


def identify(request: IdentifyRequest, job: Job) -> IdentifyResult:
    """Nothing is written."""
    from workbench.services.device_reads import read_identity

    return read_identity(request.port, request.baud_rate_bd, job)


class Light(Record, frozen=True, kw_only=True):
    """One pre-flight light. `state`: good, failure, out_of_specification, not_checked. `fix`: what to do when not good."""

    name: str
    state: str
    value: str
    fix: str = ""


class PreflightRequest(Request, frozen=True, kw_only=True):
    """Check everything that can truly be checked before a write."""

    port: Port
    bundle: Annotated[str | None, parameter("Bundle file (.pwb); none: only the device is looked at.", path=True, file=True)] = (
        None
    )
    project: OptionalProject = None
    trust: Annotated[str | None, parameter("Trust file; default: the user's pinned root.", path=True, file=True)] = None
    expect_asset: Annotated[str | None, parameter("Tag of the pump you stand at.")] = None
    expect_serial: Annotated[str | None, parameter("Serial number of the device you stand at.")] = None
    baud_rate_bd: Annotated[int, parameter("Line speed of a serial port.", unit="Bd", ge=1200, le=4000000)] = 115200


class PreflightResult(Result, frozen=True, kw_only=True):
    """Lights in order, those of the bundle only where one is given; `is_ready` when none is red."""

    lights: tuple[Light, ...]
    is_ready: bool
    estimate_s: float | None
    identity: IdentifyResult


def preflight(request: PreflightRequest, job: Job) -> PreflightResult:
    """Reads only."""
    from workbench.services.device_reads import run_preflight

    return run_preflight(request, job)


class UpdateRequest(Request, frozen=True, kw_only=True):
    """Update a device: check, write to the spare slot, test boot, self-test, confirm, read back."""

    port: Port
    bundle: Annotated[str, parameter("Bundle file (.pwb).", path=True, file=True)]
    yes: Annotated[bool, parameter("Write, and confirm once the self-tests pass.")] = False
    project: OptionalProject = None
    trust: Annotated[str | None, parameter("Trust file; default: the user's pinned root.", path=True, file=True)] = None
    expect_asset: Annotated[str | None, parameter("Refuse unless the device carries this tag.")] = None
    expect_serial: Annotated[str | None, parameter("Refuse unless the device has this serial number.")] = None
    confirm: Annotated[bool, parameter("Confirm after the self-tests.")] = True
    baud_rate_bd: Annotated[int, parameter("Line speed of a serial port.", unit="Bd", ge=1200, le=4000000)] = 115200
    reconnect_wait_s: Annotated[
        float, parameter("How long a cable that came out is waited for.", unit="s", ge=0, le=3600, advanced=True)
    ] = 3.0


class UpdateStep(Record, frozen=True, kw_only=True):
    """One line of what happened (published live and kept in the receipt)."""

    at_utc: str
    step: str
    """identify, check, trust, transfer, verify, activate, self-test, confirm, receipt."""
    state: Literal["running", "done", "failed"]
    text: str


class TransferRate(Record, frozen=True, kw_only=True):
    """Published while writing."""

    offset_bytes: int
    total_bytes: int
    rate_Bps: float  # noqa: N815 - bytes a second, as the contract spells it
    remaining_s: float | None


class UpdateResult(Result, frozen=True, kw_only=True):
    """The verdict, read back. See help/verdicts.md."""

    verdict: VerdictWord
    state: str
    reason: str
    next_action: str
    bytes: int
    seconds: float
    rate_Bps: float  # noqa: N815
    line_rate_fraction: float | None
    before: dict[str, object]
    after: dict[str, object]
    receipt: str | None
    steps: tuple[UpdateStep, ...] = ()
    message: str = ""


def update_device(request: UpdateRequest, job: Job) -> UpdateResult:
    """Never raises for what the device did: the verdict says it. Publishes UpdateStep and TransferRate."""
    from workbench.services.device_updates import UpdateOrder, need_yes, run_update

    need_yes(request.yes)
    order = UpdateOrder(
        port=request.port, bundle=request.bundle, trust=request.trust, project=request.project,
        expect_asset=request.expect_asset, expect_serial=request.expect_serial, confirm=request.confirm,
        baud_rate_bd=request.baud_rate_bd, reconnect_wait_s=request.reconnect_wait_s,
    )  # fmt: skip
    return run_update(order, job)


class TrustRequest(Request, frozen=True, kw_only=True):
    """Bring a device's trust root up to yours, along the signed chain: rotations and revocations. An update does it too."""

    port: Port
    trust: Annotated[str | None, parameter("Trust file, its chain beside it; default: the user's.", path=True, file=True)] = None


class TrustResult(Result, frozen=True, kw_only=True):
    """Versions of the device's root before and after, and of ours; ids of the keys that may sign for the device."""

    port: str
    serial: str
    tag: str
    before: int
    after: int
    own: int
    trust_keys: tuple[str, ...]
    is_current: bool


def update_trust(request: TrustRequest, job: Job) -> TrustResult:
    """What runs keeps running. Raises DeviceRefused where the device does not follow."""
    from workbench.services.device_reads import hand_trust

    return hand_trust(request, job)


class ResumeRequest(Request, frozen=True, kw_only=True):
    """Go on with an update that was cut off, or find out what became of it."""

    port: Port
    project: OptionalProject = None
    yes: Annotated[bool, parameter("Write on and confirm, as the update was told to.")] = True


def resume_update(request: ResumeRequest, job: Job) -> UpdateResult:
    """Reads back first; writes only what is missing."""
    from workbench.services.device_updates import run_again

    return run_again(request.port, request.project, job, scope="all" if request.yes else "look", kind="update")


class ConfirmRequest(Request, frozen=True, kw_only=True):
    """Confirm the model that is test-booted, after its self-test."""

    port: Port
    project: OptionalProject = None


def confirm_device(request: ConfirmRequest, job: Job) -> UpdateResult:
    """Second touch of an update made with --no-confirm."""
    from workbench.services.device_updates import run_again

    return run_again(request.port, request.project, job, scope="confirm", kind="confirm")


class RollBackRequest(Request, frozen=True, kw_only=True):
    """Go back to the confirmed model in the other slot, at or above the security floor."""

    port: Port
    key: Annotated[str | None, parameter("Key id or name that signs the command; default: the only one there is.")] = None
    project: OptionalProject = None


def roll_back(request: RollBackRequest, job: Job, ask: Ask | None = None) -> UpdateResult:
    """Needs a signed command (device serial and nonce). Raises KeyVaultError where the key is not clear or stays locked."""
    from workbench.services.device_updates import run_roll_back
    from workbench.services.keys import ask_environment, find_key, open_vault

    def unlock() -> SigningKey:
        return open_vault().unlock(find_key(request.key).key_id, ask or ask_environment)

    return run_roll_back(request.port, unlock, request.project, job)


class PullLogsRequest(Request, frozen=True, kw_only=True):
    """Read the device's own logs; into the project too, if one is given."""

    port: Port
    out: OutFolder
    project: OptionalProject = None


class PulledLog(Record, frozen=True, kw_only=True):
    """One log file; `rows` of it."""

    kind: str
    path: str
    size_bytes: int
    sha256: str


class PullLogsResult(Result, frozen=True, kw_only=True):
    """Files, checked by hash; recordings that were imported."""

    logs: tuple[PulledLog, ...]
    recordings: tuple[str, ...]
    seconds: float
    bytes: int


def pull_logs(request: PullLogsRequest, job: Job) -> PullLogsResult:
    """Resumes where a former pull of the same log ended."""
    from workbench.services.device_reads import run_pull

    return run_pull(request, job)


class VirtualRequest(Request, frozen=True, kw_only=True):
    """Start a virtual gateway in a process of its own; prints one ready line and goes on."""

    listen: Annotated[str, parameter("socket://127.0.0.1:0 (any free port), or pty.")] = "socket://127.0.0.1:0"
    state: Annotated[str | None, parameter("Folder of its slots and logs; default: a temporary one.", path=True)] = None
    trust: Annotated[str | None, parameter("Trust file it is provisioned with; default: yours.", path=True, file=True)] = None
    board: Annotated[str, parameter("Board profile it claims to be.")] = "virtual-gateway"
    tag: Annotated[str, parameter("Equipment tag it is provisioned with.")] = "P-2041A"
    line: Annotated[str, parameter("Model line it is provisioned for; '' takes the first bundle's.")] = ""
    input: Annotated[str | None, parameter("Log (CSV) that it replays as its sensors.", path=True, file=True)] = None
    speed: Annotated[float, parameter("How many times faster than real time it replays.", ge=0.01, le=100000)] = 1.0
    baud_rate_bd: Annotated[int, parameter("Pace of the line; 0 = unpaced.", unit="Bd", ge=0)] = 0
    latency_ms: Annotated[float, parameter("Delay of the line.", unit="ms", ge=0, le=1000)] = 0.0
    fault: Annotated[tuple[str, ...], parameter("cut@BYTES, power@BYTES, full, lie or corrupt@BYTES.")] = ()


def serve_virtual(request: VirtualRequest, ready: Callable[[dict[str, object]], None]) -> None:
    """Runs in this process until it is stopped; `ready` gets the one ready line."""
    from workbench.services.device_servers import run_virtual

    run_virtual(request, ready)


def start_virtual_device(request: VirtualRequest) -> VirtualDevice:
    """Start it in a process of its own, and wait until it is ready. Raises DeviceError with what it said if it isn't."""
    from workbench.services.device_servers import start_virtual

    return start_virtual(request)


class EdgeRequest(Request, frozen=True, kw_only=True):
    """Run the gateway's agent here; prints one ready line and goes on."""

    state: Annotated[str, parameter("Folder of its slots and logs (see: pump-edge provision).", path=True)]
    port: Port
    input: Annotated[str | None, parameter("Log (CSV) that it replays as its sensors.", path=True, file=True)] = None
    speed: Annotated[float, parameter("How many times faster than real time it replays.", ge=0.01, le=100000)] = 1.0
    baud_rate_bd: Annotated[int, parameter("Line speed of a serial port.", unit="Bd", ge=1200, le=4000000)] = 115200


def serve_edge(request: EdgeRequest, ready: Callable[[dict[str, object]], None]) -> None:
    """Runs in this process until it is stopped; `ready` gets the one ready line."""
    from workbench.services.device_servers import run_edge

    run_edge(request, ready)


class VerifyReceiptRequest(Request, frozen=True, kw_only=True):
    """Check a receipt's signature and show what it says."""

    receipt: Annotated[str, parameter("Receipt file (.json).", positional=True, path=True, file=True)]


class ReceiptResult(Result, frozen=True, kw_only=True):
    """The receipt as plain data."""

    is_valid: bool
    signer: str
    receipt: dict[str, object]


def verify_receipt(request: VerifyReceiptRequest, job: Job) -> ReceiptResult:
    """The envelope is canonical and the signature holds."""
    from workbench.services.device_reads import read_receipt

    job.checkpoint()
    return read_receipt(request.receipt)
