"""Finding a channel by typing: letters in order, beginnings of words, quantity and unit; the best first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from workbench.ui.widgets.plots.words import channel_words, unit_words

if TYPE_CHECKING:
    from workbench.services.log_views import ChannelView

_SPLIT = re.compile(r"[\s_\-./:|\\]+")


def found_channels(channels: Sequence[ChannelView], needle: str) -> list[ChannelView]:
    """The channels in which every word of the needle is found, best first; equals keep their order."""
    words = needle.casefold().split()
    if not words:
        return list(channels)
    rated = [(rating, number) for number, channel in enumerate(channels) if (rating := rate(channel, words)) is not None]
    return [channels[number] for _, number in sorted(rated)]


def rate(channel: ChannelView, words: Sequence[str]) -> float | None:
    """How badly a channel fits (0: best); None where a word is not in it."""
    name = channel.name.casefold()
    facts = " ".join(
        (channel_words(channel.name, channel.unit, channel.quantity), channel.quantity, unit_words(channel.unit), channel.unit)
    ).casefold()
    total = 0.0
    for word in words:
        found = _rate_word(word, name, facts)
        if found is None:
            return None
        total += found
    return total


def _rate_word(word: str, name: str, facts: str) -> float | None:
    if name.startswith(word):
        return 0.0 if name == word else 1.0
    if any(part.startswith(word) for part in _SPLIT.split(name)):
        return 2.0
    if word in name:
        return 3.0
    if any(part.startswith(word) for part in facts.split()):
        return 4.0
    spread = _spread(word, name)
    return None if spread is None else 5.0 + spread


def _spread(word: str, name: str) -> float | None:
    """Letters in order with others between ('pi41' in 'pi-2041a'): how far apart they lie, at most twice the word."""
    at, first = -1, -1
    for letter in word:
        at = name.find(letter, at + 1)
        if at < 0:
            return None
        first = at if first < 0 else first
    length = at - first + 1
    return length / len(word) if length <= 2 * len(word) + 2 and len(word) >= 2 else None
