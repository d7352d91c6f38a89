"""Score logs with a run of a project or with a bundle; what needs no model is `screening`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from workbench.core.codec import Record
from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter
from workbench.core.scoring_spec import SCORE_THRESHOLD
from workbench.services.common import Answers, LogPaths, OutFolder, ZoneName, open_project
from workbench.services.logs import Question
from workbench.services.regime_filter import RegimeNames, Spans

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.core.scoring_spec import ScoringSpec
    from workbench.logs.parse import ParsedRecording
    from workbench.scoring.session import Scores, ScoringSession
    from workbench.scoring.windower import Windows


class ScoreRequest(Request, frozen=True, kw_only=True):
    """Score logs with a run of a project or with a bundle."""

    model: Annotated[str, parameter("Run id, or a bundle file.", positional=True)]
    paths: LogPaths
    out: OutFolder
    project: Annotated[str | None, parameter("Project folder, where the model is a run.", path=True)] = None
    windows_out: Annotated[str | None, parameter("Folder for the raw windows that were scored.", path=True)] = None
    regimes: RegimeNames = ()
    zone: ZoneName = None
    answer: Answers = ()


class ScoredLog(Record, frozen=True, kw_only=True):
    """One log's files and counts; `states` counts windows without score by reason."""

    source: str
    scores: str
    windows: str | None
    rows: int
    n_windows: int
    n_scored: int
    alarm_rows: int


class ScoreResult(Result, frozen=True, kw_only=True):
    """One entry a log."""

    logs: tuple[ScoredLog, ...]
    questions: tuple[Question, ...]


def score(request: ScoreRequest, job: Job) -> ScoreResult:
    """The same `scoring` code as on the device. Raises InputError where a log lacks one of the model's channels."""
    from workbench.services.score_files import READ_SHARE, OutNames, parse_each

    session, spec = _open_model(request)
    names = OutNames()
    logs: list[ScoredLog] = []
    before: _Before | None = None
    questions: list[Question] = []
    for number, (source, parsed, asked) in enumerate(parse_each(request.paths, request, job, join=False)):
        job.progress((number + READ_SHARE) / max(len(request.paths), number + 1), f"Scoring {source}")
        questions += asked
        for recording in parsed:
            scored, before = _score_one(recording, source, request, (session, spec, names.take(source)), before)
            logs.append(scored)
    if not logs:
        raise InputError("No log was found.", f"Looked at: {', '.join(request.paths)}.")
    return ScoreResult(logs=tuple(logs), questions=tuple(questions))


def _open_model(request: ScoreRequest) -> tuple[ScoringSession, ScoringSpec]:
    from workbench.scoring.session import ScoringSession

    path = Path(request.model)
    if path.is_file():
        from workbench.bundle.inspect_onnx import check_model
        from workbench.bundle.manifest import MODEL_NAME
        from workbench.services.bundle_files import open_bundle_file

        opened = open_bundle_file(request.model)
        model = bytes(opened.members[MODEL_NAME])
        check_model(model)
        return ScoringSession(model, n_threads=2), opened.manifest.spec
    if request.project is None:
        raise InputError(f"{request.model} is not a bundle file.", "To score with a run, say its project: --project DIR.")
    from workbench.learning.run import load_run

    with open_project(request.project) as project:
        run = load_run(project.objects.whole_tree("run", project.item("run", request.model).id))
    return ScoringSession(run.model_path, n_threads=2), run.record.spec


@dataclass(frozen=True, slots=True, kw_only=True)
class _Before:
    """The log before, as far as the next one may go on from it: its last rows, and its windows' scores."""

    columns: tuple[str, ...]
    times_ns: NDArray[np.int64]
    values: NDArray[np.float64]
    end_ns: NDArray[np.int64]
    scores: Scores


