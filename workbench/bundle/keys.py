"""Private keys on this machine: the installation's own key (journal writer) and the person's signing keys.

Signing keys are always wrapped by a passphrase (scrypt, RFC 7914, then AES-256-GCM), whether the wrapped bytes lie in the
vault folder or in the operating system's key store. The installation key is not: it only proves which installation wrote
a journal line, and has to work unattended; it lies in the vault folder, readable by its owner alone (mode 0600; on Windows
the profile's access list protects it). Must not import the key store itself: services hand it in as a `SecretStore`.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal, Protocol

import msgspec

from workbench.bundle.signed import load_signed, note_signed
from workbench.bundle.signing import SEED_BYTES, SigningKey, decode_base64, encode_base64
from workbench.bundle.words import HIDDEN
from workbench.core.codec import (
    Record,
    decode_strict,
    encode_canonical,
    encode_pretty,
    sync_folder,
    translate_os_error,
)
from workbench.core.errors import InputError, KeyVaultError

VAULT_FOLDER = "vault"
INSTALLATION_FILE = "installation.key"
PASSPHRASE_VARIABLE = "WORKBENCH_PASSPHRASE"  # noqa: S105 - a name, no secret
MAX_KEYS = 1000
MAX_NAME = 100
_OWNER_ONLY = 0o600
_KEY_SUFFIX = ".key.json"
_KEY_ID = re.compile(r"[0-9a-f]{16}")
_SALT_BYTES = 16
_NONCE_BYTES = 12
_WRAPPING_BYTES = 32
_SCRYPT_R = 8
_COST_LOG2 = 17  # 128 MiB and about half a second: RFC 7914 with the figures that OWASP names (2023)

AskPassphrase = Callable[[str], str]
"""Asks a person for a passphrase; takes the words of the question."""
StoreName = Literal["vault", "key store"]


class SecretStore(Protocol):
    """The operating system's key store, as far as the vault needs it. Raises KeyVaultError."""

    def load(self, name: str) -> str | None:
        """The text under this name, or None."""

    def save(self, name: str, text: str) -> None:
        """Keep the text, replacing what was there."""


class WrappedSeed(Record, frozen=True, kw_only=True):
    """A seed under a passphrase: scrypt N = 2^cost_log2, r = 8, p = 1, then AES-256-GCM. Bounds hold on reading too."""

    cost_log2: Annotated[int, msgspec.Meta(ge=14, le=18)]
    salt: Annotated[str, msgspec.Meta(max_length=64)]
    nonce: Annotated[str, msgspec.Meta(max_length=64)]
    sealed: Annotated[str, msgspec.Meta(max_length=256)]


class KeyRecord(Record, frozen=True, kw_only=True):
    """One signing key in the vault folder; `wrapped` is None where the wrapped seed lies in the key store."""

    schema: Literal[1] = 1
    key_id: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{16}$")]
    name: str
    public_key: str
    created_utc: str
    store: StoreName
    replaced_by: str = ""
    """Key id of the successor after a rotation; such a key signs no more."""
    wrapped: WrappedSeed | None = None


class InstallationKeyFile(Record, frozen=True, kw_only=True):
    """What `installation.key` holds: strict base64 of the 32-byte seed."""

    kind: Literal["installation-key"] = "installation-key"
    seed: str


