"""The chain of trust roots: what makes a device, or another person's laptop, follow a rotation or a revocation.

A link is the next root, signed by the thresholds of the root before and of its own (`trust.advance_root`), so a chain proves
itself, whoever carries it. It lies beside the trust file that it leads to. Must not decide whom to trust at the beginning:
that root is pinned.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from workbench.bundle.signing import PAYLOAD_ROOT, Envelope, decode_base64
from workbench.bundle.trust import MAX_CHAIN, MAX_TRUST_BYTES, TrustRoot, follow_chain
from workbench.core.codec import Record, decode_canonical, encode_canonical, read_bounded, write_atomic
from workbench.core.errors import BundleError, InputError

MAX_CHAIN_BYTES = 8 * 1024 * 1024
MAX_MESSAGE_BYTES = 1024 * 1024
"""What a device takes at once; three of the largest roots, and hundreds of usual ones."""


class TrustChain(Record, frozen=True, kw_only=True):
    """Links in order of their roots' versions."""

    kind: Literal["trust-chain"] = "trust-chain"
    schema: Literal[1] = 1
    links: Annotated[tuple[Envelope, ...], msgspec.Meta(max_length=MAX_CHAIN)] = ()


def chain_path_of(trust_path: Path) -> Path:
    """Where the chain of a trust file lies: `trust-chain.json` beside `trust.json`."""
    return trust_path.with_name(f"{trust_path.stem}-chain.json")


def encode_chain(chain: TrustChain) -> bytes:
    """Canonical JSON."""
    return encode_canonical(chain)


def decode_chain(data: bytes, *, what: str) -> TrustChain:
    """Strict: canonical, of bounded size, with versions one above the other. No signature is checked. Raises InputError."""
    chain = decode_canonical(data, TrustChain, what=what, max_bytes=MAX_CHAIN_BYTES)
    versions = [root_in(link).version for link in chain.links]
    if any(later <= former for former, later in pairwise(versions)):
        raise InputError(f"{what} holds trust roots in the order {versions}.", "Take the chain from its source again.")
    return chain


def load_chain(path: Path) -> TrustChain:
    """A chain file; an empty chain where there is none. Raises InputError if it is damaged."""
    if not path.is_file():
        return TrustChain()
    return decode_chain(read_bounded(path, MAX_CHAIN_BYTES), what=f"Chain file {path}")


def save_chain(path: Path, chain: TrustChain) -> None:
    """Write a chain file, atomically."""
    write_atomic(path, encode_chain(chain))


def root_in(link: Envelope) -> TrustRoot:
    """The root that a link holds, not verified. Raises InputError."""
    if link.payload_type != PAYLOAD_ROOT:
        raise InputError(f"A link of the chain is a '{link.payload_type}', not a trust root.", "Take the chain again.")
    return decode_canonical(decode_base64(link.payload), TrustRoot, what="A trust root of the chain", max_bytes=MAX_TRUST_BYTES)


def add_link(chain: TrustChain, link: Envelope) -> TrustChain:
    """The chain with one more link at its end; links to roots as new or newer are replaced."""
    version = root_in(link).version
    kept = tuple(old for old in chain.links if root_in(old).version < version)
    return msgspec.structs.replace(chain, links=(*kept, link)[-MAX_CHAIN:])


def links_after(chain: TrustChain, version: int) -> tuple[Envelope, ...]:
    """The links that lead on from the root of this version, without a gap; () if none does."""
    found: list[Envelope] = []
    for link in chain.links:
        if root_in(link).version == version + 1 + len(found):
            found.append(link)
    return tuple(found)


def follow(current: TrustRoot, chain: TrustChain) -> TrustRoot:
    """The root that the chain leads to from this one; links that are not newer are passed over. Raises BundleError."""
    newer = [root_in(link).version for link in chain.links if root_in(link).version > current.version]
    links = links_after(chain, current.version)
    if len(links) < len(newer):
        missing = current.version + 1 + len(links)
        text = f"The chain leads to trust root {newer[-1]}, but root {missing}, which comes after yours, is not in it."
        raise BundleError(text, "Ask for a chain that begins at your root, or for the new trust file itself.")
    return follow_chain(current, links)
