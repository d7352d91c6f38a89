"""Signing keys and trust."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from workbench.core.clock import Clock, format_utc, now_ns
from workbench.core.codec import Record, write_atomic
from workbench.core.errors import KeyVaultError
from workbench.core.jobs import Job
from workbench.core.paths import user_home
from workbench.core.requests import Request, Result, parameter

if TYPE_CHECKING:
    from workbench.bundle.keys import KeyRecord, KeyVault
    from workbench.bundle.trust import TrustedKey, TrustRoot

Ask = Callable[[str], str]
"""Asks a person for a passphrase. Without one, WORKBENCH_PASSPHRASE is taken."""
KeyId = Annotated[str, parameter("Key id or name.", positional=True)]
SignWith = Annotated[tuple[str, ...], parameter("Own key that signs the new root as well, so that devices follow it.")]
ChainOut = Annotated[str | None, parameter("Chain file to write: what devices and others need to follow.", path=True, file=True)]


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
    """Keys, and the file written where there was one. `chain`: the chain file that devices follow, None where they can't."""

    keys: tuple[KeyInfo, ...]
    path: str | None = None
    version: int | None = None
    """Of the trust root, where it is about one."""
    chain: str | None = None
    message: str = ""


def new_key(request: KeyNewRequest, job: Job, ask: Ask | None = None, clock: Clock = now_ns) -> KeysResult:
    """Made here, never shown."""
    record = open_vault().create(request.name, ask or ask_environment, created_utc=format_utc(clock()))
    job.progress(1.0, f"Key {record.key_id} made")
    return KeysResult(keys=(info_of_own(record),))


class KeyListRequest(Request, frozen=True, kw_only=True):
    """List this person's signing keys."""


def list_keys(request: KeyListRequest, job: Job) -> KeysResult:
    """Public parts only."""
    job.checkpoint()
    return KeysResult(keys=tuple(info_of_own(record) for record in open_vault().records()))


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
    return KeysResult(keys=(info_of_own(record),), path=request.out)


class KeyRotateRequest(Request, frozen=True, kw_only=True):
    """Replace a signing key by a new one of the same name, in the trust root too."""

    key: KeyId
    project: Annotated[str | None, parameter("Project whose bundles by this key count on as well.", path=True)] = None
    keep: Annotated[tuple[str, ...], parameter("Bundle file by this key that counts on as well.", path=True, file=True)] = ()
    sign_with: SignWith = ()
    out: ChainOut = None


def rotate_key(request: KeyRotateRequest, job: Job, ask: Ask | None = None, clock: Clock = now_ns) -> KeysResult:
    """What the former key has signed until now counts on, until it is revoked; nothing else of it does.

    The pinned root goes one version on, signed by both keys; that link is added to the chain beside it, which `out` gets too.
    Raises BundleError where devices could not follow, and then nothing was changed.
    """
    from workbench.services.key_rotation import rotate

    return rotate(request, job, ask or ask_environment, format_utc(clock()))


class KeyRevokeRequest(Request, frozen=True, kw_only=True):
    """Trust a key no longer: bundles that it signed are refused from now on."""

    key: Annotated[str, parameter("Key id or name in the trust root.", positional=True)]
    file: Annotated[str | None, parameter("Trust file instead of the user's own.", path=True, file=True)] = None
    sign_with: SignWith = ()
    out: ChainOut = None


def revoke_trust(request: KeyRevokeRequest, job: Job, ask: Ask | None = None) -> KeysResult:
    """The key stays in the root as revoked, so that it can't come back unnoticed. Devices follow where the root is signed."""
    from workbench.services.key_rotation import revoke

    job.checkpoint()
    return revoke(request, ask or ask_environment)


class TrustShowRequest(Request, frozen=True, kw_only=True):
    """Show the pinned trust root."""

    file: Annotated[str | None, parameter("Another trust file.", path=True, file=True)] = None


def show_trust(request: TrustShowRequest, job: Job) -> KeysResult:
    """Trusted keys."""
    job.checkpoint()
    path = trust_path(request.file)
    return result_of_root(load_root(path, must_exist=request.file is not None), path)


class TrustAddRequest(Request, frozen=True, kw_only=True):
    """Trust a key."""

    key_file: Annotated[str, parameter("Public key file (.pub).", positional=True, path=True, file=True)]
    file: Annotated[str | None, parameter("Trust file to write instead of the user's own.", path=True, file=True)] = None
    sign_with: SignWith = ()


def add_trust(request: TrustAddRequest, job: Job, ask: Ask | None = None) -> KeysResult:
    """Adds to the root; an identical key is not added twice. Devices follow where the root is signed."""
    from workbench.services.key_rotation import add

    job.checkpoint()
    return add(request, ask or ask_environment)


class TrustFollowRequest(Request, frozen=True, kw_only=True):
    """Follow a chain of trust roots: take over rotations and revocations that the present root's keys have signed."""

    chain: Annotated[str, parameter("Chain file.", positional=True, path=True, file=True)]
    file: Annotated[str | None, parameter("Trust file instead of the user's own.", path=True, file=True)] = None


def follow_trust(request: TrustFollowRequest, job: Job) -> KeysResult:
    """Each link is checked against the root before it. Raises BundleError where the chain does not follow the present root."""
    from workbench.services.key_rotation import take_over

    job.checkpoint()
    return take_over(request)


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


def trust_path(file: str | None) -> Path:
    """A trust file that was named, else the person's own."""
    from workbench.bundle.trust import TRUST_FILE

    return Path(file) if file else user_home() / TRUST_FILE


def load_root(path: Path, *, must_exist: bool) -> TrustRoot:
    """The root in a file; one that trusts nobody where there need not be one."""
    from workbench.bundle.trust import TrustRoot, load_trust

    return load_trust(path) if must_exist or path.is_file() else TrustRoot()


def result_of_root(root: TrustRoot, path: Path) -> KeysResult:
    """A root's keys."""
    return KeysResult(keys=tuple(_info_of_trusted(key) for key in root.keys), path=str(path), version=root.version)


def info_of_own(record: KeyRecord) -> KeyInfo:
    """A key of the person's own, without its secret."""
    return KeyInfo(
        id=record.key_id, name=record.name, public_key=record.public_key, created_utc=record.created_utc, store=record.store,
        state="replaced" if record.replaced_by else "active",
    )  # fmt: skip


def _info_of_trusted(key: TrustedKey) -> KeyInfo:
    state = "revoked" if key.is_revoked else "replaced" if key.replaced_by else "active"
    return KeyInfo(id=key.key_id, name=key.name, public_key=key.public_key, created_utc="", store="trust", state=state)
