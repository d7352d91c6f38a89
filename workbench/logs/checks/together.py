"""Findings that are one: a lost connection freezes every channel, a failed loop is pinned, a copy has its original's faults.

Must not import anything but this domain.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from workbench.logs.checks.phrases import NO_PRESSURE, format_instant, format_span
from workbench.logs.summary import Finding, Remedy

_SAME_NS_SHARE = 0.02
_LEAST_FROZEN = 3
_RESTED = 1.5
_WHOLE_LOG = "not_checked"
_BRIEF_SHARE, _BRIEF_NS = 0.03, 12 * 3600 * 1_000_000_000
_COVERS = {
    "SATURATED": ("NE43_FAILURE", "IMPOSSIBLE"), "ZERO_SUSPECTED": ("IMPOSSIBLE", "SPIKE"),
    "NE43_FAILURE": ("FLAT_LINE", "SPIKE"), "IMPOSSIBLE": ("FLAT_LINE", "SPIKE"),
    "COMPRESSED": ("QUANTIZED", "PLUGGED_LINE", "FLAT_LINE"), "REPEATED_BLOCK": ("TWIN_BIAS", "PLUGGED_LINE"),
    "COARSER": ("FLAT_LINE", "SATURATED", "SPIKE", "PLUGGED_LINE"),
    "PLUGGED_LINE": ("FLAT_LINE",), "UNIT_JUMP": ("IMPOSSIBLE", "PLUGGED_LINE", "LOOSE_SENSOR"), "SWAPPED": ("PLUGGED_LINE",),
}  # fmt: skip
"""What is said, and what it makes superfluous on the same channel and time."""
_PARTS = {"REPEATED_BLOCK": "REPEATED_BLOCK", "COMMS_LOST": "FLAT_LINE"}
_WITH_RESTS = frozenset({"COMPRESSED", "PLUGGED_LINE"})
"""These rest on a value now and then, but for a short while."""
_WHOLE_CHANNEL = frozenset({"UNIT_JUMP", "SWAPPED"})
"""These change the channel's habits: whatever is compared with them is told wrongly before as well."""


def put_together(first: Sequence[Finding], checked: Sequence[Finding]) -> tuple[Finding, ...]:
    """Those of the whole log first, then by channel in their order; what is said better elsewhere is left out."""
    findings = [*_join_frozen(list(first)), *_join_repeats(list(checked))]
    loops = [one for one in findings if one.code == "NE43_FAILURE"]
    findings = [_with_loop(one, loops) for one in findings]
    findings = _join_no_pressure(findings)
    if any(one.code == "UNIT_JUMP" for one in findings):
        findings = [one for one in findings if one.code != "IMPOSSIBLE" or one.channel is not None]  # its balance is the jump's
    of_channel: dict[str | None, list[Finding]] = {}
    for one in findings:
        of_channel.setdefault(one.channel, []).append(one)
    kept: dict[str | None, list[Finding]] = {None: []}
    for one in findings:
        if not any(_is_covered(one, other) for other in of_channel[one.channel] if other is not one):
            kept.setdefault(one.channel, []).append(one)
    return tuple(one for same in kept.values() for one in same)


def without_parts(findings: Iterable[Finding]) -> list[Finding]:
    """Of the pumps of one table: what is said of several channels at once is not said of each of them again."""
    found = list(findings)
    joined = [one for one in found if one.channel is None and one.code in _PARTS]
    return [one for one in found if one.channel is None or not any(_is_part(one, other) for other in joined)]


def _is_part(one: Finding, joined: Finding) -> bool:
    return one.code == _PARTS[joined.code] and (one.channel or "") in joined.text and _is_same_time(one, joined)


def _is_covered(one: Finding, other: Finding) -> bool:
    if one.channel != other.channel or one.code not in _COVERS.get(other.code, ()):
        return False
    if one.code == "FLAT_LINE" and other.code in _WITH_RESTS and not _is_brief(one, other):
        return False
    return other.code in _WHOLE_CHANNEL or _overlap(one, other)


