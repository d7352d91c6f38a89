"""Who this device is and whom it trusts: written once, at the gateway itself, and read at every start.

The trust root lies beside it; a device without one refuses everything. Over the wire it goes on only along a signed chain.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from workbench.bundle.trust import TRUST_FILE, TrustRoot, load_trust, save_trust
from workbench.core.boards import find_board
from workbench.core.codec import Record, decode_strict, encode_pretty, write_atomic

PROVISIONING_FILE = "provisioning.json"
Word = Annotated[str, msgspec.Meta(max_length=200)]


class Provisioning(Record, frozen=True, kw_only=True):
    """Board profile, serial number, tag of the pump, and model line ('' takes the first confirmed bundle's)."""

    schema: Literal[1] = 1
    board: Word
    serial: Word
    tag: Word = ""
    model_line: Word = ""


def provision(folder: Path, provisioning: Provisioning, trust: TrustRoot | None) -> None:
    """Write identity and trust root; raises InputError for an unknown board."""
    find_board(provisioning.board)
    if trust is not None:
        save_trust(folder / TRUST_FILE, trust)
    write_atomic(folder / PROVISIONING_FILE, encode_pretty(provisioning))


def load_provisioning(folder: Path) -> Provisioning | None:
    """The identity, None while nobody has provisioned this device. Raises InputError if the file is damaged."""
    path = folder / PROVISIONING_FILE
    if not path.is_file():
        return None
    return decode_strict(path.read_bytes(), Provisioning, what="The device's provisioning")


def load_device_trust(folder: Path) -> TrustRoot:
    """The trust root; an empty one, which trusts nobody, where there is none."""
    path = folder / TRUST_FILE
    return load_trust(path) if path.is_file() else TrustRoot()


def save_device_trust(folder: Path, trust: TrustRoot) -> None:
    """Put another root in the place of the present one; the caller has checked that it may."""
    save_trust(folder / TRUST_FILE, trust)


def new_serial(prefix: str = "GW") -> str:
    """A serial number for a gateway that has none of its own."""
    return f"{prefix}-{secrets.token_hex(4).upper()}"