class KeyVault:
    """A person's signing keys in `folder`; seeds leave it only inside a SigningKey."""

    def __init__(self, folder: Path, *, store: SecretStore | None = None, cost_log2: int = _COST_LOG2) -> None:
        self._folder = folder
        self._store = store
        self._cost_log2 = cost_log2

    def records(self) -> tuple[KeyRecord, ...]:
        """All keys, oldest first, without secrets. Raises KeyVaultError naming a damaged file."""
        paths = sorted(self._folder.glob(f"*{_KEY_SUFFIX}"))[:MAX_KEYS] if self._folder.is_dir() else []
        found = [msgspec.structs.replace(_load_record(path), wrapped=None) for path in paths]
        return tuple(sorted(found, key=_age_of))

    def find(self, id_or_name: str) -> KeyRecord:
        """The key with this id, the beginning of an id (4 digits or more), or this name. Raises KeyVaultError."""
        known = self.records()
        found = [key for key in known if id_or_name == key.key_id or (id_or_name == key.name and not key.replaced_by)]
        found = found or [key for key in known if len(id_or_name) >= 4 and key.key_id.startswith(id_or_name)]
        if len(found) == 1:
            return found[0]
        names = ", ".join(f"{key.name} ({key.key_id})" for key in known) or "none"
        if not found:
            raise KeyVaultError(f"There is no signing key '{id_or_name}'.", f"Keys here: {names}.")
        raise KeyVaultError(f"'{id_or_name}' fits {len(found)} signing keys.", f"Give the id. Keys here: {names}.")

    def create(self, name: str, ask: AskPassphrase, *, created_utc: str) -> KeyRecord:
        """A new key under a passphrase. Raises KeyVaultError if the name is empty or taken, or the passphrase empty."""
        if not name.strip() or len(name) > MAX_NAME or HIDDEN.search(name):
            raise KeyVaultError(f"{name[:MAX_NAME]!a} can't name a key.", f"Give a name of 1 to {MAX_NAME} characters.")
        if any(key.name == name and not key.replaced_by for key in self.records()):
            raise KeyVaultError(f"There is a signing key '{name}' already.", "Choose another name.")
        return self._add(name, ask, created_utc)

    def rotate(self, id_or_name: str, ask: AskPassphrase, *, created_utc: str) -> tuple[SigningKey, KeyRecord]:
        """A successor of the same name; the former key, handed out for the last time, signs no more."""
        former = self.find(id_or_name)
        key = self.unlock(former.key_id, ask)
        record = self._add(former.name, ask, created_utc)
        path = self._path(former.key_id)
        write_private(path, encode_pretty(msgspec.structs.replace(_load_record(path), replaced_by=record.key_id)))
        return key, record

    def unlock(self, id_or_name: str, ask: AskPassphrase) -> SigningKey:
        """The key itself. Raises KeyVaultError for a wrong passphrase, a lost secret, or a key that was replaced."""
        found = _load_record(self._path(self.find(id_or_name).key_id))
        if found.replaced_by:
            raise KeyVaultError(f"Key '{found.name}' was replaced by {found.replaced_by}.", "Sign with the new key.")
        wrapped = found.wrapped or self._fetch(found)
        seed = unwrap_seed(wrapped, ask(f"Passphrase for key '{found.name}'"), found)
        key = SigningKey(seed)
        if key.key_id != found.key_id:
            raise KeyVaultError(f"The vault's file of key {found.key_id} holds another key.", "Restore it from a backup.")
        return key

    def note_signed(self, key_id: str, identity: str) -> None:
        """Remember that a key signs the bundle of this identity: it counts on when the key is replaced."""
        note_signed(self._folder, self.find(key_id).key_id, identity)

    def signed_by(self, key_id: str) -> tuple[str, ...]:
        """Identities of the bundles that a key has signed here, oldest first."""
        return load_signed(self._folder, self.find(key_id).key_id)

    def _add(self, name: str, ask: AskPassphrase, created_utc: str) -> KeyRecord:
        key = SigningKey.generate()
        record = KeyRecord(
            key_id=key.key_id, name=name, public_key=encode_base64(key.public_key), created_utc=created_utc, store="vault"
        )  # fmt: skip
        wrapped = wrap_seed(key.seed(), ask(f"New passphrase for key '{name}'"), record, self._cost_log2)
        record = self._keep(record, wrapped)
        write_private(self._path(key.key_id), encode_pretty(record))
        return msgspec.structs.replace(record, wrapped=None)

    def _keep(self, record: KeyRecord, wrapped: WrappedSeed) -> KeyRecord:
        if self._store is None:
            return msgspec.structs.replace(record, wrapped=wrapped)
        try:
            self._store.save(record.key_id, encode_canonical(wrapped).decode("ascii"))
        except KeyVaultError:
            # A locked or broken key store must not stop the work: the same wrapped bytes go into the vault's file.
            return msgspec.structs.replace(record, wrapped=wrapped)
        return msgspec.structs.replace(record, store="key store")

    def _fetch(self, record: KeyRecord) -> WrappedSeed:
        text = None if self._store is None else self._store.load(record.key_id)
        if text is None:
            text_ = f"The secret of key '{record.name}' is not in the key store of this machine and user."
            raise KeyVaultError(text_, "Log in as the user who made it, or make a new key.")
        return decode_strict(text.encode("utf-8"), WrappedSeed, what=f"Key {record.key_id}", max_bytes=4096)

    def _path(self, key_id: str) -> Path:
        if not _KEY_ID.fullmatch(key_id):
            raise KeyVaultError(f"'{key_id}' is not a key id.", "A key id has 16 hex digits.")
        return self._folder / f"{key_id}{_KEY_SUFFIX}"


