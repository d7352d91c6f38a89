"""The two slots and the boot record: which model runs, which is on trial, and how low a release may be.

Everything that decides what runs is in one small file, `boot.json`, replaced atomically: after a power cut at any instant
the device has the former state or the next one. A slot is marked empty before its image is replaced and bootable only when
the whole image was verified. A test boot that is not confirmed is undone by the next boot, whatever caused it (the rule of
MCUboot). The security floor belongs to the record, not to a slot, and rises only at confirm.
Must not verify bundles: that is `edge.acceptance`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from workbench.core.codec import Record, decode_strict, encode_pretty, sha256_file, sync_folder, write_atomic
from workbench.core.errors import InputError
from workbench.core.wire import SlotState

N_SLOTS = 2
BOOT_FILE = "boot.json"
MAX_REMEMBERED = 64
BootOutcome = Literal["normal", "trial", "reverted", "empty", "damaged"]


class SlotContent(Record, frozen=True, kw_only=True):
    """What a slot holds, as it was when it was verified; `reason` says why the last image was refused."""

    name: str = ""
    model_line: str = ""
    release: int = 0
    floor: int = 0
    identity: str = ""
    image_sha256: str = ""
    size_bytes: int = 0
    is_bootable: bool = False
    reason: str = ""


class KnownRelease(Record, frozen=True, kw_only=True):
    """A release that was confirmed on this device once."""

    model_line: str
    release: int
    identity: str


class BootRecord(Record, frozen=True, kw_only=True):
    """The whole truth about what runs. `confirmed`, `pending` and `trial` are slot numbers or None."""

    schema: Literal[1] = 1
    slots: Annotated[tuple[SlotContent, ...], msgspec.Meta(min_length=N_SLOTS, max_length=N_SLOTS)] = (
        SlotContent(),
        SlotContent(),
    )
    confirmed: int | None = None
    pending: int | None = None
    trial: int | None = None
    security_floor: int = 0
    model_line: str = ""
    once_confirmed: tuple[KnownRelease, ...] = ()
    boots: int = 0
    last_boot: BootOutcome = "empty"

    @property
    def active(self) -> int | None:
        """The slot whose model runs."""
        return self.trial if self.trial is not None else self.confirmed

    @property
    def spare(self) -> int | None:
        """The slot that an upload goes to: never the one that runs, never the confirmed one; None during a test boot."""
        return next((slot for slot in range(N_SLOTS) if slot not in (self.active, self.confirmed)), None)


class SlotStore:
    """Slots on disk. Belongs to the agent's own thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.record = _load(folder / BOOT_FILE)

    def image_path(self, slot: int) -> Path:
        """Where a slot's image lies."""
        return self._folder / "slots" / f"{slot}.pwb"

    def boot(self) -> BootRecord:
        """Decide what runs now: a pending slot goes on trial, an unconfirmed trial is undone."""
        record = self.record
        if record.pending is not None and self.is_intact(record.pending):
            changed = msgspec.structs.replace(record, trial=record.pending, pending=None, last_boot="trial")
        elif record.trial is not None or record.pending is not None:
            changed = msgspec.structs.replace(record, trial=None, pending=None, last_boot="reverted")
        else:
            changed = msgspec.structs.replace(record, last_boot="empty" if record.confirmed is None else "normal")
        if changed.active is not None and changed.trial is None and not self.is_intact(changed.active):
            changed = msgspec.structs.replace(changed, last_boot="damaged")
        return self._save(msgspec.structs.replace(changed, boots=record.boots + 1))

    def clear(self, slot: int, *, reason: str = "") -> None:
        """Mark a slot empty and not bootable, then delete its image. Refuses the running and the confirmed slot."""
        if slot in (self.record.active, self.record.confirmed):
            raise InputError(f"Slot {slot} holds the model that runs; it is not erased.", "Upload to the spare slot.")
        pending = None if self.record.pending == slot else self.record.pending
        self._save(msgspec.structs.replace(self._with_slot(slot, SlotContent(reason=reason)), pending=pending))
        self.image_path(slot).unlink(missing_ok=True)

    def fill(self, slot: int, image: Path, content: SlotContent) -> None:
        """Move a verified image (already fsynced) into a cleared slot and mark it bootable."""
        target = self.image_path(slot)
        target.parent.mkdir(parents=True, exist_ok=True)
        image.replace(target)
        sync_folder(target.parent)
        self._save(self._with_slot(slot, msgspec.structs.replace(content, is_bootable=True)))

    def set_pending(self, slot: int) -> None:
        """Ask for a test boot of this slot at the next boot."""
        if not self.may_boot(slot):
            raise InputError(f"Slot {slot} holds nothing that may boot.", "Upload a bundle first.")
        self._save(msgspec.structs.replace(self.record, pending=slot))

    def confirm(self) -> None:
        """Make the model on trial the permanent one, remember its release, and raise the security floor."""
        record = self.record
        if record.trial is None:
            if record.confirmed is None:
                raise InputError("No model runs; there is nothing to confirm.", "Upload a bundle first.")
            return
        content = record.slots[record.trial]
        self._save(
            msgspec.structs.replace(
                record,
                confirmed=record.trial,
                trial=None,
                security_floor=max(record.security_floor, content.floor),
                model_line=record.model_line or content.model_line,
                once_confirmed=_remember(record.once_confirmed, content),
            )
        )

    def go_back(self, slot: int) -> None:
        """Make an image that was confirmed before the permanent one again; it runs from the next boot."""
        content = self.record.slots[slot]
        was_confirmed = any(known.identity == content.identity for known in self.record.once_confirmed)
        if not content.is_bootable or not was_confirmed:
            raise InputError(f"Slot {slot} holds no model that was confirmed here before.", "Update the device instead.")
        if content.release < self.record.security_floor:
            text = f"Release {content.release} is below the security floor {self.record.security_floor}."
            raise InputError(text, "Update to a newer release instead.")
        self._save(msgspec.structs.replace(self.record, confirmed=slot, trial=None, pending=None))

    def may_boot(self, slot: int) -> bool:
        """Whether the slot holds a verified image that is not below the security floor."""
        content = self.record.slots[slot]
        return content.is_bootable and content.release >= self.record.security_floor

    def is_intact(self, slot: int) -> bool:
        """Whether the slot may boot and its image still has the hash it was verified with."""
        content, path = self.record.slots[slot], self.image_path(slot)
        return content.is_bootable and path.is_file() and sha256_file(path) == content.image_sha256

    def states(self) -> tuple[SlotState, ...]:
        """Both slots as they are told to a host."""
        record = self.record
        return tuple(
            SlotState(
                slot=slot,
                name=content.name,
                release=content.release,
                identity=content.identity,
                image_sha256=content.image_sha256,
                size_bytes=content.size_bytes,
                active=record.active == slot,
                confirmed=record.confirmed == slot,
                pending=record.pending == slot,
                bootable=content.is_bootable,
                reason=content.reason,
            )
            for slot, content in enumerate(record.slots)
        )

    def _with_slot(self, slot: int, content: SlotContent) -> BootRecord:
        slots = tuple(content if number == slot else old for number, old in enumerate(self.record.slots))
        return msgspec.structs.replace(self.record, slots=slots)

    def _save(self, record: BootRecord) -> BootRecord:
        write_atomic(self._folder / BOOT_FILE, encode_pretty(record))
        self.record = record
        return record


def _load(path: Path) -> BootRecord:
    if not path.is_file():
        return BootRecord()
    return decode_strict(path.read_bytes(), BootRecord, what="The boot record")


def _remember(known: tuple[KnownRelease, ...], content: SlotContent) -> tuple[KnownRelease, ...]:
    new = KnownRelease(model_line=content.model_line, release=content.release, identity=content.identity)
    return (*(item for item in known if item.identity != new.identity), new)[-MAX_REMEMBERED:]
