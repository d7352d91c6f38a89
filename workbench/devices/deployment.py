"""An update as a journalled state machine, driven by what the device says about itself.

connect → identify → check → trust (where its trust root is older) → transfer → verify → activate (test boot) → self-test →
confirm. Before each transition a line is forced to disk, so a killed program resumes. Which transition comes next is read
from the device every time, never remembered: after a pulled cable, a power cut or a restart the same loop simply goes on.
Must not print, and must not raise for what the device does: the verdict says it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

import msgspec
import numpy as np

from workbench.bundle.signing import Envelope
from workbench.bundle.verify import OpenedBundle
from workbench.core.clock import format_utc
from workbench.core.errors import DeviceError, DeviceRefused, JobCancelled, ReplyTimeout, VerifyMismatch
from workbench.core.transition_log import TransitionLog
from workbench.core.wire import SelfTestReport, SlotState
from workbench.devices.checks import CheckLight, check_device, first_trouble, trusts_without_chain
from workbench.devices.host_windows import HostTest, ask_device, draw_windows
from workbench.devices.link import LINK_ERRORS, Link
from workbench.devices.protocols.upload import Upload
from workbench.devices.trust_links import hand_links, links_for
from workbench.devices.update_plan import TRANSITIONS, Outcome, Sent, Step, Surroundings, Update
from workbench.devices.verdicts import Snapshot, Trouble, Verdict, hint_of, judge, not_reached

MAX_ACTIVATIONS = 2
MAX_TURNS = 24


class Stopped(Exception):  # noqa: N818 - carries the reason to the one place that judges
    """The update can't go through."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.message)
        self.trouble = trouble