def passphrase_from_environment(question: str) -> str:
    """WORKBENCH_PASSPHRASE, where no one can type. Raises KeyVaultError where it isn't set."""
    found = os.environ.get(PASSPHRASE_VARIABLE, "")
    if not found:
        raise KeyVaultError(f"{question}: nobody was there to answer.", f"Set {PASSPHRASE_VARIABLE}, or type it when asked.")
    return found


def wrap_seed(seed: bytes, passphrase: str, record: KeyRecord, cost_log2: int = _COST_LOG2) -> WrappedSeed:
    """Seal 32 bytes under a passphrase, bound to the key's id and public half. Raises KeyVaultError for an empty one."""
    if not passphrase:
        raise KeyVaultError("The passphrase is empty.", "A key is kept under a passphrase only; choose one.")
    salt, nonce = os.urandom(_SALT_BYTES), os.urandom(_NONCE_BYTES)
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    sealed = AESGCM(_wrapping_key(passphrase, salt, cost_log2)).encrypt(nonce, seed, _bound_to(record))
    return WrappedSeed(cost_log2=cost_log2, salt=encode_base64(salt), nonce=encode_base64(nonce), sealed=encode_base64(sealed))


def unwrap_seed(wrapped: WrappedSeed, passphrase: str, record: KeyRecord) -> bytes:
    """The 32 bytes. Raises KeyVaultError for a wrong passphrase or altered bytes, which can't be told apart."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    wrapping = _wrapping_key(passphrase, decode_base64(wrapped.salt), wrapped.cost_log2)
    try:
        return AESGCM(wrapping).decrypt(decode_base64(wrapped.nonce), decode_base64(wrapped.sealed), _bound_to(record))
    except (InvalidTag, ValueError) as error:
        raise KeyVaultError(
            f"The passphrase does not open key '{record.name}'.", "Try again; mind the keyboard layout."
        ) from error


def load_installation_key(home: Path) -> SigningKey:
    """The key that names this installation as a journal writer; made on first use.

    Two programs starting at once get the same key. Raises KeyVaultError if the file is damaged.
    """
    path = home / VAULT_FOLDER / INSTALLATION_FILE
    if not path.is_file():
        _create_installation_key(path)
    _tighten(path)
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


def _wrapping_key(passphrase: str, salt: bytes, cost_log2: int) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return Scrypt(salt=salt, length=_WRAPPING_BYTES, n=1 << cost_log2, r=_SCRYPT_R, p=1).derive(passphrase.encode("utf-8"))


def _bound_to(record: KeyRecord) -> bytes:
    return encode_canonical([record.key_id, record.public_key])


def _load_record(path: Path) -> KeyRecord:
    try:
        data = path.read_bytes()
        record = decode_strict(data, KeyRecord, what=f"Key file {path}", max_bytes=16384)
    except OSError as error:
        raise translate_os_error(error, path) from error
    except InputError as error:
        raise KeyVaultError(error.message, "Restore the file from a backup, or move it away.") from error
    if path.name != f"{record.key_id}{_KEY_SUFFIX}":
        raise KeyVaultError(f"Key file {path} holds key {record.key_id}.", "Give the file its former name.")
    return record


def _age_of(record: KeyRecord) -> tuple[str, str]:
    return record.created_utc, record.key_id


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


def _tighten(path: Path) -> None:
    # A copied home folder often loses its modes; some file systems have none and refuse, which changes nothing.
    if os.name != "nt" and path.stat().st_mode & 0o077:
        with contextlib.suppress(OSError):
            path.chmod(_OWNER_ONLY)


def _damaged(path: Path) -> KeyVaultError:
    return KeyVaultError(
        f"The installation key {path} is damaged.",
        "Move the file away: a new one is made, and the journal goes on under a new writer.",
    )
