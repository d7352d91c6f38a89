"""Behind `keys rotate`, `keys revoke`, `trust add` and `trust follow`: the pinned root goes on, and the chain beside it.

A link is made only where it would be accepted: it is checked as a device would before anything is written.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from workbench.core.codec import read_bounded
from workbench.core.errors import BundleError, BundleRejected, InputError
from workbench.core.jobs import Job
from workbench.services.keys import (
    Ask,
    KeyRevokeRequest,
    KeyRotateRequest,
    KeysResult,
    TrustAddRequest,
    TrustFollowRequest,
    info_of_own,
    load_root,
    open_vault,
    result_of_root,
    trust_path,
)

if TYPE_CHECKING:
    from workbench.bundle.chain import TrustChain
    from workbench.bundle.keys import KeyRecord, KeyVault
    from workbench.bundle.signing import Envelope, SigningKey
    from workbench.bundle.trust import TrustRoot

NOT_SIGNED = (
    "Devices and others can't follow this root, because no key of the former one signed it: give them the trust file, or next "
    "time say --sign-with KEY."
)


def rotate(request: KeyRotateRequest, job: Job, ask: Ask, created_utc: str) -> KeysResult:
    """Raises BundleError before anything is changed where the link would not be accepted."""
    from workbench.bundle.signing import decode_base64
    from workbench.bundle.trust import replace_key, trust_key

    vault, path = open_vault(), trust_path(None)
    former, root = vault.find(request.key), load_root(path, must_exist=False)
    others = tuple(vault.unlock(name, ask) for name in request.sign_with)
    _check_may_rotate(root, former, len({former.key_id, *(key.key_id for key in others)}))
    signed = _signed_by(vault, former, request)
    old_key, record = vault.rotate(former.key_id, ask, created_utc=created_utc)
    job.progress(0.7, f"Key {record.key_id} made")
    new_key = vault.unlock(record.key_id, ask)
    roles = next(key.roles for key in root.keys if key.key_id == former.key_id)
    successor = trust_key(decode_base64(record.public_key), record.name, roles)
    following = replace_key(root, former.key_id, successor, signed)
    chain = _go_on(path, root, following, (old_key, new_key, *others), request.out)
    result = result_of_root(following, path)
    kept = next(len(key.kept) for key in following.keys if key.key_id == former.key_id)
    text = f"{kept} bundles that {former.key_id} had signed count on; sign new ones with {record.key_id}."
    own = tuple(info_of_own(key) for key in vault.records())
    return msgspec.structs.replace(result, keys=own, path=request.out or str(path), chain=chain, message=text)


def revoke(request: KeyRevokeRequest, ask: Ask) -> KeysResult:
    """By id, or by name where that is clear."""
    from workbench.bundle.trust import revoke_key

    path = trust_path(request.file)
    root = load_root(path, must_exist=True)
    matching = [key.key_id for key in root.keys if request.key in (key.key_id, key.name) and not key.is_revoked]
    if len(matching) > 1:
        raise BundleError(f"{len(matching)} trusted keys are called '{request.key}'.", f"Say which: {', '.join(matching)}.")
    return _signed_step(
        path, root, revoke_key(root, matching[0] if matching else request.key), request.sign_with, request.out, ask
    )


def add(request: TrustAddRequest, ask: Ask) -> KeysResult:
    """A key that is trusted already changes nothing."""
    from workbench.bundle.trust import add_key, decode_public_key, save_trust

    path, key_path = trust_path(request.file), Path(request.key_file)
    root = load_root(path, must_exist=False)
    following = add_key(root, decode_public_key(read_bounded(key_path), what=f"Key file {key_path}"))
    if following.version == root.version:
        # The first key of all, or one that is there already: no root before it that somebody could have.
        save_trust(path, following)
        return result_of_root(following, path)
    return _signed_step(path, root, following, request.sign_with, None, ask)


def take_over(request: TrustFollowRequest) -> KeysResult:
    """The links are kept beside the root, so that this person can hand them on to devices."""
    from workbench.bundle.chain import (
        MAX_CHAIN_BYTES,
        add_link,
        chain_path_of,
        decode_chain,
        follow,
        links_after,
        load_chain,
        save_chain,
    )
    from workbench.bundle.trust import save_trust

    path, file = trust_path(request.file), Path(request.chain)
    root = load_root(path, must_exist=True)
    chain = decode_chain(read_bounded(file, MAX_CHAIN_BYTES), what=f"Chain file {file}")
    following, own = follow(root, chain), load_chain(chain_path_of(path))
    for link in links_after(chain, root.version):
        own = add_link(own, link)
    save_chain(chain_path_of(path), own)
    save_trust(path, following)
    n_links = following.version - root.version
    text = f"Root {root.version} → {following.version}." if n_links else f"Root {root.version} is as new as the chain."
    return msgspec.structs.replace(result_of_root(following, path), chain=str(chain_path_of(path)), message=text)


def _check_may_rotate(root: TrustRoot, former: KeyRecord, n_signers: int) -> None:
    if former.replaced_by:
        raise BundleError(f"Key {former.key_id} was replaced by {former.replaced_by} already.", "Rotate the present key.")
    if former.key_id not in {key.key_id for key in root.active("root")}:
        text = f"Key {former.key_id} ({former.name}) is not in your trust root, so nobody could follow its successor."
        raise BundleError(text, "Trust it first: workbench keys export, then workbench trust add.")
    if n_signers < root.root_threshold:
        text = f"The trust root asks for {root.root_threshold} signatures under the next one, and {n_signers} would be there."
        raise BundleError(text, "Name further own keys that are in it: --sign-with KEY.")


def _signed_step(
    path: Path, root: TrustRoot, following: TrustRoot, sign_with: tuple[str, ...], out: str | None, ask: Ask
) -> KeysResult:
    from workbench.bundle.trust import save_trust

    result = result_of_root(following, path)
    if not sign_with and out is not None:
        raise BundleError("A chain needs signatures, and no key was named.", "Say which own key signs: --sign-with KEY.")
    if not sign_with:
        save_trust(path, following)
        return msgspec.structs.replace(result, message=NOT_SIGNED)
    vault = open_vault()
    keys = tuple(vault.unlock(name, ask) for name in sign_with)
    return msgspec.structs.replace(result, chain=_go_on(path, root, following, keys, out))


def _go_on(path: Path, root: TrustRoot, following: TrustRoot, keys: tuple[SigningKey, ...], out: str | None) -> str:
    """Sign, check as a device would, write the chain, and then the root that it leads to."""
    from workbench.bundle.chain import add_link, chain_path_of, load_chain, save_chain
    from workbench.bundle.trust import advance_root, save_trust, sign_root

    link: Envelope = sign_root(following, keys)
    advance_root(root, link)
    chain: TrustChain = add_link(load_chain(chain_path_of(path)), link)
    for place in (chain_path_of(path), *((Path(out),) if out is not None else ())):
        save_chain(place, chain)
    save_trust(path, following)
    return str(chain_path_of(path))


def _signed_by(vault: KeyVault, former: KeyRecord, request: KeyRotateRequest) -> tuple[str, ...]:
    """Identities of what the key signed: as the vault noted, and in bundles of before it did, if its signature holds there."""
    from workbench.bundle.signed import unique
    from workbench.services.bundle_files import read_bundle

    more = [_identity_by(former, read_bundle(file), file) for file in request.keep]
    return unique((*_in_project(former, request.project), *more, *vault.signed_by(former.key_id)))


def _in_project(former: KeyRecord, folder: str | None) -> tuple[str, ...]:
    from workbench.services.common import open_project

    if folder is None:
        return ()
    found = []
    with open_project(folder) as project:
        for item in project.items("bundle"):
            if not project.objects.has("bundle", item.id):
                continue
            data = project.objects.path_of("bundle", item.id).read_bytes()
            try:
                found.append(_identity_by(former, data, item.name))
            except (BundleRejected, InputError, BundleError):
                continue  # not by this key, or damaged: `project check` names it
    return tuple(reversed(found))


def _identity_by(former: KeyRecord, data: bytes, what: str) -> str:
    """The identity of a bundle that this key truly signed. Raises BundleError, BundleRejected."""
    from workbench.bundle.signing import decode_base64
    from workbench.bundle.trust import trust_key
    from workbench.bundle.verify import find_signers, open_bundle

    opened = open_bundle(data)
    key = trust_key(decode_base64(former.public_key), former.name)
    if not find_signers(opened.manifest_bytes, opened.signatures, (key,)):
        raise BundleError(f"{what} carries no signature of key {former.key_id}.", "Leave it out.")
    return opened.identity
