"""Signing keys and trust."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from workbench.core.clock import Clock, format_utc, now_ns
from workbench.core.codec import Record, read_bounded, write_atomic
from workbench.core.errors import BundleError, KeyVaultError
from workbench.core.jobs import Job
from workbench.core.paths import user_home
from workbench.core.requests import Request, Result, parameter

if TYPE_CHECKING:
    from workbench.bundle.keys import KeyRecord, KeyVault
    from workbench.bundle.signing import SigningKey
    from workbench.bundle.trust import TrustedKey, TrustRoot

Ask = Callable[[str], str]
"""Asks a person for a passphrase. Without one, WORKBENCH_PASSPHRASE is taken."""
KeyId = Annotated[str, parameter("Key id or name.", positional=True)]


class KeyInfo(Record, frozen=True, kw_only=True):
    """One key of this person, or one trusted key."""

    id: str
    name: str
    public_key: str
    created_utc: str
    store: str
    """'key store', 'vault' or 'trust'."""
    state: str = "active"
    """'active', 'replaced' or 'revoked'."""


class KeyNewRequest(Request, frozen=True, kw_only=True):
    """Make a signing key, wrapped by a passphrase (WORKBENCH_PASSPHRASE where no one can type)."""

    name: Annotated[str, parameter("Name for the key.", positional=True)]


class KeysResult(Result, frozen=True, kw_only=True):
    """Keys, and the file written where there was one."""

    keys: tuple[KeyInfo, ...]
    path: str | None = None


def new_key(request: KeyNewRequest, job: Job, ask: Ask | None = None, clock: Clock = now_ns) -> KeysResult:
    """Made here, never shown."""
    record = open_vault().create(request.name, ask or ask_environment, created_utc=format_utc(clock()))
    job.progress(1.0, f"Key {record.key_id} made")
    return KeysResult(keys=(_info_of_own(record),))


class KeyListRequest(Request, frozen=True, kw_only=True):
    """List this person's signing keys."""


def list_keys(request: KeyListRequest, job: Job) -> KeysResult:
    """Public parts only."""
    job.checkpoint()
    return KeysResult(keys=tuple(_info_of_own(record) for record in open_vault().records()))


class KeyExportRequest(Request, frozen=True, kw_only=True):
    """Write the public part of a key."""

    key: KeyId
    out: Annotated[str, parameter("File to write (.pub).", path=True, file=True)]


def export_key(request: KeyExportRequest, job: Job) -> KeysResult:
    """A small JSON file that `trust add` reads."""
    from workbench.bundle.signing import decode_base64
    from workbench.bundle.trust import encode_public_key

    job.checkpoint()
    record = open_vault().find(request.key)
    write_atomic(Path(request.out), encode_public_key(decode_base64(record.public_key), record.name))
    return KeysResult(keys=(_info_of_own(record),), path=request.out)


class KeyRotateRequest(Request, frozen=True, kw_only=True):
    """Replace a signing key by a new one of the same name, and trust the new one as well."""

    key: KeyId
    out: Annotated[str | None, parameter("Chain file to write: what devices need to follow.", path=True, file=True)] = None


def rotate_key(request: KeyRotateRequest, job: Job, ask: Ask | None = None, clock: Clock = now_ns) -> KeysResult:
    """Bundles that the former key signed stay valid until it is revoked; it signs no new ones.

    The pinned root goes one version on, signed by both keys; that link is written to `out`.
    """
    from workbench.bundle.signing import decode_base64
    from workbench.bundle.trust import add_key, trust_key

    vault = open_vault()
    former, record = vault.rotate(request.key, ask or ask_environment, created_utc=format_utc(clock()))
    job.progress(0.7, f"Key {record.key_id} made")
    path = _trust_path(None)
    root = add_key(_load_root(path, must_exist=False), trust_key(decode_base64(record.public_key), record.name))
    successor = vault.unlock(record.key_id, ask or ask_environment)
    _save_root(path, root, request.out, (former, successor))
    return KeysResult(keys=tuple(_info_of_own(key) for key in vault.records()), path=request.out)


class KeyRevokeRequest(Request, frozen=True, kw_only=True):
    """Trust a key no longer: bundles that it signed are refused from now on."""

    key: Annotated[str, parameter("Key id or name in the trust root.", positional=True)]
    file: Annotated[str | None, parameter("Trust file instead of the user's own.", path=True, file=True)] = None
    sign_with: Annotated[str | None, parameter("Own key that signs the new root for devices.")] = None
    out: Annotated[str | None, parameter("Chain file to write: what devices need to follow.", path=True, file=True)] = None


