"""The agent on a gateway: boots a slot's model, scores its sensors with it, keeps its own logs, and lets itself be updated.

One thread does everything: `tick` is called between messages. All state that must survive lies on disk and is read anew by
`boot`, so a restart, a reset command and a power cut are one and the same thing. Must not open any port itself.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from workbench.bundle.chain import TrustChain, follow
from workbench.bundle.trust import TrustRoot
from workbench.core.clock import Clock, format_utc, now_ns
from workbench.core.errors import BundleRejected, InputError, ModelError
from workbench.core.provenance import version
from workbench.core.sketch_record import ChannelSketch
from workbench.core.wire import LiveState, Passport, SelfTestReport
from workbench.edge.acceptance import Gate, gate_of, load_image
from workbench.edge.logger import DeviceLogs
from workbench.edge.model import RunningModel
from workbench.edge.provisioning import Provisioning, load_device_trust, load_provisioning, save_device_trust
from workbench.edge.sensors import Replay, no_samples
from workbench.edge.slots import SlotStore
from workbench.edge.uploads import Uploads
from workbench.edge.watch import Watch

FRAMINGS = ("lines", "raw")
UNPROVISIONED = Provisioning(board="linux-gateway", serial="unprovisioned")


class Agent:
    """A device, from its folder on disk."""

    def __init__(
        self,
        folder: Path,
        replay: Replay | None = None,
        *,
        clock: Clock = now_ns,
        upload_quota_bytes: int | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.folder = folder
        self.is_reset_wanted = False
        self._replay = replay
        self._clock = clock
        self._upload_quota_bytes = upload_quota_bytes
        self._monotonic = monotonic
        folder.mkdir(parents=True, exist_ok=True)
        self.boot()

    def boot(self) -> None:
        """Start from what is on disk: nothing that was only in memory survives."""
        self.is_reset_wanted = False
        self._booted_s = self._monotonic()
        self.provisioning = load_provisioning(self.folder) or UNPROVISIONED
        self.trust: TrustRoot = load_device_trust(self.folder)
        self.logs = DeviceLogs(self.folder / "logs")
        self.slots = SlotStore(self.folder)
        self.slots.boot()
        self.self_test: SelfTestReport | None = None
        self.model = self._start_model()
        self.uploads = Uploads(self.folder, self.slots, quota_bytes=self._upload_quota_bytes)
        self._watch = Watch(self.model, self.logs)
        if self._replay is not None:
            self._replay.skip_to(self._watch.newest_ns)
        record = self.slots.record
        release = self.model.manifest.release if self.model else "none"
        self.logs.event(self._clock(), f"boot_{record.last_boot}", f"slot {record.active}, release {release}")

    def tick(self) -> None:
        """Take the samples that have come and score them; where none come, time passes."""
        self._watch.take(self._replay.due() if self._replay is not None else no_samples(self._clock()))

    @property
    def gate(self) -> Gate:
        """What this device accepts now."""
        return gate_of(self.provisioning, self.trust, self.slots.record)

    @property
    def live(self) -> LiveState:
        """What the running model says now: its newest score, or that it has none, or no data."""
        return self._watch.live

    @property
    def sketches(self) -> tuple[ChannelSketch, ...]:
        """What the inputs and scores looked like since the last boot."""
        return self._watch.sketches

    def passport(self) -> Passport:
        """Who this device is."""
        record = self.slots.record
        return Passport(
            board=self.provisioning.board, serial=self.provisioning.serial, tag=self.provisioning.tag,
            model_line=self.provisioning.model_line or record.model_line, agent_version=version(),
            security_floor=record.security_floor, trust_keys=self._signer_ids(),
            uptime_s=self._monotonic() - self._booted_s, clock_utc=format_utc(self._clock()),
            free_bytes=shutil.disk_usage(self.folder).free, last_reset=record.last_boot, framings=FRAMINGS,
            trust_version=self.trust.version if self.trust.keys else 0,
        )  # fmt: skip

    def take_trust(self, chain: TrustChain) -> None:
        """Follow a chain of trust roots; what runs keeps running. Raises BundleError, and then nothing was changed."""
        following = follow(self.trust, chain)
        if following.version == self.trust.version:
            return
        save_device_trust(self.folder, following)
        self.trust = following
        self.note("trust_root", f"version {following.version}")

    def _signer_ids(self) -> tuple[str, ...]:
        may_sign = (key for key in self.trust.keys if "bundle" in key.roles and not key.is_revoked)
        return tuple(key.key_id for key in may_sign if key.is_active or key.kept)

    def run_self_test(self) -> SelfTestReport | None:
        """The golden vectors of the active slot, run now; None when no model runs."""
        active = self.slots.record.active
        if self.model is None or active is None:
            return None
        self.self_test = self.model.self_test(active)
        return self.self_test

    def confirm(self) -> None:
        """Keep the model on trial. Raises InputError unless its golden vectors passed on this device since boot."""
        report = self.self_test
        if self.slots.record.trial is not None and (report is None or report.n_passed < report.n_vectors):
            raise InputError("The model on trial has not passed its golden vectors.", "Run the self-test first.")
        was = self.slots.record.confirmed
        self.slots.confirm()
        if self.slots.record.confirmed != was:
            self.note("confirmed", f"slot {self.slots.record.confirmed}")

    def note(self, name: str, detail: str = "") -> None:
        """Write one line into the device's own log of events."""
        self.logs.event(self._clock(), name, detail)

    def _start_model(self) -> RunningModel | None:
        model = self._load_active()
        record = self.slots.record
        if record.trial is None:
            return model
        if model is not None and self._passes(model, record.trial):
            return model
        self.slots.boot()
        self.self_test = None
        self.note("trial_failed", "the golden vectors failed or the model could not be loaded")
        return self._load_active()

    def _passes(self, model: RunningModel, slot: int) -> bool:
        try:
            self.self_test = model.self_test(slot)
        except ModelError as error:
            self.note("model_refused", str(error))
            return False
        return self.self_test.n_passed == self.self_test.n_vectors

    def _load_active(self) -> RunningModel | None:
        active = self.slots.record.active
        if active is None or self.slots.record.last_boot == "damaged":
            return None
        gate = self.gate if self.slots.record.trial is not None else None
        try:
            return RunningModel(*load_image(self.slots.image_path(active), gate))
        except (BundleRejected, ModelError, InputError, OSError) as error:
            self.note("model_refused", str(error))
            return None
