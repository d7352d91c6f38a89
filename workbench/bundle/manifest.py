"""The manifest: the one signed document of a bundle; everything else hangs on the hashes in it.

Its canonical JSON bytes are what is signed, and their SHA-256 is the bundle's identity. `crc32` is there so that a
verifier can rebuild the archive's headers from the manifest alone. Must not import anything heavier than msgspec.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec

from workbench.bundle.words import check_words
from workbench.core.codec import Record, decode_canonical, encode_canonical, sha256_hex
from workbench.core.errors import InputError
from workbench.core.scoring_spec import ScoringSpec

SCHEMA = 1
MAX_MANIFEST_BYTES = 1024 * 1024
MAX_MEMBERS = 64
MAX_MEMBER_BYTES = 256 * 1024 * 1024
MANIFEST_NAME = "manifest.json"
SIGNATURES_NAME = "signatures.json"
MODEL_NAME = "model.onnx"
GOLDEN_INFO_NAME = "golden.json"
GOLDEN_DATA_NAME = "golden.bin"
REFERENCE_NAME = "drift-reference.json"
REQUIRED_MEMBERS = (MODEL_NAME, GOLDEN_INFO_NAME, GOLDEN_DATA_NAME)
_RESERVED = (MANIFEST_NAME, SIGNATURES_NAME)
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")

VariantName = Literal["float32", "float16", "int8", "compact"]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class Member(Record, frozen=True, kw_only=True):
    """One file of the bundle: name, size, hash, and the CRC-32 that its ZIP header carries."""

    name: str
    size_bytes: Annotated[int, msgspec.Meta(ge=0, le=MAX_MEMBER_BYTES)]
    sha256: Sha256
    crc32: Annotated[int, msgspec.Meta(ge=0, le=0xFFFFFFFF)]


class Manifest(Record, frozen=True, kw_only=True):
    """What a bundle is. Two bundles are the same when their manifests are."""

    schema: int = SCHEMA
    name: Text
    model_line: Text
    release: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
    """Orders bundles within the model line."""
    floor: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
    """Security floor that the device takes over at confirm; never above `release`."""
    boards: Annotated[tuple[Text, ...], msgspec.Meta(min_length=1, max_length=64)]
    spec: ScoringSpec
    variant: VariantName
    golden_tolerance: Annotated[float, msgspec.Meta(gt=0, le=0.05)]
    """Largest accepted difference of a golden score on the device, on the 0..1 scale."""
    run: Annotated[str, msgspec.Meta(max_length=200)] = ""
    family: Annotated[str, msgspec.Meta(max_length=200)] = ""
    created_utc: Annotated[str, msgspec.Meta(max_length=40)] = ""
    """When the run was trained: a bundle built twice is identical, so the time of building is not in it."""
    carries_plant_data: bool = True
    """Golden vectors and references were drawn from real recordings."""
    members: Annotated[tuple[Member, ...], msgspec.Meta(max_length=MAX_MEMBERS)]


class SchemaOnly(msgspec.Struct, frozen=True):
    """The one field that every schema has; read first, to tell a newer bundle from a damaged one."""

    schema: int


def encode_manifest(manifest: Manifest) -> bytes:
    """Canonical JSON: these bytes are signed."""
    return encode_canonical(manifest)


def decode_manifest(data: bytes) -> Manifest:
    """Strict and canonical only; raises InputError with the reason."""
    manifest = decode_canonical(data, Manifest, what="The manifest", max_bytes=MAX_MANIFEST_BYTES)
    check_manifest(manifest)
    return manifest


def identity_of(manifest_bytes: bytes) -> str:
    """The bundle's identity: SHA-256 of its canonical manifest, 64 hex digits."""
    return sha256_hex(manifest_bytes)


def check_manifest(manifest: Manifest) -> None:
    """Rules that types can't express: names, order, required members, floor, words. Raises InputError."""
    check_words(_words_of(manifest), what="The manifest")
    names = [member.name for member in manifest.members]
    bad = [name for name in names if not is_member_name(name)]
    if bad:
        raise InputError(f"'{bad[0]}' can't be the name of a bundle's member.", "Use lower case, digits, dot, dash.")
    if names != sorted(set(names)):
        raise InputError("The members are not in order, or one comes twice.", "Build the bundle with this program.")
    missing = [name for name in REQUIRED_MEMBERS if name not in names]
    if missing:
        raise InputError(f"The bundle has no {missing[0]}.", "Build it again.")
    if manifest.floor > manifest.release:
        text = f"The security floor {manifest.floor} lies above the bundle's own release {manifest.release}."
        raise InputError(text, "A device would refuse its own model: choose a floor up to the release.")


def _words_of(manifest: Manifest) -> Iterator[str]:
    yield from (manifest.name, manifest.model_line, manifest.run, manifest.family, manifest.created_utc)
    yield from (*manifest.boards, *manifest.spec.classes)
    for channel in manifest.spec.channels:
        yield from (channel.name, channel.unit, channel.quantity)


def is_member_name(name: str) -> bool:
    """Plain lower-case file names: no folders, no leading or trailing dot, none of the two reserved ones."""
    return _NAME.fullmatch(name) is not None and ".." not in name and name not in _RESERVED


def find_schema(data: bytes) -> int | None:
    """The schema number of a signed manifest, None where there is none."""
    try:
        return msgspec.json.decode(data, type=SchemaOnly).schema
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
