"""How `logs inspect` and the import preview work: parse, then hand the facts out as text."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.core.jobs import Job
from workbench.core.paths import is_project
from workbench.services import log_memory
from workbench.services.common import open_project
from workbench.services.log_summaries import summary_of
from workbench.services.logs import (
    Guess,
    InspectRequest,
    InspectResult,
    PreviewColumn,
    PreviewLog,
    PreviewRequest,
    PreviewResult,
)

if TYPE_CHECKING:
    from workbench.logs.tables.preview_logs import LogInside


def run_inspect(request: InspectRequest, job: Job) -> InspectResult:
    """See `services.logs.inspect_logs`."""
    from workbench.logs.parse import ParseOptions, parse_logs
    from workbench.services.stored_logs import scratch, write_streamed

    paths = [Path(path) for path in request.paths]
    options = ParseOptions(zone=request.zone, answers=request.answer, join=request.join)
    with scratch() as folder:
        streamed = write_streamed(paths, options, partial(_new_folder, folder), job.progress)
    if streamed is not None:
        return InspectResult(recordings=tuple(map(summary_of, streamed.facts)), questions=streamed.questions)
    parsed = parse_logs(paths, options, job.progress)
    job.progress(1.0, "read")
    return InspectResult(
        recordings=tuple(summary_of(recording.facts) for recording in parsed.recordings), questions=parsed.questions
    )


def _new_folder(inside: Path) -> Path:
    return Path(tempfile.mkdtemp(dir=inside))


def _recall(request: PreviewRequest) -> log_memory.Recalled:

    if request.project is None or not is_project(Path(request.project)):
        return log_memory.Recalled(log_memory.Remembered(), "")
    with open_project(request.project) as project:
        return log_memory.recall(project, [Path(request.path)])


def run_preview(request: PreviewRequest, job: Job) -> PreviewResult:
    """See `services.logs.preview_log`."""
    from workbench.logs.parse import ParseOptions
    from workbench.logs.tables.preview_logs import preview_logs

    job.progress(0.1, "looking")
    looked = preview_logs(Path(request.path), ParseOptions(zone=request.zone, answers=request.answer))
    chosen = looked.find(request.log)
    found = chosen.preview
    recalled = _recall(request)
    return PreviewResult(
        path=request.path, remembered=recalled.choices, remembered_for=recalled.name,
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
        questions=looked.questions, log=chosen.name, has_more=looked.has_more, logs=tuple(map(_log_of, looked.logs)),
    )  # fmt: skip


def _log_of(log: LogInside) -> PreviewLog:
    guesses = {guess.name: guess.value for guess in log.preview.guesses}
    return PreviewLog(
        name=log.name, files=log.files,
        channels=tuple(column.name for column in log.preview.columns if column.role == "channel"),
        time_format=guesses.get("time format", guesses.get("waveform start", "")), zone=guesses.get("zone", ""),
        questions=log.preview.questions,
    )  # fmt: skip
