"""Turns what is stored about a log (instants in ns) into what services hand out (ISO 8601 text)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from workbench.core.clock import format_utc
from workbench.services.logs import Finding, RecordingSummary

if TYPE_CHECKING:
    from workbench.logs import summary
    from workbench.logs.corrections.correction import Correction


def summary_of(facts: summary.RecordingFacts, *, asset: str | None = None, recording_id: str | None = None) -> RecordingSummary:
    """One recording as `logs inspect` prints it; with asset and id once it is in a project."""
    return RecordingSummary(
        source=facts.source, sources=facts.sources, rows=facts.rows, first_utc=utc_of(facts.first_ns),
        last_utc=utc_of(facts.last_ns), sample_period_s=facts.sample_period_s,
        channels=facts.channels, n_gaps=facts.n_gaps,
        n_duplicates_dropped=facts.n_duplicates_dropped, n_backward_steps=facts.n_backward_steps,
        findings=tuple(_finding_of(finding) for finding in facts.findings),
        left_out=tuple({"channel": left.channel, "why": left.why} for left in facts.left_out), labels=facts.labels,
        asset=asset, id=recording_id, group=facts.group, rate_hz=facts.rate_hz, n_bursts=facts.n_bursts,
        questions=facts.questions,
    )  # fmt: skip


def _finding_of(finding: summary.Finding) -> Finding:
    return Finding(
        code=finding.code, text=finding.text, channel=finding.channel, start_utc=utc_of(finding.start_ns),
        end_utc=utc_of(finding.end_ns), severity=finding.severity, key=_key_of(finding), remedy=finding.remedy,
    )  # fmt: skip


def answered(findings: Iterable[Finding], corrections: Iterable[Correction]) -> tuple[Finding, ...]:
    """The findings with the correction that answers each."""
    by_key = {one.finding: one.id for one in corrections if one.finding}
    return tuple(msgspec.structs.replace(finding, answered_by=by_key.get(finding.key, "")) for finding in findings)


def _key_of(finding: summary.Finding) -> str:
    """The same finding of the same log has the same key, however its words change."""
    return f"{finding.code}@{finding.channel or ''}@{utc_of(finding.start_ns) or ''}"


def utc_of(instant_ns: int | None) -> str | None:
    """The instant as printed; None where there is none."""
    return None if instant_ns is None else format_utc(instant_ns)
