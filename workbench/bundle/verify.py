"""Whether a bundle may be used: the one gate in front of every device, the same code on the laptop and on the gateway.

The order is the point. First a header of bounded size; then the signatures over the raw bytes; only then is the manifest
parsed, strictly; then every header byte is compared with what the manifest says, and every member is hashed before it is
used; the model is walked last. Needs `core`, msgspec and `cryptography` only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from workbench.bundle.archive import MAX_SIGNATURES_BYTES, Head, read_archive, read_head
from workbench.bundle.golden import check_golden_members
from workbench.bundle.inspect_onnx import DEFAULT_MAX_BYTES, check_model
from workbench.bundle.manifest import (
    MODEL_NAME,
    SCHEMA,
    Manifest,
    decode_manifest,
    find_schema,
    identity_of,
)
from workbench.bundle.reference import decode_reference
from workbench.bundle.signing import (
    PAYLOAD_BUNDLE,
    DetachedSignatures,
    EnvelopeSignature,
    decode_base64,
    is_signature_valid,
    pre_authentication_encoding,
)
from workbench.bundle.trust import TrustedKey, TrustRoot
from workbench.core.codec import decode_canonical, encode_canonical, sha256_hex
from workbench.core.errors import BundleRejected, InputError
from workbench.core.scoring_spec import SPEC_KEY

MAX_SIGNATURES = 16
_KEY_ID = re.compile(r"[0-9a-f]{16}")


class Refusal(StrEnum):
    """Every reason for which a bundle is refused; there is a broken bundle for each in the tests."""

    MALFORMED = "malformed"
    HASH_MISMATCH = "hash_mismatch"
    SIGNATURE_INVALID = "signature_invalid"
    KEY_UNKNOWN = "key_unknown"
    KEY_REVOKED = "key_revoked"
    KEY_REPLACED = "key_replaced"
    APPROVALS_MISSING = "approvals_missing"
    BOARD_MISMATCH = "board_mismatch"
    LINE_MISMATCH = "line_mismatch"
    BELOW_FLOOR = "below_floor"
    MODEL_NOT_ALLOWED = "model_not_allowed"
    SCHEMA_TOO_NEW = "schema_too_new"


HINTS: Mapping[Refusal, str] = {
    Refusal.MALFORMED: "The file is damaged or not a bundle; copy it again from its source.",
    Refusal.HASH_MISMATCH: "A part was changed after it was signed; copy the bundle again from its source.",
    Refusal.SIGNATURE_INVALID: "The bundle was changed after it was signed; don't use it, and tell who gave it to you.",
    Refusal.KEY_UNKNOWN: (
        "If you know the signer, trust the key: workbench trust add KEY.pub. If it replaced a key that you trust: "
        "workbench trust follow CHAIN."
    ),
    Refusal.KEY_REVOKED: "Ask for a bundle that is signed with the present key.",
    Refusal.KEY_REPLACED: "Let the signer sign it with the present key: workbench bundle sign BUNDLE --key ID.",
    Refusal.APPROVALS_MISSING: "Let the missing person sign: workbench bundle approve BUNDLE --key ID.",
    Refusal.BOARD_MISMATCH: "Take the bundle that was built for this board.",
    Refusal.LINE_MISMATCH: "Take a bundle of this device's model line, or provision the device for the other one.",
    Refusal.BELOW_FLOOR: "Take a release at or above the device's security floor.",
    Refusal.MODEL_NOT_ALLOWED: "Build the bundle again from its run with this program.",
    Refusal.SCHEMA_TOO_NEW: "Update this program, or the device's agent.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmedRelease:
    """A release that the device once confirmed, with its identity."""

    release: int
    identity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What the bundle must suit; None means that nobody asks.

    `confirmed`: the same release with another identity is refused (hash_mismatch).
    `max_model_bytes`: the board's flash budget; a larger model is refused (model_not_allowed).
    """

    board: str | None = None
    model_line: str | None = None
    security_floor: int = 0
    confirmed: tuple[ConfirmedRelease, ...] = ()
    max_model_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedBundle:
    """A bundle that passed everything. `signers` are the trusted keys whose signatures hold."""

    manifest: Manifest
    members: Mapping[str, bytes]
    identity: str
    signers: tuple[TrustedKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedBundle:
    """A bundle whose structure and hashes are right, and whose signatures nobody has checked: for showing only."""

    manifest: Manifest
    members: Mapping[str, bytes]
    identity: str
    manifest_bytes: bytes
    signatures: DetachedSignatures


def verify_bundle(data: bytes, trust: TrustRoot, expectation: Expectation) -> VerifiedBundle:
    """Check everything that can be checked. Raises BundleRejected with a `Refusal` as its reason, and nothing else."""
    head = _read_head(data)
    signers = _check_signatures(head, trust)
    manifest = _read_manifest(head.manifest)
    members = _read_members(data, head, manifest)
    identity = identity_of(head.manifest)
    _check_expectation(manifest, identity, expectation)
    _check_model(members[MODEL_NAME], manifest, expectation.max_model_bytes)
    return VerifiedBundle(manifest=manifest, members=members, identity=identity, signers=signers)


def verify_head(data: bytes, trust: TrustRoot, expectation: Expectation) -> Manifest:
    """Check what the first bytes of a bundle can show (signatures, manifest, expectation), for a device that is being sent one.

    `data` must reach to the end of the signatures. The members are not there yet: `verify_bundle` has the last word.
    Raises BundleRejected.
    """
    head = _read_head(data)
    _check_signatures(head, trust)
    manifest = _read_manifest(head.manifest)
    _check_expectation(manifest, identity_of(head.manifest), expectation)
    return manifest


def open_bundle(data: bytes) -> OpenedBundle:
    """Structure and hashes only, for `bundle show` and for signing. Raises BundleRejected."""
    head = _read_head(data)
    manifest = _read_manifest(head.manifest)
    members = _read_members(data, head, manifest)
    return OpenedBundle(
        manifest=manifest, members=members, identity=identity_of(head.manifest),
        manifest_bytes=head.manifest, signatures=_read_signatures(head.signatures),
    )  # fmt: skip


def find_signers(manifest_bytes: bytes, signatures: DetachedSignatures, keys: tuple[TrustedKey, ...]) -> dict[str, TrustedKey]:
    """For each signature (by its hint) the key among `keys` that really made it; hints without one are left out."""
    if signatures.payload_type != PAYLOAD_BUNDLE:
        return {}
    signed = pre_authentication_encoding(PAYLOAD_BUNDLE, manifest_bytes)
    found = {mark.keyid: _signer_of(mark, signed, keys) for mark in signatures.signatures}
    return {hint: key for hint, key in found.items() if key is not None}


def reject(reason: Refusal, message: str) -> BundleRejected:
    """The refusal as an error, with the hint that belongs to its reason."""
    return BundleRejected(message, HINTS[reason], reason=reason.value)


def _read_head(data: bytes) -> Head:
    try:
        return read_head(data)
    except InputError as error:
        raise reject(Refusal.MALFORMED, error.message) from error


def _read_signatures(data: bytes) -> DetachedSignatures:
    try:
        found = decode_canonical(data, DetachedSignatures, what="The signatures", max_bytes=MAX_SIGNATURES_BYTES)
        for mark in found.signatures:
            decode_base64(mark.sig)
    except InputError as error:
        raise reject(Refusal.MALFORMED, error.message) from error
    if len(found.signatures) > MAX_SIGNATURES:
        raise reject(Refusal.MALFORMED, f"{len(found.signatures)} signatures are more than the {MAX_SIGNATURES} allowed.")
    hints = [mark.keyid for mark in found.signatures]
    if not all(_KEY_ID.fullmatch(hint) for hint in hints):
        raise reject(Refusal.MALFORMED, "A signature names its key by something else than 16 hex digits.")
    if hints != sorted(set(hints)):
        raise reject(Refusal.MALFORMED, "The signatures are not in order, or one key signed twice.")
    return found


def _check_signatures(head: Head, trust: TrustRoot) -> tuple[TrustedKey, ...]:
    """The distinct trusted keys that signed; at least the root's threshold, else the reason why not."""
    found = _read_signatures(head.signatures)
    if found.payload_type != PAYLOAD_BUNDLE:
        raise reject(Refusal.SIGNATURE_INVALID, f"The signatures are for '{found.payload_type}', not for a bundle.")
    counting = {key.public_key: key for key in trust.signers_of(identity_of(head.manifest))}
    others = tuple(key for key in trust.keys if "bundle" in key.roles and key.public_key not in counting)
    signed = pre_authentication_encoding(PAYLOAD_BUNDLE, head.manifest)
    _check_claims(found, signed, tuple(counting.values()))
    signers = find_signers(head.manifest, found, (*counting.values(), *others))
    valid = tuple({key.public_key: key for key in signers.values() if key.public_key in counting}.values())
    if len(valid) >= trust.bundle_threshold:
        return valid
    raise _too_few(found, signers, valid, trust.bundle_threshold)


def _check_claims(found: DetachedSignatures, signed: bytes, keys: tuple[TrustedKey, ...]) -> None:
    """A signature that names a trusted key and isn't by it means that someone changed something, whatever else holds."""
    by_hint = {key.key_id: key for key in keys}
    for mark in found.signatures:
        key = by_hint.get(mark.keyid)
        if key is not None and not is_signature_valid(key.raw, decode_base64(mark.sig), signed):
            raise reject(Refusal.SIGNATURE_INVALID, f"The signature of {key.name} ({key.key_id}) does not fit the manifest.")


def _too_few(
    found: DetachedSignatures, signers: dict[str, TrustedKey], valid: tuple[TrustedKey, ...], threshold: int
) -> BundleRejected:
    revoked = [key for key in signers.values() if key.is_revoked]
    if valid or not found.signatures:
        return reject(Refusal.APPROVALS_MISSING, f"{len(valid)} of the {threshold} signatures needed are there.")
    if revoked:
        return reject(
            Refusal.KEY_REVOKED, f"The bundle is signed with {revoked[0].name} ({revoked[0].key_id}), which is revoked."
        )
    replaced = [key for key in signers.values() if key.replaced_by]
    if replaced:
        key = replaced[0]
        text = (
            f"The bundle is signed with {key.name} ({key.key_id}), which {key.replaced_by} has replaced, and it is not among "
            f"the {len(key.kept)} bundles that it had signed before."
        )
        return reject(Refusal.KEY_REPLACED, text)
    hints = ", ".join(mark.keyid for mark in found.signatures)
    return reject(Refusal.KEY_UNKNOWN, f"The bundle is signed with {hints}, which is not trusted here.")


def _signer_of(mark: EnvelopeSignature, signed: bytes, keys: tuple[TrustedKey, ...]) -> TrustedKey | None:
    # The hint only says which key to try first.
    ordered = sorted(keys, key=lambda key: key.key_id != mark.keyid)
    signature = decode_base64(mark.sig)
    return next((key for key in ordered if is_signature_valid(key.raw, signature, signed)), None)


def _read_manifest(data: bytes) -> Manifest:
    schema = find_schema(data)
    if schema is not None and schema > SCHEMA:
        raise reject(Refusal.SCHEMA_TOO_NEW, f"The bundle has schema {schema}; this program reads up to {SCHEMA}.")
    try:
        return decode_manifest(data)
    except InputError as error:
        raise reject(Refusal.MALFORMED, error.message) from error


def _read_members(data: bytes, head: Head, manifest: Manifest) -> dict[str, bytes]:
    """In the manifest's order: the frame of each compared, its stored bytes hashed, only then handed out."""
    try:
        views = read_archive(data, head, manifest)
    except InputError as error:
        raise reject(Refusal.MALFORMED, error.message) from error
    for member in manifest.members:
        found = sha256_hex(views[member.name])
        if found != member.sha256:
            text = f"{member.name} has SHA-256 {found[:12]}…, the manifest says {member.sha256[:12]}…."
            raise reject(Refusal.HASH_MISMATCH, text)
    members = {name: bytes(view) for name, view in views.items()}
    try:
        check_golden_members(members, manifest.spec)
        decode_reference(members)
    except InputError as error:
        raise reject(Refusal.MALFORMED, error.message) from error
    return members


def _check_expectation(manifest: Manifest, identity: str, expectation: Expectation) -> None:
    if expectation.board is not None and expectation.board not in manifest.boards:
        text = f"The bundle is for {', '.join(manifest.boards)}, the device is a {expectation.board}."
        raise reject(Refusal.BOARD_MISMATCH, text)
    if expectation.model_line is not None and expectation.model_line != manifest.model_line:
        text = f"The bundle is of model line '{manifest.model_line}', the device takes '{expectation.model_line}'."
        raise reject(Refusal.LINE_MISMATCH, text)
    if manifest.release < expectation.security_floor:
        text = f"Release {manifest.release} lies below the security floor {expectation.security_floor}."
        raise reject(Refusal.BELOW_FLOOR, text)
    for known in expectation.confirmed:
        if known.release == manifest.release and known.identity != identity:
            text = f"Release {manifest.release} was confirmed before with other contents ({known.identity[:12]}…)."
            raise reject(Refusal.HASH_MISMATCH, text)


def _check_model(model: bytes, manifest: Manifest, max_model_bytes: int | None) -> None:
    """Only what our exports contain, within the budget, and made for the windows that the manifest tells."""
    facts = check_model(model, DEFAULT_MAX_BYTES if max_model_bytes is None else max_model_bytes)
    if facts.metadata.get(SPEC_KEY, "").encode() != encode_canonical(manifest.spec):
        raise reject(Refusal.MODEL_NOT_ALLOWED, "The model was made for other channels or windows than the manifest tells.")
