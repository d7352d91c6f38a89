"""What an update is made of: its transitions, what shall happen, what is heard on the way, and what is known at the end.

Plain values; `deployment.py` moves them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from workbench.bundle.verify import OpenedBundle
from workbench.core.clock import Clock, now_ns
from workbench.core.codec import Record
from workbench.core.wire import SelfTestReport
from workbench.devices.checks import CheckLight, CheckPlan
from workbench.devices.host_windows import HostTest
from workbench.devices.protocols.smp import SmpClient
from workbench.devices.protocols.upload import Image
from workbench.devices.verdicts import Snapshot, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One step of an update: how long it may take, how often a lost link is tried again, whether a person may cancel."""

    name: str
    timeout_s: float
    n_retries: int
    is_cancellable: bool


TRANSITIONS = {
    transition.name: transition
    for transition in (
        Transition(name="connect", timeout_s=10, n_retries=2, is_cancellable=True),
        Transition(name="identify", timeout_s=20, n_retries=2, is_cancellable=True),
        Transition(name="check", timeout_s=30, n_retries=2, is_cancellable=True),
        Transition(name="trust", timeout_s=60, n_retries=2, is_cancellable=True),
        Transition(name="transfer", timeout_s=4 * 3600, n_retries=5, is_cancellable=True),
        Transition(name="verify", timeout_s=60, n_retries=2, is_cancellable=True),
        Transition(name="activate", timeout_s=120, n_retries=3, is_cancellable=False),
        Transition(name="self-test", timeout_s=120, n_retries=3, is_cancellable=False),
        Transition(name="confirm", timeout_s=30, n_retries=3, is_cancellable=False),
        Transition(name="read-back", timeout_s=30, n_retries=2, is_cancellable=False),
    )
}


class Step(Record, frozen=True, kw_only=True):
    """One line of what happened. `state`: running, done or failed."""

    at_utc: str
    step: str
    state: str
    text: str


class Sent(Record, frozen=True, kw_only=True):
    """How far the transfer is."""

    offset_bytes: int
    total_bytes: int
    rate_bytes_per_s: float
    remaining_s: float | None


class Outcome(Record, frozen=True, kw_only=True):
    """Everything there is to know at the end. `n_bytes` were accepted by the device in this run."""

    verdict: Verdict
    before: Snapshot | None
    after: Snapshot | None
    lights: tuple[CheckLight, ...]
    self_test: SelfTestReport | None
    host_test: HostTest | None
    n_bytes: int
    transfer_s: float
    seconds: float
    line_rate_bytes_per_s: float | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What shall happen."""

    port: str
    plan: CheckPlan
    bundle: OpenedBundle | None
    """None where the image is no bundle; the check refuses it then."""
    image: Image
    confirm: bool = True
    scope: Literal["all", "confirm", "look"] = "all"
    """confirm: only test and confirm what is on its test boot; look: only read back."""
    before: Snapshot | None = None
    """On a resume: the device as it was before the update was begun."""
    reconnect_wait_s: float = 3.0
    """How long a link that broke is tried again before the verdict is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the machine needs from outside: a way to connect, ears for its steps, and time."""

    open_client: Callable[[], SmpClient]
    on_step: Callable[[Step], None]
    on_sent: Callable[[Sent], None]
    checkpoint: Callable[[], None]
    clock: Clock = now_ns
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