def _score_one(
    recording: ParsedRecording,
    source: str,
    request: ScoreRequest,
    model: tuple[ScoringSession, ScoringSpec, str],
    before: _Before | None,
) -> tuple[ScoredLog, _Before]:
    """Score a log; where it goes on from the one before, its first windows begin in that one, as on the device.

    With states, a window counts that lies wholly in one of them, and a row has a score only there.
    """
    import numpy as np

    from workbench.scoring.alerts import alarms_of
    from workbench.services.regime_filter import rows_within, spans_in_log
    from workbench.services.score_files import columns_of, hold_on_rows, inputs_of, told_columns, write_scores, write_windows

    session, spec, name = model
    values = inputs_of(recording, spec, source)
    before = before if before is not None and _goes_on(before, recording) else None
    windows = _windows_after(before, recording.times_ns, values, spec)
    spans = spans_in_log(columns_of(recording, source), request.regimes) if request.regimes else None
    if spans is not None:
        windows = _windows_within(windows, spans, spec)
    scores = session.score(windows)
    # Delays of the alarm, and the score that the first rows carry, come from the windows before.
    end_ns = windows.end_ns if before is None else np.concatenate((before.end_ns, windows.end_ns))
    known = scores if before is None else before.scores.followed_by(scores)
    every_alarm = alarms_of(known.score, end_ns, spec)
    is_alarm = every_alarm[len(end_ns) - len(windows) :]
    row = hold_on_rows(recording.times_ns, end_ns, spec)
    if spans is not None:
        row = np.where(rows_within(recording.times_ns, spans), row, -1)
    row_score = np.where(row >= 0, known.score[row], np.nan) if len(end_ns) else np.full(len(row), np.nan)
    row_alarm = (row >= 0) & every_alarm[row] if len(end_ns) else np.zeros(len(row), np.bool_)
    path = Path(request.out) / f"{name}.scores.csv"
    write_scores(path, recording.times_ns, row_score, SCORE_THRESHOLD, row_alarm, told_columns(known, spec, row))
    kept: NDArray[np.bool_] = np.isfinite(scores.score)
    windows_path = None
    if request.windows_out is not None:
        windows_path = write_windows(Path(request.windows_out), name, windows, scores.score, is_alarm)
    scored = ScoredLog(
        source=source, scores=str(path), windows=None if windows_path is None else str(windows_path), rows=len(row),
        n_windows=len(windows), n_scored=int(kept.sum()), alarm_rows=int(row_alarm.sum()),
    )  # fmt: skip
    return scored, _Before(
        columns=tuple(recording.columns), times_ns=recording.times_ns, values=values, end_ns=end_ns, scores=known
    )


def _goes_on(before: _Before, recording: ParsedRecording) -> bool:
    """Whether a log has the channels of the one before, and its rate, and begins where that one ended."""
    from workbench.learning.dataset import continues

    return before.columns == tuple(recording.columns) and continues(before.times_ns, recording.times_ns)


def _windows_after(
    before: _Before | None, times_ns: NDArray[np.int64], values: NDArray[np.float64], spec: ScoringSpec
) -> Windows:
    """The windows that end in a log."""
    import numpy as np

    from workbench.scoring.windower import Windows, longest_gap_ns, windows_of

    if before is None:
        return windows_of(times_ns, values, spec)
    last_ns = int(before.times_ns[-1])
    tail = before.times_ns > last_ns - 2 * longest_gap_ns(spec)
    joined = np.concatenate((before.times_ns[tail], times_ns)), np.concatenate((before.values[tail], values))
    found = windows_of(*joined, spec)
    own = found.end_ns > last_ns
    return Windows(values=found.values[own], end_ns=found.end_ns[own], is_complete=found.is_complete[own])


def _windows_within(windows: Windows, spans: Spans, spec: ScoringSpec) -> Windows:
    """Those whose first and last instant lie in one and the same stretch."""
    import numpy as np

    from workbench.core.clock import NS_PER_S
    from workbench.scoring.windower import Windows

    starts, ends = np.array(spans, np.int64).reshape(-1, 2).T
    first_ns = windows.end_ns - round((spec.window_samples - 1) * spec.sample_period_s * NS_PER_S)
    at = np.searchsorted(starts, first_ns, side="right") - 1
    own = (at >= 0) & (windows.end_ns < ends[np.maximum(at, 0)])
    return Windows(values=windows.values[own], end_ns=windows.end_ns[own], is_complete=windows.is_complete[own])