class Deployment:
    """One run of an update. Call `run` once."""

    def __init__(self, update: Update, log: TransitionLog, around: Surroundings) -> None:
        self._update = update
        self._log = log
        self._around = around
        self._link = Link(
            around.open_client, reconnect_wait_s=update.reconnect_wait_s, monotonic=around.monotonic, sleep=around.sleep
        )
        self._before = update.before
        self._now: Snapshot | None = None
        self._lights: tuple[CheckLight, ...] = ()
        self._self_test: SelfTestReport | None = None
        self._host_test: HostTest | None = None
        self._is_checked = self._is_trust_handed = self._is_verified = self._is_tested = False
        self._n_activations = 0
        self._n_bytes = 0
        self._transfer_s = 0.0
        self._steps: list[Step] = []

    def run(self) -> Outcome:
        """Drive the device to the end and judge. Raises JobCancelled, which leaves the old model running."""
        started_s = self._around.monotonic()
        trouble: Trouble | None = None
        try:
            self._drive()
        except Stopped as stop:
            trouble = stop.trouble
        except JobCancelled:
            self._log.append("update", "failed", {"reason": "cancelled"})
            self._link.hang_up()
            raise
        verdict, after = self._judge(trouble)
        self._link.hang_up()
        self._log.append("update", "done", {"verdict": verdict.word, "state": verdict.state, "reason": verdict.reason})
        return Outcome(
            verdict=verdict, before=self._before, after=after, lights=self._lights, self_test=self._self_test,
            host_test=self._host_test, n_bytes=self._n_bytes, transfer_s=self._transfer_s, steps=tuple(self._steps),
            seconds=self._around.monotonic() - started_s, line_rate_bytes_per_s=self._link.rate_bytes_per_s,
        )  # fmt: skip

    # The loop

    def _drive(self) -> None:
        self._attempt("identify", self._identify)
        for _ in range(MAX_TURNS):
            name = self._next_transition()
            if name is None:
                return
            self._attempt(name, self._actions()[name])
        raise Stopped(Trouble(step="update", reason="no_progress", message="The device does not come to an end."))

    def _actions(self) -> dict[str, Callable[[], str]]:
        return {
            "check": self._check, "trust": self._hand_trust, "transfer": self._transfer, "verify": self._verify,
            "activate": self._activate, "self-test": self._test, "confirm": self._confirm,
        }  # fmt: skip

    def _next_transition(self) -> str | None:
        """What comes next, from what the device said last."""
        assert self._now is not None
        target = self._now.find(self._update.image.sha256)
        if self._update.scope == "look":
            return None
        if not self._is_checked:
            return "check"
        if not self._is_trust_handed and self._update.scope == "all" and self._links():
            return "trust"
        if target is not None and target.active:
            if target.confirmed:
                return None
            if not self._is_tested:
                return "self-test"
            return "confirm" if self._update.confirm else None
        if self._update.scope == "confirm":
            return None
        return self._next_write(target)

    def _next_write(self, target: SlotState | None) -> str:
        if target is None or not target.bootable:
            return "transfer"
        if not self._is_verified:
            return "verify"
        if self._n_activations >= MAX_ACTIVATIONS:
            raise Stopped(self._undone())
        return "activate"

    def _attempt(self, name: str, action: Callable[[], str]) -> None:
        """One transition, tried again over a new link when the old one breaks."""
        transition = TRANSITIONS[name]
        for attempt in range(transition.n_retries + 1):
            if transition.is_cancellable:
                self._around.checkpoint()
            self._log.append(name, "begin", {"attempt": attempt})
            self._tell(name, "running", "")
            try:
                self._link.connect()
                self._now = self._link.look()
                text = action()
                self._now = self._link.look()
            except LINK_ERRORS as error:
                self._lost(name, error, is_last=attempt == transition.n_retries)
                continue
            except DeviceError as error:
                raise self._stop(name, error) from error
            self._log.append(name, "done", {"text": text})
            self._tell(name, "done", text)
            return

    def _lost(self, name: str, error: DeviceError, *, is_last: bool) -> None:
        self._link.hang_up()
        self._log.append(name, "failed", {"reason": error.code.lower(), "text": error.message})
        if is_last or self._link.is_lost:
            raise self._stop(name, error) from error

    def _stop(self, name: str, error: DeviceError) -> Stopped:
        reason = getattr(error, "reason", "") or error.code.lower()
        trouble = Trouble(step=name, reason=reason, message=error.message, hint=error.hint)
        if name == "transfer" and isinstance(error, DeviceRefused):
            trouble = self._refusal(trouble)
        self._tell(name, "failed", trouble.message)
        return Stopped(trouble)

    def _refusal(self, trouble: Trouble) -> Trouble:
        """The device's own reason; a refusal where it had taken nothing is one before any write."""
        now = self._link.read_back()
        if now is None:
            return trouble
        reason = now.slots.refusal or trouble.reason
        is_refusal = bool(now.slots.refusal) and now.slots.refused_at_bytes == 0
        if is_refusal:
            self._n_bytes = 0
        text = f"The device refused: {reason.replace('_', ' ')}."
        hint = hint_of(reason, trouble.hint)
        return msgspec.structs.replace(trouble, reason=reason, message=text, hint=hint, is_refusal=is_refusal)

    def _undone(self) -> Trouble:
        text = f"The device undid the test boot {self._n_activations} times."
        hint = "Read its events (pull-logs) and show them to who built the bundle."
        return Trouble(step="activate", reason="test_boot_undone", message=text, hint=hint)

    # Transitions: the device was looked at just before, so each may be run again

    def _identify(self) -> str:
        assert self._now is not None
        if self._before is None:
            self._before = self._now
        passport = self._now.passport
        self._log.append("identify", "done", {"serial": passport.serial, "before": msgspec.to_builtins(self._before)})
        return f"{passport.board} {passport.serial}, pump {passport.tag or 'without tag'}"

    def _check(self) -> str:
        assert self._now is not None
        self._lights = check_device(self._update.plan, self._now)
        trouble = first_trouble(self._lights)
        if trouble is not None:
            self._tell("check", "failed", trouble.message)
            raise Stopped(trouble)
        self._is_checked = True
        return f"{sum(light.state == 'good' for light in self._lights)} lights are good"

    def _links(self) -> tuple[Envelope, ...]:
        assert self._now is not None
        plan = self._update.plan
        return links_for(self._now.passport, plan.trust, plan.chain)

    def _hand_trust(self) -> str:
        """Rotations and revocations first. A device that trusts the signer by a root of its own is not made to follow ours."""
        assert self._now is not None
        links, passport = self._links(), self._now.passport
        if not links:
            return "taken already"  # the answer was lost, not the chain
        version = hand_links(self._link.client, links)
        self._is_trust_handed = True
        if version is not None:
            return f"the device's trust root is {version} now"
        if trusts_without_chain(passport, self._update.bundle):
            return f"the device keeps trust root {passport.trust_version}, which is not the one before ours"
        text = f"The device does not follow from its trust root {passport.trust_version} to ours, so it refuses the bundle."
        self._tell("trust", "failed", text)
        hint = hint_of("not_provisioned", "")
        raise Stopped(Trouble(step="trust", reason="key_unknown", message=text, hint=hint, is_refusal=True))

    def _transfer(self) -> str:
        image = self._update.image
        assert self._now is not None
        upload = Upload(self._link.client, image, is_fresh=self._now.slots.upload.image_sha256 != image.sha256)
        started_s = self._around.monotonic()
        try:
            for offset in upload.offsets():
                self._report(offset, upload.first_offset or 0, started_s)
                self._around.checkpoint()
        finally:
            self._transfer_s += self._around.monotonic() - started_s
        if upload.is_match is False:
            raise VerifyMismatch(
                "The device's hash of the image is another one.", "Send it again with: workbench devices resume."
            )
        return f"{len(image.data)} bytes"

    def _verify(self) -> str:
        assert self._now is not None
        target = self._now.find(self._update.image.sha256)
        if target is None or not target.bootable:
            return "the image is not there any more"
        if target.identity != self._bundle.identity:
            raise VerifyMismatch("The device read another bundle from the same bytes.", "Update the device's agent.")
        self._is_verified = True
        return f"hash {target.image_sha256[:12]} read back from slot {target.slot}"

    def _activate(self) -> str:
        if self._runs_target():
            return "test boot"  # the reset was heard, though its answer was lost
        self._n_activations += 1
        self._is_tested = False
        self._link.client.set_test(self._update.image.sha256)
        self._link.restart(TRANSITIONS["activate"].timeout_s)
        return "test boot"

    def _test(self) -> str:
        if not self._runs_target():
            return "the device restarted meanwhile"
        client, bundle = self._link.client, self._bundle
        report = client.self_test()
        if report is None or report.n_passed < report.n_vectors:
            passed = f"{report.n_passed} of {report.n_vectors}" if report else "None of the"
            raise self._failed_test("golden_vectors", f"{passed} golden vectors passed on the device.")
        self._self_test = report
        windows = draw_windows(
            bundle.manifest, bundle.members, np.random.default_rng(secrets.randbits(64)), at_ns=self._around.clock()
        )
        self._host_test = ask_device(client, windows, bundle.manifest.golden_tolerance)
        if self._host_test.is_passed:
            self._is_tested = True
            drawn = f"{self._host_test.n_passed} windows drawn now"
            return f"{report.n_passed} of {report.n_vectors} golden vectors, {drawn}"
        if not self._still_runs_target():
            return "the device restarted meanwhile"
        wrong = self._host_test.n_windows - self._host_test.n_passed
        text = f"{wrong} of {self._host_test.n_windows} windows drawn now got another score than here."
        raise self._failed_test("wrong_scores", text)

    def _confirm(self) -> str:
        if not self._runs_target():
            return "the device restarted meanwhile"
        self._link.client.confirm(self._update.image.sha256)
        return "confirmed"

    # Helpers

    @property
    def _bundle(self) -> OpenedBundle:
        assert self._update.bundle is not None, "the check refuses what is no bundle"
        return self._update.bundle

    def _runs_target(self) -> bool:
        assert self._now is not None
        target = self._now.find(self._update.image.sha256)
        return target is not None and target.active

    def _still_runs_target(self) -> bool:
        """Asked anew: a wrong score from the old model after a power cut says nothing about the new one."""
        self._now = self._link.look()
        return self._runs_target()

    def _failed_test(self, reason: str, text: str) -> Stopped:
        """A model that answers wrongly must not stay: a restart brings the old one back."""
        self._tell("self-test", "failed", text)
        self._log.append("self-test", "failed", {"reason": reason, "text": text})
        try:
            self._link.restart(TRANSITIONS["activate"].timeout_s)
        except DeviceError as error:
            self._log.append("roll-back", "failed", {"text": error.message})
        return Stopped(Trouble(step="self-test", reason=reason, message=text, hint="Don't use this bundle on this device."))

    def _report(self, offset: int, had: int, started_s: float) -> None:
        total, seconds = len(self._update.image.data), self._around.monotonic() - started_s
        if seconds > TRANSITIONS["transfer"].timeout_s:
            raise ReplyTimeout(f"{offset} of {total} bytes were sent in {seconds:.0f} s.", "Look for a faster line, then resume.")
        rate = (offset - had) / seconds if seconds > 0 else 0.0
        self._n_bytes = max(self._n_bytes, offset - had)
        remaining_s = (total - offset) / rate if rate > 0 else None
        self._around.on_sent(Sent(offset_bytes=offset, total_bytes=total, rate_bytes_per_s=rate, remaining_s=remaining_s))

    def _judge(self, trouble: Trouble | None) -> tuple[Verdict, Snapshot | None]:
        """Read back once more, and let that decide."""
        after = self._link.read_back() if self._before is not None else None
        if after is None:
            lost = trouble or Trouble(step="read-back", reason="disconnected", message="The device could not be read back.")
            return not_reached(lost, self._update.port, has_begun=self._before is not None), None
        return judge(self._update.image.sha256, self._before, after, trouble, self._update.port), after

    def _tell(self, name: str, state: str, text: str) -> None:
        step = Step(at_utc=format_utc(self._around.clock()), step=name, state=state, text=text)
        self._steps.append(step)
        self._around.on_step(step)