def revoke_trust(request: KeyRevokeRequest, job: Job, ask: Ask | None = None) -> KeysResult:
    """The key stays in the root as revoked, so that it can't come back unnoticed."""
    from workbench.bundle.trust import revoke_key

    job.checkpoint()
    path = _trust_path(request.file)
    root = _load_root(path, must_exist=True)
    matching = [key.key_id for key in root.keys if request.key in (key.key_id, key.name) and not key.is_revoked]
    if len(matching) > 1:
        raise BundleError(f"{len(matching)} trusted keys are called '{request.key}'.", f"Say which: {', '.join(matching)}.")
    root = revoke_key(root, matching[0] if matching else request.key)
    signers = (open_vault().unlock(request.sign_with, ask or ask_environment),) if request.sign_with else ()
    _save_root(path, root, request.out, signers)
    return _result_of(root, path)


class TrustShowRequest(Request, frozen=True, kw_only=True):
    """Show the pinned trust root."""

    file: Annotated[str | None, parameter("Another trust file.", path=True, file=True)] = None


def show_trust(request: TrustShowRequest, job: Job) -> KeysResult:
    """Trusted keys."""
    job.checkpoint()
    path = _trust_path(request.file)
    return _result_of(_load_root(path, must_exist=request.file is not None), path)


class TrustAddRequest(Request, frozen=True, kw_only=True):
    """Trust a key."""

    key_file: Annotated[str, parameter("Public key file (.pub).", positional=True, path=True, file=True)]
    file: Annotated[str | None, parameter("Trust file to write instead of the user's own.", path=True, file=True)] = None


def add_trust(request: TrustAddRequest, job: Job) -> KeysResult:
    """Adds to the root; an identical key is not added twice."""
    from workbench.bundle.trust import add_key, decode_public_key, save_trust

    job.checkpoint()
    path, key_path = _trust_path(request.file), Path(request.key_file)
    data = read_bounded(key_path)
    root = add_key(_load_root(path, must_exist=False), decode_public_key(data, what=f"Key file {key_path}"))
    save_trust(path, root)
    return _result_of(root, path)


def open_vault() -> KeyVault:
    """The person's vault, with the key store of this machine where there is one that keeps secrets."""
    from workbench.bundle.keys import VAULT_FOLDER, KeyVault
    from workbench.services.key_store import find_key_store

    return KeyVault(user_home() / VAULT_FOLDER, store=find_key_store())


def find_key(id_or_name: str | None) -> KeyRecord:
    """This key of the person's, or the only one in use. Raises KeyVaultError where there is none, or more than one."""
    vault = open_vault()
    if id_or_name is not None:
        return vault.find(id_or_name)
    found = [record for record in vault.records() if not record.replaced_by]
    if len(found) == 1:
        return found[0]
    if not found:
        raise KeyVaultError("There is no signing key yet.", "Make one: workbench keys new NAME.")
    names = ", ".join(f"{record.name} ({record.key_id})" for record in found)
    raise KeyVaultError(f"There are {len(found)} signing keys.", f"Say which: --key ID. Keys here: {names}.")


def ask_environment(question: str) -> str:
    """WORKBENCH_PASSPHRASE; raises KeyVaultError where it isn't set."""
    from workbench.bundle.keys import passphrase_from_environment

    return passphrase_from_environment(question)


def _trust_path(file: str | None) -> Path:
    from workbench.bundle.trust import TRUST_FILE

    return Path(file) if file else user_home() / TRUST_FILE


def _load_root(path: Path, *, must_exist: bool) -> TrustRoot:
    from workbench.bundle.trust import TrustRoot, load_trust

    return load_trust(path) if must_exist or path.is_file() else TrustRoot()


def _save_root(path: Path, root: TrustRoot, out: str | None, signers: tuple[SigningKey, ...]) -> None:
    from workbench.bundle.signing import encode_envelope
    from workbench.bundle.trust import save_trust, sign_root

    if out is not None:
        write_atomic(Path(out), encode_envelope(sign_root(root, signers)))
    save_trust(path, root)


def _result_of(root: TrustRoot, path: Path) -> KeysResult:
    return KeysResult(keys=tuple(_info_of_trusted(key) for key in root.keys), path=str(path))


def _info_of_own(record: KeyRecord) -> KeyInfo:
    return KeyInfo(
        id=record.key_id, name=record.name, public_key=record.public_key, created_utc=record.created_utc, store=record.store,
        state="replaced" if record.replaced_by else "active",
    )  # fmt: skip


def _info_of_trusted(key: TrustedKey) -> KeyInfo:
    state = "revoked" if key.is_revoked else "active"
    return KeyInfo(id=key.key_id, name=key.name, public_key=key.public_key, created_utc="", store="trust", state=state)
