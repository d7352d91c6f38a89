"""What the bundle services share: the result they print, and how a bundle's file is read, described and kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec

from workbench.core.codec import Record, translate_os_error
from workbench.core.errors import BundleRejected
from workbench.core.paths import user_home
from workbench.core.requests import Result, parameter

if TYPE_CHECKING:
    from workbench.bundle.chain import TrustChain
    from workbench.bundle.trust import TrustRoot
    from workbench.bundle.verify import OpenedBundle
    from workbench.project.acts import Act
    from workbench.project.store import Project

MAX_CARD_CHARS = 64_000
BundlePath = Annotated[str, parameter("Bundle file (.pwb).", positional=True, path=True, file=True)]


class BundleMember(Record, frozen=True, kw_only=True):
    """One part of a bundle."""

    name: str
    size_bytes: int
    sha256: str


class BundleSignature(Record, frozen=True, kw_only=True):
    """One signature; `is_valid` None where the key is not known here."""

    key_id: str
    name: str
    is_valid: bool | None


class BundleResult(Result, frozen=True, kw_only=True):
    """What a bundle is and holds."""

    path: str
    outcome: str
    """verified, unsigned, or the reason of refusal (`bundle verify`); built / signed for the acts."""
    name: str
    model_line: str
    release: int
    floor: int
    boards: tuple[str, ...]
    identity: str
    size_bytes: int
    members: tuple[BundleMember, ...]
    signatures: tuple[BundleSignature, ...]
    message: str = ""
    manifest: dict[str, object] = msgspec.field(default_factory=dict)
    card: str = ""
    """The model card (Markdown) where the bundle is shown; written by its maker, so untrusted until verified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The word for a result, the reason in words, and the root that says which signatures are known."""

    word: str
    trust: TrustRoot
    message: str = ""


def store_bundle(project: Project, data: bytes, result: BundleResult, act: Act) -> BundleResult:
    """Keep a bundle's bytes as an object and journal the act; the result with the object's path."""
    from workbench.project.acts import Item

    sha = project.objects.put_bytes("bundle", data)
    stored = msgspec.structs.replace(result, path="", manifest={})
    details: dict[str, object] = msgspec.to_builtins(stored)
    run = str(result.manifest.get("run") or "")
    item = Item(kind="bundle", id=sha, name=f"{result.name} {result.release}", details=details, refs=(run,) if run else ())
    project.record(msgspec.structs.replace(act, item=item))
    return msgspec.structs.replace(result, path=str(project.objects.path_of("bundle", sha)))


def refused_result(path: str, data: bytes, refusal: BundleRejected, trust: TrustRoot) -> BundleResult:
    """A refusal as a result: the reason, and what the bundle says it is where its structure can be believed."""
    outcome = Outcome(word=refusal.reason, trust=trust, message=str(refusal))
    try:
        return result_of(path, data, open_bundle_bytes(data), outcome)
    except BundleRejected:
        # Not even its structure can be believed: nothing is shown of it.
        return BundleResult(
            path=path, outcome=outcome.word, name="", model_line="", release=0, floor=0, boards=(), identity="",
            size_bytes=len(data), members=(), signatures=(), message=outcome.message,
        )  # fmt: skip


def open_bundle_bytes(data: bytes) -> OpenedBundle:
    """What a bundle says it is; raises BundleRejected where it is damaged."""
    from workbench.bundle.verify import open_bundle

    return open_bundle(data)


def result_of(path: str, data: bytes, opened: OpenedBundle, outcome: Outcome) -> BundleResult:
    """What a bundle whose structure and hashes are right holds."""
    manifest = opened.manifest
    members = tuple(BundleMember(name=item.name, size_bytes=item.size_bytes, sha256=item.sha256) for item in manifest.members)
    return BundleResult(
        path=path, outcome=outcome.word, name=manifest.name, model_line=manifest.model_line, release=manifest.release,
        floor=manifest.floor, boards=manifest.boards, identity=opened.identity, size_bytes=len(data), members=members,
        signatures=_signatures_of(opened, outcome.trust), message=outcome.message, manifest=msgspec.to_builtins(manifest),
    )  # fmt: skip


def _signatures_of(opened: OpenedBundle, trust: TrustRoot) -> tuple[BundleSignature, ...]:
    from workbench.bundle.verify import find_signers

    signers = find_signers(opened.manifest_bytes, opened.signatures, trust.keys)
    names = {key.key_id: key.name for key in trust.keys}
    counting = {key.key_id for key in trust.signers_of(opened.identity)}
    found = []
    for mark in opened.signatures.signatures:
        signer = signers.get(mark.keyid)
        is_valid = signer.key_id in counting if signer else False if mark.keyid in names else None
        found.append(BundleSignature(key_id=mark.keyid, name=names.get(mark.keyid, ""), is_valid=is_valid))
    return tuple(found)


def open_bundle_file(path: str) -> OpenedBundle:
    """Structure and hashes of a file are checked, signatures are not. Raises InputError, BundleRejected."""
    return open_bundle_bytes(read_bundle(path))


def read_bundle(path: str) -> bytes:
    """A file's bytes, read once: only this copy is used from here on. Raises InputError."""
    from workbench.bundle.archive import MAX_BUNDLE_BYTES

    file = Path(path)
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BUNDLE_BYTES + 1)
    except OSError as error:
        raise translate_os_error(error, file) from error


def card_of(opened: OpenedBundle) -> str:
    """The model card's text, '' where there is none; at most MAX_CARD_CHARS of it."""
    return opened.members.get("card.md", b"").decode("utf-8", errors="replace")[:MAX_CARD_CHARS]


def load_chain_of(file: str | None) -> TrustChain:
    """The chain beside a trust file, else beside the person's pinned root; an empty one where there is none."""
    from workbench.bundle.chain import chain_path_of, load_chain
    from workbench.bundle.trust import TRUST_FILE

    return load_chain(chain_path_of(Path(file) if file else user_home() / TRUST_FILE))


def followed(trust: TrustRoot, chain_file: str | None) -> TrustRoot:
    """The root that a chain file leads to, the same one without a file. Raises BundleError, InputError."""
    from workbench.bundle.chain import MAX_CHAIN_BYTES, decode_chain, follow
    from workbench.core.codec import read_bounded

    if chain_file is None:
        return trust
    data = read_bounded(Path(chain_file), MAX_CHAIN_BYTES)
    return follow(trust, decode_chain(data, what=f"Chain file {chain_file}"))


def load_trust_file(file: str | None) -> TrustRoot:
    """A trust file, else the person's pinned root. Raises InputError."""
    from workbench.bundle.trust import load_pinned_trust, load_trust

    return load_trust(Path(file)) if file else load_pinned_trust(user_home())
