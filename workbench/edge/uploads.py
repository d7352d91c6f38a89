"""Taking an image over a line that may be cut at any byte: one upload at a time, resumed by its hash.

The first bytes stay in memory until the signed head of the bundle was accepted; only then the spare slot is cleared and
written. Bytes reach the disk before they are counted in the session file, so after a power cut the upload goes on from what
is certainly there. Must not decide what boots.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from workbench.core.codec import Record, decode_strict, encode_canonical, write_atomic
from workbench.core.errors import BundleRejected, InputError
from workbench.edge.acceptance import Gate, content_of
from workbench.edge.slots import SlotStore

PART_FILE = "upload.part"
SESSION_FILE = "upload.json"
SYNC_BYTES = 32 * 1024
RESERVED_BYTES = 4 * 1024 * 1024
"""Disk space that an upload leaves free for logs and the boot record."""


class UploadSession(Record, frozen=True, kw_only=True):
    """An upload that was begun: its hash, its length, and how much of it is certainly on disk."""

    image_sha256: str
    size_bytes: int
    synced_bytes: int = 0


class DeviceFull(Exception):  # noqa: N818 - the state, as a person would say it
    """The gateway's disk has no room for the image."""


class Uploads:
    """The one upload. `offset` is the next byte wanted; `refusal` the reason of the last refusal, '' if none."""

    def __init__(self, folder: Path, slots: SlotStore, *, quota_bytes: int | None = None) -> None:
        self._folder = folder
        self._slots = slots
        self._quota_bytes = quota_bytes
        self._head = bytearray()
        self._hash = hashlib.sha256()
        self._session: UploadSession | None = None
        self._is_writing = False
        self.offset = 0
        self.refusal = ""
        self.refused_at_bytes = 0
        self._recover()

    @property
    def session(self) -> UploadSession | None:
        """The upload that is under way, None if there is none."""
        return self._session

    def begin(self, image_sha256: str, size_bytes: int, gate: Gate) -> int:
        """Start an upload, or find one that can go on; returns the offset wanted. Raises BundleRejected, DeviceFull."""
        session = self._session
        if session is not None and (session.image_sha256, session.size_bytes) == (image_sha256, size_bytes):
            return self.offset
        self.refusal, self.refused_at_bytes = "", 0
        if self.has(image_sha256):
            return size_bytes
        if self._slots.record.spare is None:
            raise self._refused(BundleRejected("No slot is free.", "Confirm or reset first.", reason="no_free_slot"))
        try:
            gate.check_size(size_bytes)
        except BundleRejected as error:
            raise self._refused(error) from error
        if shutil.disk_usage(self._folder).free < size_bytes + RESERVED_BYTES:
            self.refusal = "no_space"
            raise DeviceFull
        self.abandon()
        self._session = UploadSession(image_sha256=image_sha256, size_bytes=size_bytes)
        return 0

    def has(self, image_sha256: str) -> bool:
        """Whether the spare slot holds this very image, verified: then nothing needs to be sent."""
        spare, slots = self._slots.record.spare, self._slots
        if spare is None or slots.record.slots[spare].image_sha256 != image_sha256:
            return False
        return slots.may_boot(spare) and slots.is_intact(spare)

    def take(self, offset: int, data: bytes, gate: Gate) -> int:
        """Take a piece if it is the next one; returns the offset wanted. Raises BundleRejected, InputError."""
        session = self._session
        if session is None:
            raise InputError("No upload was begun.", "Send the first piece first.")
        if offset != self.offset or not data:
            return self.offset
        if offset + len(data) > session.size_bytes:
            raise InputError("The upload is longer than it said.", "Send it again.")
        if self._is_writing:
            self._write(data)
        else:
            self._head += data
            self.offset += len(data)
            self._try_head(gate, session)
        return self.offset

    def finish(self, gate: Gate) -> bool:
        """After the last byte: check hash and bundle, fill the spare slot. Returns whether the hash is right.

        Raises BundleRejected when the bundle is refused; the slot then stays empty with the reason.
        """
        session = self._session
        assert session is not None
        path = self._folder / PART_FILE
        if self._hash.hexdigest() != session.image_sha256:
            self._end("hash_mismatch")
            return False
        try:
            bundle = gate.check_whole(path.read_bytes())
        except BundleRejected as error:
            self._end(error.reason)
            raise
        self._slots.fill(self._spare(), path, content_of(bundle, session.image_sha256, session.size_bytes))
        self._forget()
        return True

    def abandon(self) -> None:
        """Forget the upload and what was written of it."""
        self._forget()
        (self._folder / PART_FILE).unlink(missing_ok=True)

    def _try_head(self, gate: Gate, session: UploadSession) -> None:
        try:
            manifest = gate.check_head(bytes(self._head), session.size_bytes)
        except BundleRejected as error:
            self.abandon()
            raise self._refused(error) from error
        if manifest is None:
            return
        self._slots.clear(self._spare())
        self._is_writing = True
        (self._folder / PART_FILE).write_bytes(b"")
        head, self.offset = bytes(self._head), 0
        self._write(head)
        self._sync()

    def _write(self, data: bytes) -> None:
        if self._quota_bytes is not None and self.offset + len(data) > self._quota_bytes:
            raise self._full()
        try:
            with (self._folder / PART_FILE).open("ab") as stream:
                stream.write(data)
        except OSError as error:
            raise self._full() from error
        self._hash.update(data)
        self.offset += len(data)
        assert self._session is not None
        is_last = self.offset == self._session.size_bytes
        if is_last or self.offset - self._session.synced_bytes >= SYNC_BYTES:
            self._sync()

    def _full(self) -> DeviceFull:
        """The slot was cleared already, so something was written, however little fitted in."""
        self.refusal, self.refused_at_bytes = "no_space", max(1, self.offset)
        self.abandon()
        return DeviceFull()

    def _sync(self) -> None:
        assert self._session is not None
        with (self._folder / PART_FILE).open("rb+") as stream:
            os.fsync(stream.fileno())
        session = self._session
        self._session = UploadSession(image_sha256=session.image_sha256, size_bytes=session.size_bytes, synced_bytes=self.offset)
        write_atomic(self._folder / SESSION_FILE, encode_canonical(self._session))

    def _recover(self) -> None:
        session_path, part = self._folder / SESSION_FILE, self._folder / PART_FILE
        if not (session_path.is_file() and part.is_file()):
            self.abandon()
            return
        session = _load_session(session_path)
        if session is None or part.stat().st_size < session.synced_bytes:
            self.abandon()
            return
        with part.open("rb+") as stream:
            stream.truncate(session.synced_bytes)
        self._hash.update(part.read_bytes())
        self._session, self.offset, self._is_writing = session, session.synced_bytes, True

    def _refused(self, error: BundleRejected) -> BundleRejected:
        self.refusal = error.reason
        return error

    def _spare(self) -> int:
        spare = self._slots.record.spare
        assert spare is not None, "begin() refuses uploads while no slot is free, and a reboot keeps a spare one"
        return spare

    def _end(self, reason: str) -> None:
        self.refusal, self.refused_at_bytes = reason, self.offset
        self.abandon()
        self._slots.clear(self._spare(), reason=reason)

    def _forget(self) -> None:
        (self._folder / SESSION_FILE).unlink(missing_ok=True)
        self._head.clear()
        self._hash = hashlib.sha256()
        self._session = None
        self._is_writing = False
        self.offset = 0


def _load_session(path: Path) -> UploadSession | None:
    """None for a damaged record: an upload can be sent again, and must not keep the device from starting."""
    try:
        return decode_strict(path.read_bytes(), UploadSession, what="The upload's record")
    except InputError:
        return None
