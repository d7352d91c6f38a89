"""The drift reference: what a model's inputs and scores looked like when it was trained, in a few kilobytes.

Each channel is a histogram over the reference's own quantiles with moments beside it, field for field a
`scoring.sketch.ChannelSketch`, so that a device counts its own samples into the same bins and compares. Carries no series.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec

from workbench.bundle.manifest import REFERENCE_NAME
from workbench.core.codec import Record, decode_canonical, encode_canonical
from workbench.core.errors import InputError

MAX_REFERENCE_BYTES = 4 * 1024 * 1024
SCORE_CHANNEL = "score"


class ChannelReference(Record, frozen=True, kw_only=True):
    """One channel of the reference period; `counts[i]` samples with edges[i-1] <= value < edges[i], both ends open."""

    channel: str
    edges: Annotated[tuple[float, ...], msgspec.Meta(max_length=4096)]
    counts: Annotated[tuple[int, ...], msgspec.Meta(max_length=4097)]
    n_missing: int = 0
    mean: float = 0.0
    m2: float = 0.0
    minimum: float | None = None
    maximum: float | None = None


class DriftReference(Record, frozen=True, kw_only=True):
    """The inputs, in the order of the model's channels, and the model's own score."""

    channels: tuple[ChannelReference, ...]
    score: ChannelReference


def encode_reference(reference: DriftReference) -> bytes:
    """The bytes of `drift-reference.json`."""
    return encode_canonical(reference)


def decode_reference(members: Mapping[str, bytes]) -> DriftReference | None:
    """The reference of a bundle's members, None where it carries none. Raises InputError where it is damaged."""
    data = members.get(REFERENCE_NAME)
    if data is None:
        return None
    found = decode_canonical(data, DriftReference, what=REFERENCE_NAME, max_bytes=MAX_REFERENCE_BYTES)
    for channel in (*found.channels, found.score):
        if len(channel.counts) != len(channel.edges) + 1:
            text = f"The drift reference of {channel.channel} has {len(channel.counts)} bins for {len(channel.edges)} edges."
            raise InputError(text, "Build the bundle again.")
    return found
