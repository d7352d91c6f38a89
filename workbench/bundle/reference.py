"""The drift reference: what a model's inputs and scores looked like when it was trained, in a few kilobytes.

Each channel is a histogram over the reference's own quantiles with moments beside it: a device counts its own samples into the
same bins and compares. Carries no series.
"""

from __future__ import annotations

from collections.abc import Mapping

from workbench.bundle.manifest import REFERENCE_NAME
from workbench.core.codec import Record, decode_canonical, encode_canonical
from workbench.core.errors import InputError
from workbench.core.sketch_record import ChannelSketch

MAX_REFERENCE_BYTES = 4 * 1024 * 1024
SCORE_CHANNEL = "score"


class DriftReference(Record, frozen=True, kw_only=True):
    """The inputs, in the order of the model's channels, and the model's own score."""

    channels: tuple[ChannelSketch, ...]
    score: ChannelSketch


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
