"""How `logs inspect` and the import preview work: parse, then hand the facts out as text."""

from __future__ import annotations

from pathlib import Path

from workbench.core.jobs import Job
from workbench.services.log_summaries import question_of, summary_of
from workbench.services.logs import Guess, InspectRequest, InspectResult, PreviewColumn, PreviewRequest, PreviewResult


def run_inspect(request: InspectRequest, job: Job) -> InspectResult:
    """See `services.logs.inspect_logs`."""
    from workbench.logs.parse import ParseOptions, parse_logs

    options = ParseOptions(zone=request.zone, answers=request.answer, join=request.join)
    parsed = parse_logs(request.paths, options, job.progress)
    job.progress(1.0, "read")
    return InspectResult(
        recordings=tuple(summary_of(recording.facts) for recording in parsed.recordings),
        questions=tuple(question_of(question) for question in parsed.questions),
    )


def run_preview(request: PreviewRequest, job: Job) -> PreviewResult:
    """See `services.logs.preview_log`."""
    from workbench.logs.parse import ParseOptions
    from workbench.logs.preview import preview_file

    job.progress(0.1, "looking")
    found = preview_file(Path(request.path), ParseOptions(zone=request.zone, answers=request.answer))
    return PreviewResult(
        path=request.path,
        guesses=tuple(
            Guess(name=guess.name, value=guess.value, confidence=guess.confidence, choices=guess.choices)
            for guess in found.guesses
        ),
        columns=tuple(
            PreviewColumn(
                name=column.name, role=column.role, unit=column.unit, quantity=column.quantity, confidence=column.confidence,
                sample=column.sample,
            )
            for column in found.columns
        ),
        rows=found.rows,
        questions=tuple(question_of(question) for question in found.questions),
    )  # fmt: skip
