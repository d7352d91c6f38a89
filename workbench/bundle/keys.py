"""Private keys on this machine: the installation's own key (journal writer) and the person's signing keys.

Signing keys are always wrapped by a passphrase (scrypt, RFC 7914, then AES-256-GCM), whether the wrapped bytes lie in the
vault folder or in the operating system's key store. The installation key is not: it only proves which installation wrote
a journal line, and has to work unattended; it lies in the vault folder, readable by its owner alone (mode 0600; on Windows
the profile's access list protects it). Must not import the key store itself: services hand it in as a `SecretStore`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from workbench.bundle.signing import SEED_BYTES, SigningKey, decode_base64, encode_base64
from workbench.core.codec import Record, decode_strict, encode_pretty, sync_folder, translate_os_error
from workbench.core.errors import InputError, KeyVaultError

VAULT_FOLDER = "vault"
INSTALLATION_FILE = "installation.key"
_OWNER_ONLY = 0o600


class InstallationKeyFile(Record, frozen=True, kw_only=True):
    """What `installation.key` holds: strict base64 of the 32-byte seed."""

    kind: Literal["installation-key"] = "installation-key"
    seed: str


def load_installation_key(home: Path) -> SigningKey:
    """The key that names this installation as a journal writer; made on first use.

    Two programs starting at once get the same key. Raises KeyVaultError if the file is damaged.
    """
    path = home / VAULT_FOLDER / INSTALLATION_FILE
    if not path.is_file():
        _create_installation_key(path)
    try:
        found = decode_strict(path.read_bytes(), InstallationKeyFile, what=f"Installation key {path}", max_bytes=4096)
        seed = decode_base64(found.seed)
    except OSError as error:
        raise translate_os_error(error, path) from error
    except InputError as error:
        raise _damaged(path) from error
    if len(seed) != SEED_BYTES:
        raise _damaged(path)
    return SigningKey(seed)


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read; an existing one is replaced whole. Raises InputError or DiskFull."""
    try:
        partial = _write_partial(path, data)
        partial.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise translate_os_error(error, path) from error


def _create_installation_key(path: Path) -> None:
    text = encode_pretty(InstallationKeyFile(seed=encode_base64(SigningKey.generate().seed())))
    try:
        partial = _write_partial(path, text)
        _claim(partial, path)
        sync_folder(path.parent)
    except OSError as error:
        raise translate_os_error(error, path) from error


def _claim(partial: Path, path: Path) -> None:
    # The first one wins: a hard link (POSIX) and a rename (Windows) both fail where the name exists.
    try:
        if os.name == "nt":
            partial.rename(path)
        else:
            path.hardlink_to(partial)
    except FileExistsError:
        return
    except OSError:
        # Some file systems (FAT, a few network shares) know no hard links.
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _write_partial(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}.part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(partial, flags, _OWNER_ONLY), "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    return partial


def _damaged(path: Path) -> KeyVaultError:
    return KeyVaultError(
        f"The installation key {path} is damaged.",
        "Move the file away: a new one is made, and the journal goes on under a new writer.",
    )
