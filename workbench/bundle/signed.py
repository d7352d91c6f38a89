"""What a signing key has signed: identities of bundles, a list a key beside it in the vault.

A signature carries no time that an offline device could believe. So when a key is replaced, the new trust root names the
bundles that it had signed until then; whatever else carries its signature later was signed after. Holds nothing secret.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from workbench.core.codec import translate_os_error
from workbench.core.errors import InputError

_IDENTITY = re.compile(r"[0-9a-f]{64}")


def signed_path(folder: Path, key_id: str) -> Path:
    """The list of this key."""
    return folder / f"{key_id}.signed.txt"


def note_signed(folder: Path, key_id: str, identity: str) -> None:
    """Remember that the key signs this bundle; on the disk when this returns. Raises InputError, DiskFull."""
    if not _IDENTITY.fullmatch(identity):
        raise InputError(f"'{identity[:80]}' is not a bundle's identity.", "It is the SHA-256 of the manifest.")
    path = signed_path(folder, key_id)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as stream:
            # A line feed in front too: a last line that a power cut tore must not swallow this one.
            stream.write(f"\n{identity}\n".encode("ascii"))
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise translate_os_error(error, path) from error


def load_signed(folder: Path, key_id: str) -> tuple[str, ...]:
    """Identities, oldest first, each once; () where nothing was noted. Raises InputError."""
    path = signed_path(folder, key_id)
    try:
        text = path.read_text(encoding="ascii", errors="replace") if path.is_file() else ""
    except OSError as error:
        raise translate_os_error(error, path) from error
    return unique(line for line in text.splitlines() if _IDENTITY.fullmatch(line))


def unique(identities: Iterable[str]) -> tuple[str, ...]:
    """Each once, at its last place."""
    return tuple(reversed(dict.fromkeys(reversed(tuple(identities)))))
