"""How `logs inspect` and the import preview work: parse, then hand the facts out as text."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.core.codec import disk_of
from workbench.core.jobs import Job
from workbench.core.paths import is_project
from workbench.services import log_memory, log_streams
from workbench.services.common import open_project
from workbench.services.log_summaries import summary_of
from workbench.services.logs import Guess, InspectRequest, InspectResult, PreviewColumn, PreviewRequest, PreviewResult


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
    """Big logs in bounded memory, plain ones faster; None for everything else."""
    from workbench.logs.plain_import import import_plain
    from workbench.logs.readers.csv_stream import NotPlain

    paths = [Path(path) for path in request.paths]
    log = log_streams.find_plain(paths, request.zone, request.answer) if len(paths) == 1 else None
    if log is None:
        return _inspect_carefully(request, paths, job)
    try:
        with _scratch() as folder:
            facts = import_plain(log, folder, job.progress)
    except NotPlain:
        return _inspect_carefully(request, paths, job)
    return InspectResult(recordings=(summary_of(facts),), questions=facts.questions)


def _inspect_carefully(request: InspectRequest, paths: list[Path], job: Job) -> InspectResult | None:
    from workbench.logs.careful.careful_import import read_carefully
    from workbench.logs.parse import ParseOptions

    sources = log_streams.find_careful(paths)
    if sources is None:
        return None
    options = ParseOptions(zone=request.zone, answers=request.answer, join=request.join)
    summaries = []
    with _scratch() as folder:
        work = folder / "reading"
        work.mkdir()
        with read_carefully(sources, options, work, job.part(0.0, 0.75).progress) as found:
            for number, log in enumerate(found.logs):
                target = folder / f"recording-{number}"
                target.mkdir()
                part = job.part(0.75 + 0.25 * number / len(found.logs), 0.75 + 0.25 * (number + 1) / len(found.logs))
                summaries.append(summary_of(log.write(target, part.progress)))
    return InspectResult(recordings=tuple(summaries), questions=found.questions)


@contextmanager
def _scratch() -> Iterator[Path]:
    """A folder among the system's temporary files, for as long as it is read from."""
    with tempfile.TemporaryDirectory(prefix="workbench-inspect-") as name:
        folder = Path(name)
        with disk_of(folder.parent, folder):
            yield folder


def _recall(request: PreviewRequest) -> log_memory.Recalled:

    if request.project is None or not is_project(Path(request.project)):
        return log_memory.Recalled(log_memory.Remembered(), "")
    with open_project(request.project) as project:
        return log_memory.recall(project, [Path(request.path)])


def run_preview(request: PreviewRequest, job: Job) -> PreviewResult:
    """See `services.logs.preview_log`."""
    from workbench.logs.parse import ParseOptions
    from workbench.logs.tables.preview import preview_file

    job.progress(0.1, "looking")
    found = preview_file(Path(request.path), ParseOptions(zone=request.zone, answers=request.answer))
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
        questions=found.questions,
    )  # fmt: skip
