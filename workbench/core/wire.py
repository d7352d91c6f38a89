"""Our own SMP group: numbers and payloads shared by the host (`devices`) and the agent (`edge`).

The standard groups (OS 0, image 1) are those of MCUmgr and are in `smp_codec`. Payloads of our group travel as
CBOR maps and are converted to these records strictly.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum

from workbench.core.codec import Record

PUMP_GROUP = 64


class PumpCommand(IntEnum):
    """Command numbers in group 64."""

    PASSPORT = 0
    SLOTS = 1
    SELF_TEST = 2
    SCORE_WINDOW = 3
    LOG_LIST = 4
    LOG_READ = 5
    DRIFT = 6
    ROLL_BACK = 7
    NONCE = 8
    LIVE = 9
    TRUST = 10


class PumpStatus(IntEnum):
    """Return codes of group 64; each has a word that a technician can read."""

    OK = 0
    UNKNOWN = 1
    REFUSED = 2
    BUSY = 3
    NO_SPACE = 4
    NOT_FOUND = 5
    BAD_REQUEST = 6
    NOT_TRUSTED = 7


class Passport(Record, frozen=True, kw_only=True):
    """Who the device is: board, serial, pump tag, model line, agent version, security floor.

    `trust_keys`: ids of the keys that may sign a bundle for it, replaced ones with bundles of before included.
    """

    board: str
    serial: str
    tag: str
    model_line: str
    agent_version: str
    security_floor: int
    trust_keys: tuple[str, ...]
    uptime_s: float
    clock_utc: str
    free_bytes: int
    last_reset: str = ""
    framings: tuple[str, ...] = ("lines",)
    """lines (SMP's own), raw (core/smp_raw.py)."""
    trust_version: int = 0
    """Of the device's trust root; 0 from an agent that takes no chain of roots."""


class SlotState(Record, frozen=True, kw_only=True):
    """One slot: what is in it and what role it plays."""

    slot: int
    name: str
    release: int
    identity: str
    """SHA-256 of the bundle's canonical manifest; '' when empty."""
    image_sha256: str
    size_bytes: int
    active: bool
    confirmed: bool
    pending: bool
    bootable: bool
    reason: str = ""
    """Why the slot's content was refused, one of `bundle.verify.Refusal`, or ''."""


class SelfTestReport(Record, frozen=True, kw_only=True):
    """Result of the golden vectors run on the device."""

    slot: int
    n_vectors: int
    n_passed: int
    largest_error: float
    allowed_error: float
    seconds: float


class LogInfo(Record, frozen=True, kw_only=True):
    """One log kept by the device. `kind`: alerts, scores, minutes, raw, events."""

    log_id: int
    kind: str
    size_bytes: int
    first_utc: str
    last_utc: str
    sha256: str


class UploadProgress(Record, frozen=True, kw_only=True):
    """The upload that a device would go on with; `image_sha256` '' when there is none."""

    image_sha256: str = ""
    size_bytes: int = 0
    offset_bytes: int = 0


class SlotsReply(Record, frozen=True, kw_only=True):
    """Both slots, the upload under way, the last refusal, how the device booted, and a slot's size."""

    slots: tuple[SlotState, ...]
    upload: UploadProgress
    refusal: str = ""
    """Reason of the last refused upload, one of `bundle.verify.Refusal` or no_free_slot, too_large, not_provisioned, no_space."""
    refused_at_bytes: int = 0
    """Bytes that had been written to the spare slot when the last upload was refused; 0 = nothing was written."""
    last_boot: str = ""
    """normal, trial, reverted, empty or damaged."""
    slot_bytes: int = 0


class ScoreReply(Record, frozen=True, kw_only=True):
    """Answer to a window that was sent in pieces: how much is there, and once it is whole the score (None = no score)."""

    offset_bytes: int
    is_scored: bool = False
    score: float | None = None
    raw: float | None = None


class Verdict(StrEnum):
    """What a running model can say: a score, or why it has none. Never a number where there is none."""

    SCORED = "scored"
    NO_SCORE = "no_score"
    """Its window is not whole: it still fills, a short gap lies in it, or the next window is overdue."""
    NO_DATA = "no_data"
    """A sensor has been silent for longer than the model's window."""
    NO_MODEL = "no_model"


class SilentChannel(Record, frozen=True, kw_only=True):
    """A sensor that fell silent: its last good sample, '' if none came since the device's start."""

    name: str
    since_utc: str


class TrustReply(Record, frozen=True, kw_only=True):
    """Answer to a chain that was sent in pieces: how much is there, and the version of the device's root."""

    offset_bytes: int
    version: int


class LiveState(Record, frozen=True, kw_only=True):
    """What the running model says now; `score` None = no score.

    `state` is a `Verdict`, or '' from an agent that does not say. `score_utc` is the end of the newest window, `as_of_utc` the
    instant up to which the device has heard its sensors. `silent` names the first few of the `n_silent` sensors.
    """

    score: float | None = None
    score_utc: str = ""
    is_alert: bool = False
    state: str = ""
    as_of_utc: str = ""
    n_silent: int = 0
    silent: tuple[SilentChannel, ...] = ()


class DeviceCommand(Record, frozen=True, kw_only=True):
    """What a signed command says (DSSE, PAYLOAD_COMMAND): only this device, only with the nonce that it just gave out."""

    command: str
    serial: str
    nonce: str
    identity: str = ""
    """roll_back: identity of the model that shall run again."""
