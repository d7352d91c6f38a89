"""Putting a bundle together, and adding signatures to one that exists. The same contents give the same bytes.

Ed25519 is deterministic (RFC 8032), so that holds with signatures too. Must not look at a clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbench.bundle.archive import build_archive, member_of
from workbench.bundle.manifest import Manifest, check_manifest, encode_manifest
from workbench.bundle.signing import PAYLOAD_BUNDLE, DetachedSignatures, SigningKey, add_detached, sign_detached
from workbench.bundle.verify import open_bundle
from workbench.core.codec import encode_canonical
from workbench.core.scoring_spec import ScoringSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleContents:
    """What goes in: the manifest's fields and the members' bytes by name (`manifest.py` has the names)."""

    name: str
    model_line: str
    release: int
    floor: int
    boards: tuple[str, ...]
    spec: ScoringSpec
    variant: str
    golden_tolerance: float
    members: Mapping[str, bytes]
    run: str = ""
    family: str = ""
    created_utc: str = ""
    carries_plant_data: bool = True


def build_manifest(contents: BundleContents) -> Manifest:
    """The manifest of these contents. Raises InputError where a field or a member's name can't be."""
    import msgspec

    from workbench.core.errors import InputError

    members = tuple(member_of(name, data) for name, data in sorted(contents.members.items()))
    fields = {name: getattr(contents, name) for name in BundleContents.__dataclass_fields__ if name != "members"}
    try:
        manifest = msgspec.convert({**fields, "schema": 1, "members": members}, Manifest, from_attributes=True)
    except msgspec.ValidationError as error:
        raise InputError(f"The bundle can't be built: {error}.", "Correct the field that is named.") from error
    check_manifest(manifest)
    return manifest


def build_bundle(contents: BundleContents, keys: tuple[SigningKey, ...] = ()) -> bytes:
    """The bundle's bytes, signed by each key (none: unsigned). Raises InputError where the contents can't be a bundle."""
    manifest = encode_manifest(build_manifest(contents))
    return assemble(manifest, sign_detached(manifest, PAYLOAD_BUNDLE, keys), contents.members)


def assemble(manifest: bytes, signatures: DetachedSignatures, members: Mapping[str, bytes]) -> bytes:
    """The archive of a manifest, its signatures and its members."""
    return build_archive(manifest, encode_canonical(signatures), members)


def add_bundle_signature(data: bytes, key: SigningKey) -> bytes:
    """The bundle with one more signature. Raises BundleRejected if it is damaged, BundleError if this key signed it."""
    opened = open_bundle(data)
    signatures = add_detached(opened.signatures, opened.manifest_bytes, key)
    return assemble(opened.manifest_bytes, signatures, opened.members)