def _is_brief(one: Finding, whole: Finding) -> bool:
    """A historian that keeps the ends of lines draws level ones as well, a line that is nearly shut rests; not for hours."""
    if one.start_ns is None or one.end_ns is None or whole.start_ns is None or whole.end_ns is None:
        return False
    return one.end_ns - one.start_ns < min(_BRIEF_SHARE * (whole.end_ns - whole.start_ns), _BRIEF_NS)


def _with_loop(one: Finding, findings: Sequence[Finding]) -> Finding:
    """A rail that NE 43 gives a meaning is said with it."""
    if one.code != "SATURATED" or not any(other.code == "NE43_FAILURE" and _overlap(one, other) for other in findings):
        return one
    return msgspec.structs.replace(one, text=f"{one.text}; by NE 43 the transmitter says that it failed", severity="failure")


def _join_no_pressure(findings: list[Finding]) -> list[Finding]:
    """Suspected zeros of a discharge with the motor at load are one finding: what can't be, which samples, how to mend them."""
    loads = [one for one in findings if one.code == "IMPOSSIBLE" and one.text.startswith(NO_PRESSURE)]
    for load in loads:
        for one in findings:
            if one.code == "ZERO_SUSPECTED" and one.channel == load.channel and _overlap(one, load):
                both = msgspec.structs.replace(one, text=f"{load.text}: {one.text}", severity=load.severity)
                return [both if other is one else other for other in findings if other is not load]
    return findings


def _overlap(one: Finding, other: Finding) -> bool:
    if one.start_ns is None or one.end_ns is None or other.start_ns is None or other.end_ns is None:
        return False
    return one.start_ns <= other.end_ns and other.start_ns <= one.end_ns


def _join_frozen(findings: list[Finding]) -> list[Finding]:
    """Three or more channels that stand still over the same time lost their connection, not their sensors."""
    flat = [one for one in findings if one.code == "FLAT_LINE" and one.severity != _WHOLE_LOG]
    for one in flat:
        same = [other for other in flat if _is_same_time(one, other)]
        if len(same) < _LEAST_FROZEN or one.start_ns is None or one.end_ns is None:
            continue
        names = [other.channel for other in same if other.channel]
        span = f"{format_span(one.end_ns - one.start_ns)} from {format_instant(one.start_ns)} UTC"
        text = f"{len(same)} channels hold their last value for {span}: the connection was lost ({', '.join(names[:6])})"
        lost = msgspec.structs.replace(one, code="COMMS_LOST", text=text, channel=None, remedy=Remedy(action="exclude"))
        return [lost, *_join_frozen([other for other in findings if other not in same])]
    return findings


def _join_repeats(findings: list[Finding]) -> list[Finding]:
    """Channels that were filled with the same copy are one finding about the log."""
    repeats = [one for one in findings if one.code == "REPEATED_BLOCK"]
    for one in repeats:
        same = [other for other in repeats if _is_same_time(one, other) and _is_same_time(other, one)]
        if len(same) < 2:
            continue
        names = ", ".join([other.channel for other in same if other.channel][:6])
        joined = msgspec.structs.replace(one, text=f"{one.text} ({len(same)} channels: {names})", channel=None)
        return [joined, *_join_repeats([other for other in findings if other not in same])]
    return findings


def _is_same_time(one: Finding, other: Finding) -> bool:
    if one.start_ns is None or one.end_ns is None or other.start_ns is None or other.end_ns is None:
        return False
    length_ns = one.end_ns - one.start_ns
    slack = _SAME_NS_SHARE * length_ns
    # A channel that rests on its values by nature may have rested on this one a little before and after.
    is_inside = other.start_ns <= one.start_ns + slack and other.end_ns >= one.end_ns - slack
    return is_inside and other.end_ns - other.start_ns <= _RESTED * length_ns
