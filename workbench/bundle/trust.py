"""Whom a device or a person believes: the trust root, and how one root hands over to the next.

A root is pinned: it comes from the person's own folder or was provisioned into a device, never from a project or a bundle.
Root N+1 is accepted only if the thresholds of root N *and* of root N+1 have signed it (The Update Framework 1.0, section
5.3). A revoked key stays in the root, so that a bundle signed with it is refused by that name. So does a replaced one, with
the bundles that it had signed until then: these count on, nothing else of it does. Without keys everything is refused. Must
not import anything heavier than msgspec; `cryptography` loads when a signature is checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from workbench.bundle.signing import (
    PAYLOAD_ROOT,
    PUBLIC_KEY_BYTES,
    Envelope,
    SigningKey,
    decode_base64,
    encode_base64,
    key_id_of,
    sign_envelope,
    valid_signers,
)
from workbench.bundle.words import check_words
from workbench.core.codec import (
    Record,
    decode_canonical,
    decode_strict,
    encode_canonical,
    encode_pretty,
    read_bounded,
    write_atomic,
)
from workbench.core.errors import BundleError, InputError

Role = Literal["bundle", "command", "root"]
ALL_ROLES: tuple[Role, ...] = ("bundle", "command", "root")
TRUST_FILE = "trust.json"
MAX_TRUST_BYTES = 256 * 1024
MAX_CHAIN = 256
MAX_KEPT = 2000
"""Bundles of replaced keys that a root names, all keys together; the oldest make room."""
Threshold = Annotated[int, msgspec.Meta(ge=1, le=16)]


class TrustedKey(Record, frozen=True, kw_only=True):
    """One public key: its name for people, what it may sign, whether it has been revoked, and what replaced it."""

    key_id: str
    name: Annotated[str, msgspec.Meta(max_length=200)]
    public_key: str
    """Strict base64 of 32 bytes."""
    roles: tuple[Role, ...] = ALL_ROLES
    is_revoked: bool = False
    replaced_by: Annotated[str, msgspec.Meta(max_length=16)] = ""
    """Key id of its successor; '' while it is in use."""
    kept: Annotated[tuple[Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")], ...], msgspec.Meta(max_length=MAX_KEPT)] = ()
    """Of a replaced key: identities of the bundles that it had signed before, oldest first."""

    @property
    def is_active(self) -> bool:
        """Whether it may sign something new."""
        return not self.is_revoked and not self.replaced_by

    @property
    def raw(self) -> bytes:
        """The 32 public bytes. Raises InputError if the text is not canonical base64."""
        return decode_base64(self.public_key)


class TrustRoot(Record, frozen=True, kw_only=True):
    """Trusted keys and how many distinct ones must have signed a bundle, a device command, the next root."""

    schema: Literal[1] = 1
    version: Annotated[int, msgspec.Meta(ge=1)] = 1
    bundle_threshold: Threshold = 1
    command_threshold: Threshold = 1
    root_threshold: Threshold = 1
    keys: Annotated[tuple[TrustedKey, ...], msgspec.Meta(max_length=64)] = ()

    def active(self, role: Role) -> tuple[TrustedKey, ...]:
        """Keys that may sign for this role now."""
        return tuple(key for key in self.keys if role in key.roles and key.is_active)

    def signers_of(self, identity: str) -> tuple[TrustedKey, ...]:
        """Keys whose signature counts under the bundle of this identity: those in use, and what signed it before."""
        return tuple(
            key for key in self.keys if "bundle" in key.roles and not key.is_revoked and (key.is_active or identity in key.kept)
        )


class PublicKeyFile(Record, frozen=True, kw_only=True):
    """What a `.pub` file holds: the public half of a key and its name."""

    kind: Literal["public-key"] = "public-key"
    name: Annotated[str, msgspec.Meta(max_length=200)]
    public_key: str


def trust_key(public_key: bytes, name: str, roles: tuple[Role, ...] = ALL_ROLES) -> TrustedKey:
    """An entry for a root from 32 raw bytes."""
    return TrustedKey(key_id=key_id_of(public_key), name=name, public_key=encode_base64(public_key), roles=roles)


def add_key(root: TrustRoot, key: TrustedKey) -> TrustRoot:
    """The root with one more key, one version on; unchanged if this key is trusted already.

    A revoked key can't be added again (BundleError).
    """
    known = next((old for old in root.keys if old.public_key == key.public_key), None)
    if known is not None and known.is_revoked:
        raise BundleError(f"Key {key.key_id} ({known.name}) has been revoked here.", "Make a new key and trust that one.")
    if known is not None:
        return root
    keys = tuple(sorted((*root.keys, key), key=_id_of))
    return _checked(msgspec.structs.replace(root, version=root.version + (1 if root.keys else 0), keys=keys))


def revoke_key(root: TrustRoot, key_id: str) -> TrustRoot:
    """The root in which this key is revoked, one version on. Raises BundleError if it isn't in the root."""
    if key_id not in {key.key_id for key in root.keys}:
        raise BundleError(f"The trust root doesn't hold key {key_id}.", "See the keys with: workbench trust show.")
    keys = tuple(msgspec.structs.replace(key, is_revoked=True, kept=()) if key.key_id == key_id else key for key in root.keys)
    return msgspec.structs.replace(root, version=root.version + 1, keys=keys)


