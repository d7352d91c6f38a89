"""The receipt: what was done to a device, as it was read back, signed with this installation's key.

A DSSE envelope in canonical JSON. The public key travels inside: the signature shows that nothing was changed since, and
whether the key is this installation's own is said beside it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from workbench.bundle.signing import (
    PAYLOAD_RECEIPT,
    SigningKey,
    decode_base64,
    decode_envelope,
    encode_base64,
    encode_envelope,
    sign_envelope,
    valid_signers,
)
from workbench.core.codec import Record, decode_canonical, encode_canonical, read_bounded
from workbench.core.errors import InputError
from workbench.core.wire import SelfTestReport
from workbench.devices.checks import CheckLight
from workbench.devices.host_windows import HostTest
from workbench.devices.update_plan import Step
from workbench.devices.verdicts import Snapshot, Verdict

MAX_RECEIPT_BYTES = 4 * 1024 * 1024


class BundleNamed(Record, frozen=True, kw_only=True):
    """Which bundle it was."""

    name: str
    model_line: str
    release: int
    identity: str
    image_sha256: str
    size_bytes: int


class Receipt(Record, frozen=True, kw_only=True):
    """What happened, and what the device said at the end."""

    kind: Literal["update", "confirm", "roll_back"]
    receipt_id: str
    made_utc: str
    operator: str
    program: str
    port: str
    verdict: Verdict
    bundle: BundleNamed | None
    before: Snapshot | None
    after: Snapshot | None
    lights: tuple[CheckLight, ...]
    self_test: SelfTestReport | None
    host_test: HostTest | None
    n_bytes: int
    transfer_s: float
    seconds: float
    steps: tuple[Step, ...]
    signer_key: str
    """The installation's public key, strict base64 of 32 bytes."""


def sign_receipt(receipt: Receipt, key: SigningKey) -> bytes:
    """The signed receipt's bytes."""
    assert decode_base64(receipt.signer_key) == key.public_key
    return encode_envelope(sign_envelope(encode_canonical(receipt), PAYLOAD_RECEIPT, (key,)))


def open_receipt(data: bytes, *, what: str = "The receipt") -> tuple[Receipt, bool]:
    """The receipt, and whether its signature holds. Raises InputError where it can't be read at all."""
    if len(data) > MAX_RECEIPT_BYTES:
        raise InputError(f"{what} has {len(data)} bytes; receipts are smaller.", "Take another file.")
    envelope = decode_envelope(data, what=what)
    receipt = decode_canonical(decode_base64(envelope.payload), Receipt, what=what, max_bytes=MAX_RECEIPT_BYTES)
    key = decode_base64(receipt.signer_key)
    return receipt, valid_signers(envelope, PAYLOAD_RECEIPT, (key,)) == (key,)


def public_text(key: SigningKey) -> str:
    """The key as it stands in a receipt."""
    return encode_base64(key.public_key)


def load_receipt(path: Path) -> tuple[Receipt, bool]:
    """A receipt's file. Raises InputError."""
    return open_receipt(read_bounded(path), what=path.name)
