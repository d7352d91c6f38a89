"""Ed25519 keys and DSSE envelopes (Dead Simple Signing Envelope 1.0, secure-systems-lab).

`cryptography` is imported when a key is used, not before. A key id is the first 16 hex digits of the SHA-256 of the raw
public key: a hint for finding the key, never proof. Each kind of document has a payload type of its own, so a signature
over one kind can't be passed off as another.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Annotated

import msgspec

from workbench.core.codec import Record, decode_canonical, encode_canonical
from workbench.core.errors import BundleError, InputError

PUBLIC_KEY_BYTES = 32
SEED_BYTES = 32

PAYLOAD_BUNDLE = "application/vnd.pump-workbench.bundle+json"
PAYLOAD_JOURNAL = "application/vnd.pump-workbench.journal-line+json"
PAYLOAD_RECEIPT = "application/vnd.pump-workbench.receipt+json"
PAYLOAD_ROOT = "application/vnd.pump-workbench.root+json"
PAYLOAD_COMMAND = "application/vnd.pump-workbench.device-command+json"


class EnvelopeSignature(Record, frozen=True, kw_only=True):
    """One signature: key id (a hint) and strict base64 of 64 bytes."""

    keyid: str
    sig: Annotated[str, msgspec.Meta(max_length=128)]


class Envelope(Record, frozen=True, kw_only=True):
    """A DSSE envelope; field names are the standard's."""

    payload: str
    payload_type: str = msgspec.field(name="payloadType")
    signatures: tuple[EnvelopeSignature, ...]


class DetachedSignatures(Record, frozen=True, kw_only=True):
    """A DSSE envelope whose payload lies elsewhere, once: the bundle's manifest is not kept a second time in base64."""

    payload_type: str = msgspec.field(name="payloadType")
    signatures: tuple[EnvelopeSignature, ...]


class SigningKey:
    """A private Ed25519 key in memory; never printed, never pickled."""

    def __init__(self, seed: bytes) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key: bytes = self._private.public_key().public_bytes_raw()

    @classmethod
    def generate(cls) -> SigningKey:
        """A new key from the operating system's random numbers."""
        import secrets

        return cls(secrets.token_bytes(SEED_BYTES))

    @property
    def key_id(self) -> str:
        """16 hex digits that name the key."""
        return key_id_of(self.public_key)

    def seed(self) -> bytes:
        """The 32 secret bytes, for the vault only."""
        return self._private.private_bytes_raw()

    def sign(self, data: bytes) -> bytes:
        """The 64-byte signature of `data`."""
        return self._private.sign(data)

    def __repr__(self) -> str:
        return f"SigningKey({self.key_id})"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("A signing key does not leave this process.")


def key_id_of(public_key: bytes) -> str:
    """16 hex digits of the SHA-256 of the raw public key."""
    return hashlib.sha256(public_key).hexdigest()[:16]


def is_signature_valid(public_key: bytes, signature: bytes, data: bytes) -> bool:
    """Whether `signature` over `data` was made by the owner of `public_key` (32 raw bytes)."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def pre_authentication_encoding(payload_type: str, payload: bytes) -> bytes:
    """DSSE 1.0 section 2: PAE(type, body) = "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def sign_envelope(payload: bytes, payload_type: str, keys: tuple[SigningKey, ...]) -> Envelope:
    """An envelope over `payload` signed by each key."""
    signed = pre_authentication_encoding(payload_type, payload)
    marks = tuple(EnvelopeSignature(keyid=key.key_id, sig=encode_base64(key.sign(signed))) for key in keys)
    return Envelope(payload=encode_base64(payload), payload_type=payload_type, signatures=marks)


def valid_signers(envelope: Envelope, payload_type: str, public_keys: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """The distinct public keys whose signature over the payload holds; order of `public_keys`."""
    if envelope.payload_type != payload_type:
        return ()
    signed = pre_authentication_encoding(payload_type, decode_base64(envelope.payload))
    marks = tuple(decode_base64(mark.sig) for mark in envelope.signatures)
    return tuple(key for key in public_keys if any(is_signature_valid(key, mark, signed) for mark in marks))


def sign_detached(payload: bytes, payload_type: str, keys: tuple[SigningKey, ...]) -> DetachedSignatures:
    """Signatures over `payload` by each key, sorted by key id: the same keys give the same bytes."""
    ordered = tuple(sorted(keys, key=_id_of))
    return DetachedSignatures(payload_type=payload_type, signatures=sign_envelope(payload, payload_type, ordered).signatures)


def add_detached(found: DetachedSignatures, payload: bytes, key: SigningKey) -> DetachedSignatures:
    """One more signature, sorted in; a key signs once."""
    if any(mark.keyid == key.key_id for mark in found.signatures):
        raise BundleError(f"Key {key.key_id} has signed this already.", "A second signature needs a second key.")
    more = sign_detached(payload, found.payload_type, (key,)).signatures
    return msgspec.structs.replace(found, signatures=tuple(sorted((*found.signatures, *more), key=_hint_of)))


def encode_envelope(envelope: Envelope) -> bytes:
    """Canonical JSON of an envelope."""
    return encode_canonical(envelope)


def decode_envelope(data: bytes, *, what: str) -> Envelope:
    """Parse canonical JSON; raises InputError naming `what` for anything else."""
    return decode_canonical(data, Envelope, what=what)


def encode_base64(data: bytes) -> str:
    """Standard base64 with padding."""
    return base64.b64encode(data).decode("ascii")


def decode_base64(text: str) -> bytes:
    """Strict base64: alphabet, padding and unused bits must be canonical. Raises InputError."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise InputError(f"Base64 text is malformed: {error}.", "The file was altered.") from error
    if base64.b64encode(data).decode("ascii") != text:
        raise InputError("Base64 text is not canonical.", "The file was altered.")
    return data


def _id_of(key: SigningKey) -> str:
    return key.key_id


def _hint_of(mark: EnvelopeSignature) -> str:
    return mark.keyid
