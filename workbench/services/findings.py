"""Findings of recordings that checks of an older version looked at: looked for again, once, and kept in the person's cache.

A recording never changes: what today's checks find in it is known by the hashes of its files and their version. Its place tells
nothing: a project may be copied over another one. Deleting the cache costs time only.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from workbench.core.codec import Record, decode_strict, encode_canonical, read_bounded, sha256_hex, write_atomic
from workbench.core.errors import WorkbenchError
from workbench.core.paths import user_home
from workbench.logs.summary import CHECKS_VERSION, Finding, RecordingFacts

if TYPE_CHECKING:
    from workbench.logs.recordings.recording import Recording


class FindingsFile(Record, frozen=True, kw_only=True):
    """What is kept."""

    findings: tuple[Finding, ...]


def is_outdated(recording: Recording) -> bool:
    """Whether older checks looked at it, and nobody has looked again yet."""
    return recording.summary.checks < CHECKS_VERSION and recording.group == "trend" and _kept(recording) is None


def facts_of_today(recording: Recording, *, may_look: bool = True) -> RecordingFacts:
    """The facts with what today's checks find; with those that are stored where looking again would take time (`may_look`)."""
    facts = recording.summary
    if facts.checks >= CHECKS_VERSION or recording.group != "trend":
        return facts
    found = _kept(recording)
    if found is None:
        if not may_look:
            return facts
        found = look_again(recording)
        _keep(recording, found)
    return msgspec.structs.replace(facts, findings=found, checks=CHECKS_VERSION)


def look_again(recording: Recording) -> tuple[Finding, ...]:
    """What the rules of today find; what the reader of the file remarked stays."""
    from workbench.logs.checks.quality import RULE_CODES, find_quality

    units = {channel.name: channel.unit for channel in recording.channels}
    columns = {channel.name: recording.values(channel.name) for channel in recording.channels}
    found = find_quality(recording.times_ns, columns, units)
    remarks = tuple(one for one in recording.summary.findings if one.code not in RULE_CODES)
    return (*remarks, *found)


def _file_of(recording: Recording) -> Path:
    name = _identity(recording.folder)
    return user_home() / "cache" / "findings" / str(CHECKS_VERSION) / name[:2] / f"{name}.json"


def _identity(folder: Path) -> str:
    """Of its facts and of the list of its files with their hashes, which a stored recording has."""
    from workbench.logs.recordings.format import META_FILE
    from workbench.project.objects import MEMBERS_FILE

    paths = [path for path in (folder / META_FILE, folder / MEMBERS_FILE) if path.is_file()]
    return sha256_hex(b"".join(sha256_hex(read_bounded(path)).encode() for path in paths))


def _kept(recording: Recording) -> tuple[Finding, ...] | None:
    path = _file_of(recording)
    if not path.is_file():
        return None
    try:
        return decode_strict(read_bounded(path), FindingsFile, what=str(path)).findings
    except WorkbenchError:
        return None  # a damaged copy is made anew


def _keep(recording: Recording, found: tuple[Finding, ...]) -> None:
    path = _file_of(recording)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, encode_canonical(FindingsFile(findings=found)))
    except (OSError, WorkbenchError):
        return  # a full disk costs a second look, no findings
