"""Says where a reading differs from the truth, by the conventions of messy logs: exact, or the right question."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from tests.messy.plant import Case
from workbench.logs.parse import ParsedLogs
from workbench.logs.summary import ChannelFacts, RecordingFacts

RTOL = 1e-6
_EMPTY = {"", "empty", "nan", "null", "none", "missingvalue"}


def folded(reason: str) -> str:
    """A reason without case, blanks and punctuation."""
    text = unicodedata.normalize("NFKC", reason).casefold()
    plain = "".join(char for char in text if char.isalnum())
    if plain in _EMPTY:
        return "empty" if not text.strip("- ") or plain else text.strip()
    return plain


def differences(case: Case, parsed: ParsedLogs) -> list[str]:
    """What is silently wrong; [] when all is exact or excused by the right question."""
    truth = case.truth
    asked = {question.code for question in parsed.questions}
    found = {finding.code for recording in parsed.recordings for finding in recording.facts.findings}
    missing = [f"{code} is not asked" for code in truth.get("notes", ()) if code not in asked | found]
    allowed = {*truth.get("notes", ()), *truth.get("questions", ()), "UNIT_UNKNOWN"}
    missing += [f"needless question {code}" for code in sorted(asked - allowed)]
    for channels, codes in truth.get("flags", ()):
        flagged = {
            finding.code for recording in parsed.recordings for finding in recording.facts.findings if finding.channel in channels
        }
        if not flagged & set(codes) and not asked & set(codes):
            missing.append(f"{channels} not flagged as {codes}")
    if truth["expect"] == "question":
        right = asked & set(truth["questions"])
        return missing if right else [*missing, f"none of {truth['questions']} asked"]
    wanted = truth["recordings"]
    if len(parsed.recordings) != len(wanted):
        return [*missing, f"{len(parsed.recordings)} recordings instead of {len(wanted)}"]
    for want, recording in zip(wanted, parsed.recordings, strict=True):
        missing += _recording(want, recording.facts)
    return missing


def _recording(want: dict[str, Any], facts: RecordingFacts) -> list[str]:
    result = []
    for key in ("rows", "n_gaps", "n_duplicates_dropped", "n_backward_steps"):
        if want[key] is not None and getattr(facts, key) != want[key]:
            result.append(f"{key} {getattr(facts, key)}, truth {want[key]}")
    for key, found in (("first", facts.first_ns), ("last", facts.last_ns)):
        expected = round(want[key].timestamp() * 1e6) * 1000
        if found is None or abs(found - expected) > want.get("tolerance_ns", 1_000_000):
            result.append(f"{key} {found}, truth {expected} ({((found or 0) - expected) / 1e9:g} s)")
    usual = want["sample_period_s"]
    if usual and not (facts.sample_period_s and abs(facts.sample_period_s - usual) <= 0.05 * usual):
        result.append(f"sample period {facts.sample_period_s}, truth {usual}")
    return result + _channels(want, facts.channels)


def _channels(want: dict[str, Any], channels: Sequence[ChannelFacts]) -> list[str]:
    result = []
    left = list(channels)
    for truth in want["channels"]:
        names = {truth["name"], *truth["also"]}
        hit = next((one for one in left if unicodedata.normalize("NFC", one.name) in names), None)
        if hit is None:
            result.append(f"no channel {truth['name']!r} among {[one.name for one in channels]}")
            continue
        left.remove(hit)
        result += [f"{truth['name']}: {text}" for text in _channel(truth, hit)]
    result += [f"{one.name!r} is no channel" for one in left if one.name not in want.get("optional", ())]
    return result


def _channel(truth: dict[str, Any], found: ChannelFacts) -> list[str]:
    result = []
    if found.unit != truth["unit"]:
        result.append(f"unit {found.unit!r}, truth {truth['unit']!r}")
    if found.n_good != truth["n_good"]:
        result.append(f"{found.n_good} good, truth {truth['n_good']}")
    want: dict[str, int] = {}
    for reason, count in truth["bad"].items():
        want[folded(reason)] = want.get(folded(reason), 0) + count
    got: dict[str, int] = {}
    for reason, count in found.bad.items():
        got[folded(reason)] = got.get(folded(reason), 0) + count
    surplus = got.get("empty", 0) - want.get("empty", 0)
    if surplus and surplus == truth["n_absent"]:
        got["empty"] -= surplus
    got = {reason: count for reason, count in got.items() if count}
    if got != want:
        result.append(f"bad {found.bad}, truth {truth['bad']}")
    if truth["n_good"]:
        scale = max(abs(truth["min"]), abs(truth["max"]))
        for key in ("min", "max", "mean"):
            value = getattr(found, key)
            if value is None or abs(value - truth[key]) > RTOL * scale + 1e-12:
                result.append(f"{key} {value}, truth {truth[key]:.10g}")
    return result