def replace_key(root: TrustRoot, key_id: str, successor: TrustedKey, signed: Sequence[str]) -> TrustRoot:
    """The root in which a key made way for its successor, one version on; `signed`: identities that it signed, oldest first.

    Raises BundleError if the key isn't in use in the root, or the successor is in it already.
    """
    former = next((key for key in root.keys if key.key_id == key_id and key.is_active), None)
    if former is None:
        raise BundleError(f"The trust root holds no key {key_id} in use.", "See the keys with: workbench trust show.")
    if any(key.public_key == successor.public_key for key in root.keys):
        raise BundleError(f"The trust root holds key {successor.key_id} already.", "Make a new key.")
    replaced = msgspec.structs.replace(former, replaced_by=successor.key_id, kept=tuple(signed))
    others = tuple(key for key in root.keys if key.key_id != key_id)
    keys = _within_limit((*others, replaced), replaced.key_id)
    return _checked(msgspec.structs.replace(root, version=root.version + 1, keys=tuple(sorted((*keys, successor), key=_id_of))))


def _within_limit(keys: tuple[TrustedKey, ...], newest: str) -> tuple[TrustedKey, ...]:
    """Together at most MAX_KEPT names of bundles: the key that was replaced last keeps its own first."""
    room, kept = MAX_KEPT, {}
    for key in sorted(keys, key=lambda key: key.key_id != newest):
        kept[key.key_id] = key.kept[-room:] if room else ()
        room -= len(kept[key.key_id])
    return tuple(msgspec.structs.replace(key, kept=kept[key.key_id]) for key in keys)


def encode_trust(root: TrustRoot) -> bytes:
    """Readable JSON of a root: the contents of a trust file."""
    return encode_pretty(root)


def decode_trust(data: bytes, *, what: str = "The trust root") -> TrustRoot:
    """Strict; key ids must be those of the keys, and no key may come twice. Raises InputError."""
    return _checked(decode_strict(data, TrustRoot, what=what, max_bytes=MAX_TRUST_BYTES))


def load_trust(path: Path) -> TrustRoot:
    """Read a trust file. Raises InputError if it is missing or damaged."""
    if not path.exists():
        raise InputError(f"There is no trust file {path}.", "Trust a key first: workbench trust add KEY.pub.")
    return decode_trust(read_bounded(path, MAX_TRUST_BYTES), what=f"Trust file {path}")


def save_trust(path: Path, root: TrustRoot) -> None:
    """Write a trust file, atomically."""
    write_atomic(path, encode_trust(_checked(root)))


def load_pinned_trust(home: Path) -> TrustRoot:
    """The person's own root in WORKBENCH_HOME; an empty one, which trusts nobody, where there is none yet."""
    path = home / TRUST_FILE
    return load_trust(path) if path.is_file() else TrustRoot()


def encode_public_key(public_key: bytes, name: str) -> bytes:
    """The contents of a `.pub` file."""
    return encode_pretty(PublicKeyFile(name=name, public_key=encode_base64(public_key)))


def decode_public_key(data: bytes, *, what: str) -> TrustedKey:
    """A `.pub` file as an entry for a root, with all roles. Raises InputError."""
    found = decode_strict(data, PublicKeyFile, what=what, max_bytes=4096)
    check_words((found.name,), what=what)
    raw = decode_base64(found.public_key)
    if len(raw) != PUBLIC_KEY_BYTES:
        raise InputError(f"{what} holds a key of {len(raw)} bytes instead of {PUBLIC_KEY_BYTES}.", "Export the key again.")
    return trust_key(raw, found.name)


def sign_root(root: TrustRoot, keys: tuple[SigningKey, ...]) -> Envelope:
    """A root as a link of the chain, signed by keys of the former root and of this one."""
    return sign_envelope(encode_canonical(_checked(root)), PAYLOAD_ROOT, keys)


def advance_root(current: TrustRoot, link: Envelope) -> TrustRoot:
    """The next root, if both thresholds signed it and its version is one higher. Raises BundleError otherwise."""
    payload = decode_base64(link.payload)
    _check_threshold(current, link)
    following = _checked(decode_canonical(payload, TrustRoot, what="The next trust root", max_bytes=MAX_TRUST_BYTES))
    _check_threshold(following, link)
    if following.version != current.version + 1:
        text = f"Trust root {following.version} can't follow root {current.version}."
        raise BundleError(text, "Take the links of the chain one after the other.")
    return following


def follow_chain(current: TrustRoot, links: Sequence[Envelope]) -> TrustRoot:
    """The last root of a chain; a device that missed some rotations takes them all in order. Raises BundleError."""
    if len(links) > MAX_CHAIN:
        raise BundleError(f"A chain of {len(links)} trust roots is too long.", f"At most {MAX_CHAIN} are followed.")
    for link in links:
        current = advance_root(current, link)
    return current


def _check_threshold(root: TrustRoot, link: Envelope) -> None:
    keys = tuple(key.raw for key in root.active("root"))
    n_valid = len(valid_signers(link, PAYLOAD_ROOT, keys))
    if n_valid < root.root_threshold:
        text = f"{n_valid} of the {root.root_threshold} signatures that root {root.version} asks for are there."
        raise BundleError(text, "Let more keys of both roots sign.")


def _checked(root: TrustRoot) -> TrustRoot:
    check_words((key.name for key in root.keys), what="The trust root")
    raws = [key.raw for key in root.keys]
    if any(len(raw) != PUBLIC_KEY_BYTES for raw in raws):
        raise InputError("A public key in the trust root hasn't 32 bytes.", "Take the trust file from its source again.")
    if len(set(raws)) != len(raws):
        raise InputError("The trust root holds one key twice.", "Two signatures of one key are not two people.")
    for key, raw in zip(root.keys, raws, strict=True):
        if key.key_id != key_id_of(raw):
            raise InputError(f"Key id {key.key_id} does not belong to its key.", "Take the trust file from its source again.")
    return root


def _id_of(key: TrustedKey) -> str:
    return key.key_id
