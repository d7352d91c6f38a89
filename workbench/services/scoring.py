"""Score logs: with a default model fitted on their own beginning (screen), or with a run or bundle."""

from __future__ import annotations

from typing import Annotated

from workbench.core.codec import Record
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter
from workbench.services.common import Answers, Join, LogPaths, OutFolder, ZoneName
from workbench.services.logs import Question


class ScreenRequest(Request, frozen=True, kw_only=True):
    """Is this pump well? Fit the default recipe on the beginning of each log and score the rest."""

    paths: LogPaths
    reference_rows: Annotated[int | None, parameter("Rows of each log that are known to be good.", ge=30)] = None
    reference_until: Annotated[str | None, parameter("Instant up to which each log is known to be good, ISO 8601 UTC.")] = None
    ignore: Annotated[tuple[str, ...], parameter("Channel to leave out.")] = ()
    out: Annotated[str | None, parameter("Folder for <name>.scores.csv; made if absent.", path=True)] = None
    zone: ZoneName = None
    answer: Answers = ()
    join: Join = False


class ScreenLog(Record, frozen=True, kw_only=True):
    """One log's outcome; `scores` is the file written, or None."""

    source: str
    scores: str | None
    rows: int
    alarm_rows: int
    channels_used: tuple[str, ...]
    left_out: tuple[dict[str, str], ...]


class ScreenResult(Result, frozen=True, kw_only=True):
    """One entry a log."""

    logs: tuple[ScreenLog, ...]
    questions: tuple[Question, ...]


def screen(request: ScreenRequest, job: Job) -> ScreenResult:
    """No training by hand, one default, no labels."""
    raise NotImplementedError


class ScoreRequest(Request, frozen=True, kw_only=True):
    """Score logs with a run of a project or with a bundle."""

    model: Annotated[str, parameter("Run id, or a bundle file.", positional=True)]
    paths: LogPaths
    out: OutFolder
    project: Annotated[str | None, parameter("Project folder, where the model is a run.", path=True)] = None
    windows_out: Annotated[str | None, parameter("Folder for the raw windows that were scored.", path=True)] = None
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
    """The same `scoring` code as on the device."""
    raise NotImplementedError
