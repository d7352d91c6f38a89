"""The three verdicts, and how they follow from what was read back. Never a fourth, and never one that was not read.

verified: the new model is confirmed, and the device said so when asked again.
failed: the old model runs, and the device said so: refused (nothing written), rolled back, or failed at a step.
unknown: the device could not be asked, or stands between the two; then the next action is said.
"""

from __future__ import annotations

from typing import Literal

from workbench.bundle.verify import HINTS
from workbench.core.codec import Record
from workbench.core.wire import Passport, SlotsReply, SlotState

DEVICE_HINTS = {
    "no_space": "The device's storage is full: pull its logs, free some space on it, then update again.",
    "not_provisioned": "Let the device trust the signer, at the device itself: pump-edge provision (virtual: --trust FILE).",
    "no_free_slot": "A test boot is under way: confirm it, or restart the device.",
    "too_large": "Build a smaller variant of the model.",
}
VerdictWord = Literal["verified", "failed", "unknown"]


def hint_of(reason: str, otherwise: str) -> str:
    """What to do about a device's own reason for a refusal."""
    known = {**{refusal.value: hint for refusal, hint in HINTS.items()}, **DEVICE_HINTS}
    return known.get(reason, otherwise)


class Verdict(Record, frozen=True, kw_only=True):
    """The end of an update.

    `state`: confirmed; refused, rolled_back, failed_at_STEP; awaiting_confirm, on_trial,
    test_boot_pending, not_reached, other_model.
    """

    word: VerdictWord
    state: str
    reason: str = ""
    message: str = ""
    next_action: str = ""


class Snapshot(Record, frozen=True, kw_only=True):
    """What the device said about itself at one moment."""

    passport: Passport
    slots: SlotsReply

    @property
    def active(self) -> SlotState | None:
        """The slot that runs."""
        return next((slot for slot in self.slots.slots if slot.active), None)

    @property
    def confirmed(self) -> SlotState | None:
        """The slot that stays."""
        return next((slot for slot in self.slots.slots if slot.confirmed), None)

    def find(self, image_sha256: str) -> SlotState | None:
        """The slot that holds this image; a bootable one first."""
        found = [slot for slot in self.slots.slots if slot.image_sha256 == image_sha256]
        return next((slot for slot in found if slot.bootable), found[0] if found else None)

    @property
    def has_free_slot(self) -> bool:
        """Whether an upload has somewhere to go."""
        return any(not slot.active and not slot.confirmed for slot in self.slots.slots)


class Trouble(Record, frozen=True, kw_only=True):
    """Why an update did not go through: the step, a word for programs, a text for people."""

    step: str
    reason: str
    message: str
    hint: str = ""
    is_refusal: bool = False
    """Refused before anything was written."""


def judge(image_sha256: str, before: Snapshot | None, after: Snapshot, trouble: Trouble | None, port: str) -> Verdict:
    """The verdict from what was read back at the end. `before` None: the update never got as far as reading the device."""
    target = after.find(image_sha256)
    if trouble is not None and trouble.is_refusal and _is_old_model(before, after):
        # Also where the wanted model runs there already: at the wrong pump that is no success.
        text = f"Nothing was written. {trouble.message}"
        return Verdict(word="failed", state="refused", reason=trouble.reason, message=text, next_action=trouble.hint)
    if target is not None and target.active and target.confirmed:
        text = f"Release {target.release} runs on {after.passport.tag or after.passport.serial} and is confirmed."
        return Verdict(word="verified", state="confirmed", message=text)
    if target is not None and target.active:
        return _on_trial(target, trouble, port)
    if target is not None and target.pending:
        return _pending(target, trouble, port)
    reason, message = (trouble.reason, trouble.message) if trouble else ("", "")
    if not _is_old_model(before, after):
        action = f"Look at the device first: workbench devices identify --port {port}"
        text = message or "Another model runs than before the update."
        return Verdict(word="unknown", state="other_model", reason=reason or "other_model", message=text, next_action=action)
    return Verdict(
        word="failed", state=_failed_state(trouble), reason=reason,
        message=f"{_old_model_text(after)} {message}".strip(), next_action=trouble.hint if trouble else "",
    )  # fmt: skip


def not_reached(trouble: Trouble, port: str, *, has_begun: bool) -> Verdict:
    """The verdict when the device could not be asked at the end."""
    if has_begun:
        action = f"Plug the cable back in, then: workbench devices resume --port {port}"
    else:
        action = f"Plug the device in, then: workbench devices identify --port {port}"
    return Verdict(word="unknown", state="not_reached", reason=trouble.reason, message=trouble.message, next_action=action)


def _on_trial(target: SlotState, trouble: Trouble | None, port: str) -> Verdict:
    if trouble is None:
        text = f"Release {target.release} is on its test boot and has passed its tests; the next restart undoes it."
        action = f"Confirm it: workbench devices confirm --port {port}"
        return Verdict(word="unknown", state="awaiting_confirm", reason="not_confirmed", message=text, next_action=action)
    action = f"Go on: workbench devices resume --port {port}. A restart of the device brings the old model back."
    return Verdict(word="unknown", state="on_trial", reason=trouble.reason, message=trouble.message, next_action=action)


def _pending(target: SlotState, trouble: Trouble | None, port: str) -> Verdict:
    text = f"The old model is still running, but the next restart tries release {target.release}."
    action = f"Go on: workbench devices resume --port {port}"
    reason = trouble.reason if trouble else "not_restarted"
    return Verdict(word="unknown", state="test_boot_pending", reason=reason, message=text, next_action=action)


def _is_old_model(before: Snapshot | None, after: Snapshot) -> bool:
    if before is None:
        return True
    # During somebody's test boot the confirmed model is the one to come back to.
    was = before.confirmed or before.active
    runs = after.active
    return (was.identity if was else "") == (runs.identity if runs else "")


def _failed_state(trouble: Trouble | None) -> str:
    if trouble is None:
        return "not_started"
    if trouble.is_refusal:
        return "refused"
    if trouble.step in ("activate", "self-test", "confirm"):
        return "rolled_back"
    return f"failed_at_{trouble.step.replace('-', '_')}"


def _old_model_text(after: Snapshot) -> str:
    active = after.active
    return f"The old model is still running (release {active.release})." if active else "No model runs, as before."
