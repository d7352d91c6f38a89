"""How `logs inspect` and the import preview work: parse, then hand the facts out as text."""

from __future__ import annotations

import tempfile
from pathlib import Path

from workbench.core.jobs import Job
from workbench.services.log_summaries import summary_of
from workbench.services.logs import Guess, InspectRequest, InspectResult, PreviewColumn, PreviewRequest, PreviewResult

STREAM_FROM_BYTES = 32 * 1024 * 1024
"""Smaller files are parsed in memory, where more kinds of mess are understood."""


def run_inspect(request: InspectRequest, job: Job) -> InspectResult:
    """See `services.logs.inspect_logs`."""
    from workbench.logs.parse import ParseOptions, parse_logs

    streamed = _inspect_stream(request, job)
    if streamed is not None:
        return streamed
    options = ParseOptions(zone=request.zone, answers=request.answer, join=request.join)
    parsed = parse_logs(request.paths, options, job.progress)
    job.progress(1.0, "read")
    return InspectResult(
        recordings=tuple(summary_of(recording.facts) for recording in parsed.recordings),
        questions=parsed.questions,
    )


def _inspect_stream(request: InspectRequest, job: Job) -> InspectResult | None:
    """One big plain CSV through the streaming reader, in bounded memory; None for everything else."""
    from workbench.logs.plain_import import find_plain_log, import_plain
    from workbench.logs.readers.csv_stream import NotPlain

    paths = [Path(path) for path in request.paths]
    if len(paths) != 1 or request.answer or not paths[0].is_file() or paths[0].stat().st_size < STREAM_FROM_BYTES:
        return None
    log = find_plain_log(paths, request.zone)
    if log is None:
        return None
    with tempfile.TemporaryDirectory(prefix="workbench-inspect-") as folder:
        try:
            facts = import_plain(log, Path(folder), job.progress)
        except NotPlain:
            return None
    return InspectResult(recordings=(summary_of(facts),), questions=facts.questions)


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
        questions=found.questions,
    )  # fmt: skip
