"""Whether an image that a host sends may go into a slot: the bundle verifier, its first part on the first bytes already.

Everything a device checks goes through here, so that nothing is written before the signed head of the bundle was accepted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from workbench.bundle.archive import MAX_SIGNATURES_BYTES, read_head
from workbench.bundle.manifest import MAX_MANIFEST_BYTES, Manifest
from workbench.bundle.trust import TrustRoot
from workbench.bundle.verify import ConfirmedRelease, Expectation, VerifiedBundle, open_bundle, verify_bundle, verify_head
from workbench.core.boards import find_board
from workbench.core.errors import BundleRejected, InputError
from workbench.edge.provisioning import Provisioning
from workbench.edge.slots import BootRecord, SlotContent

MAX_HEAD_BYTES = MAX_MANIFEST_BYTES + MAX_SIGNATURES_BYTES + 4096
ZIP_MARK = b"PK\x03\x04"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What this device accepts now."""

    trust: TrustRoot
    expectation: Expectation
    slot_bytes: int

    def check_size(self, size_bytes: int) -> None:
        """Raises BundleRejected('too_large') when the image is bigger than a slot."""
        if size_bytes > self.slot_bytes:
            text = f"The bundle has {size_bytes} bytes, a slot takes {self.slot_bytes}."
            raise BundleRejected(text, "Build a smaller variant for this board.", reason="too_large")

    def check_head(self, first_bytes: bytes, size_bytes: int) -> Manifest | None:
        """The manifest once its signatures were found good; None while more bytes are needed. Raises BundleRejected."""
        if not self.trust.keys:
            text = "The device has no trust root and refuses everything."
            raise BundleRejected(text, "Provision the device first.", reason="not_provisioned")
        if not first_bytes[: len(ZIP_MARK)] == ZIP_MARK[: len(first_bytes)]:
            raise BundleRejected("What is sent is not a bundle.", "Send a .pwb file.", reason="malformed")
        try:
            read_head(first_bytes)
        except InputError as error:
            if len(first_bytes) < min(MAX_HEAD_BYTES, size_bytes):
                return None
            raise BundleRejected(error.message, "Send a .pwb file.", reason="malformed") from error
        return verify_head(first_bytes, self.trust, self.expectation)

    def check_whole(self, image: bytes) -> VerifiedBundle:
        """The last word before a slot becomes bootable. Raises BundleRejected."""
        return verify_bundle(image, self.trust, self.expectation)


def gate_of(provisioning: Provisioning, trust: TrustRoot, record: BootRecord) -> Gate:
    """The gate for this device as it is now."""
    line = provisioning.model_line or record.model_line
    confirmed = tuple(
        ConfirmedRelease(release=known.release, identity=known.identity)
        for known in record.once_confirmed
        if not line or known.model_line == line
    )
    expectation = Expectation(
        board=provisioning.board, model_line=line or None, security_floor=record.security_floor, confirmed=confirmed
    )
    return Gate(trust=trust, expectation=expectation, slot_bytes=find_board(provisioning.board).flash_budget_bytes)


def content_of(bundle: VerifiedBundle, image_sha256: str, size_bytes: int) -> SlotContent:
    """What is remembered of a verified image."""
    manifest = bundle.manifest
    return SlotContent(
        name=manifest.name, model_line=manifest.model_line, release=manifest.release, floor=manifest.floor,
        identity=bundle.identity, image_sha256=image_sha256, size_bytes=size_bytes,
    )  # fmt: skip


def load_image(path: Path, gate: Gate | None) -> tuple[Manifest, Mapping[str, bytes]]:
    """Manifest and members of a slot's image. Raises BundleRejected.

    With a gate everything is verified again, as before a test boot. Without one structure and hashes are: a model that was
    confirmed keeps guarding its pump, also after its key was revoked, until it is replaced.
    """
    image = path.read_bytes()
    bundle = gate.check_whole(image) if gate else open_bundle(image)
    return bundle.manifest, bundle.members
