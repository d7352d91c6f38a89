"""Updates on this machine: their transition logs and the images they write, so that a killed program can go on.

Lies in the user's own folder, because a resume may come without the project, from another folder, or after the stick with
the bundle was taken away: the image is copied here, by its hash, before anything is sent, and only that copy is used.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from workbench.core.clock import Clock, now_ns
from workbench.core.codec import Record, sha256_hex, write_atomic
from workbench.core.errors import InputError, ObjectCorrupt
from workbench.core.transition_log import TransitionLog
from workbench.devices.verdicts import Snapshot

FOLDER = "deployments"
IMAGES = "images"


class Intent(Record, frozen=True, kw_only=True):
    """What an update was told to do; the first line of its log."""

    deployment_id: str
    port: str
    baud_rate_bd: int
    image_sha256: str
    size_bytes: int
    bundle_path: str
    trust: str
    """The trust root that the check used, as its JSON text."""
    chain: str = ""
    """The chain that leads to it, as its JSON text; '' for none."""
    confirm: bool = True
    expect_asset: str | None = None
    expect_serial: str | None = None
    project: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A former update: its log, what it was told, who the device was and how it was before."""

    log: TransitionLog
    intent: Intent
    serial: str
    before: Snapshot | None

    @property
    def is_over(self) -> bool:
        """Whether it ended in a verdict that leaves nothing to do."""
        return self.log.is_closed


def begin_log(home: Path, *, clock: Clock = now_ns) -> tuple[str, TransitionLog]:
    """A new log and its id."""
    # Microseconds first: names in order of time are how the newest one is found.
    deployment_id = f"{clock() // 1000:017d}-{secrets.token_hex(4)}"
    return deployment_id, TransitionLog(home / FOLDER / f"{deployment_id}.jsonl", clock=clock)


def keep_image(home: Path, image: bytes) -> str:
    """Copy an image by its hash; returns the hash."""
    digest = sha256_hex(image)
    path = home / FOLDER / IMAGES / f"{digest}.pwb"
    if not path.is_file():
        write_atomic(path, image)
    return digest


def load_kept_image(home: Path, digest: str) -> bytes:
    """The copy, its hash checked. Raises InputError, ObjectCorrupt."""
    path = home / FOLDER / IMAGES / f"{digest}.pwb"
    if not path.is_file():
        raise InputError(f"The copy of bundle {digest[:12]} is gone.", "Start the update again with the bundle's file.")
    data = path.read_bytes()
    if sha256_hex(data) != digest:
        raise ObjectCorrupt(f"The copy of bundle {digest[:12]} is damaged.", "Start the update again with the bundle's file.")
    return data


def find_past(home: Path, *, serial: str, port: str) -> Past | None:
    """The newest update of this device, or at this port where it never got as far as the serial number."""
    for past in _newest_first(home):
        if past.serial == serial or (not past.serial and past.intent.port == port):
            return past
    return None


def find_past_at_port(home: Path, port: str) -> Past | None:
    """The newest update that was begun at this port: all there is to go by while the device doesn't answer."""
    return next((past for past in _newest_first(home) if past.intent.port == port), None)


def drop_images(home: Path) -> None:
    """Delete the copies that no open update needs any more."""
    needed = {past.intent.image_sha256 for past in _newest_first(home) if not past.is_over}
    for path in (home / FOLDER / IMAGES).glob("*.pwb"):
        if path.stem not in needed:
            path.unlink(missing_ok=True)


def _newest_first(home: Path) -> Iterator[Past]:
    for path in sorted((home / FOLDER).glob("*.jsonl"), reverse=True):
        past = _read_past(path)
        if past is not None:
            yield past


def _read_past(path: Path) -> Past | None:
    try:
        log = TransitionLog(path)
        first = log.find_last("open")
        if first is None:
            return None
        intent = msgspec.convert(first.details, Intent)
        known = next((line for line in log.lines if line.transition == "identify" and "serial" in line.details), None)
        serial = str(known.details["serial"]) if known else ""
        before = msgspec.convert(known.details["before"], Snapshot) if known else None
    except (InputError, msgspec.ValidationError):
        # Another program's or a newer version's: not ours to go on with.
        return None
    return Past(log=log, intent=intent, serial=serial, before=before)
