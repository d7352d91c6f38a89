"""Look at log files and bring them into a project."""

from __future__ import annotations

from typing import Annotated

from workbench.core.codec import Record
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter
from workbench.logs.summary import ChannelFacts as ChannelFacts  # pages take them from here
from workbench.logs.summary import Group as Group
from workbench.logs.summary import Question as Question
from workbench.logs.summary import Remedy as Remedy
from workbench.services.common import Answers, Join, LogPaths, NewProjectFolder, ProjectFolder, ZoneName, open_or_make_project
from workbench.services.log_memory import Remembered as Remembered


class Finding(Record, frozen=True, kw_only=True):
    """Something about the quality of a channel (or of the whole log when `channel` is None)."""

    code: str
    text: str
    channel: str | None = None
    start_utc: str | None = None
    end_utc: str | None = None
    severity: str = "out_of_specification"
    """NE 107 word for the symbol: failure, function_check, out_of_specification, maintenance_required, not_checked."""
    key: str = ""
    """Names the finding in a correction that answers it."""
    remedy: Remedy | None = None
    """What would mend it, where that is known."""
    answered_by: str = ""
    """Id of the correction that answers it; then it is quiet."""


class RecordingSummary(Record, frozen=True, kw_only=True):
    """One recording as `logs inspect` prints it; `id` and `asset` only once it is in a project."""

    source: str
    rows: int
    first_utc: str | None
    last_utc: str | None
    sample_period_s: float | None
    channels: tuple[ChannelFacts, ...]
    n_gaps: int
    n_duplicates_dropped: int
    n_backward_steps: int
    findings: tuple[Finding, ...]
    left_out: tuple[dict[str, str], ...] = ()
    """Columns that are not inputs: {"channel", "why"} (labels, index, quality, annotation)."""
    labels: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    asset: str | None = None
    id: str | None = None
    n_known_rows: int = 0
    """Rows that were left out because the project has them already."""
    continues: str | None = None
    """The recording of the same pump that this one goes on from."""
    group: Group = "trend"
    rate_hz: float | None = None
    """Exact samples a second of a waveform."""
    n_bursts: int = 0
    questions: tuple[Question, ...] = ()
    """What this one leaves open."""


class InspectRequest(Request, frozen=True, kw_only=True):
    """Read log files and say what is in them, without importing."""

    paths: LogPaths
    zone: ZoneName = None
    answer: Answers = ()
    join: Join = None


class InspectResult(Result, frozen=True, kw_only=True):
    """What the files hold and what they leave open."""

    recordings: tuple[RecordingSummary, ...]
    questions: tuple[Question, ...]


def inspect_logs(request: InspectRequest, job: Job) -> InspectResult:
    """Parse everything. What waits for an answer is read with the default, and the question says so (`blocks`).

    Raises LogFormatError or EncodingError naming a file that is no log, RequestError for an unknown zone or answer.
    """
    from workbench.services.log_paths import given_files
    from workbench.services.log_reading import run_inspect
    from workbench.services.plugins import reading_with_plugins

    with reading_with_plugins(), given_files(request.paths):
        return run_inspect(request, job)


class Guess(Record, frozen=True, kw_only=True):
    """One thing the importer guessed, how sure it is (0..1), and what else it could be."""

    name: str
    value: str
    confidence: float
    choices: tuple[str, ...] = ()


class PreviewColumn(Record, frozen=True, kw_only=True):
    """One column of the file and what it is taken for."""

    name: str
    role: str
    """channel, time, label, index, quality, annotation, tag, value."""
    unit: str | None
    quantity: str
    confidence: float
    sample: tuple[str, ...] = ()


class PreviewRequest(Request, frozen=True, kw_only=True):
    """Guess the format of a file, or of each log in an archive or a folder, from its first rows."""

    path: Annotated[str, parameter("Log file, archive or folder.", positional=True, path=True, file=True)]
    zone: ZoneName = None
    answer: Answers = ()
    project: Annotated[str | None, parameter("Project whose remembered choices are listed too.", path=True)] = None
    log: Annotated[str, parameter("Which of several logs is shown, by its name in `logs`; else the first.")] = ""


class PreviewLog(Record, frozen=True, kw_only=True):
    """One of the logs that an archive or a folder holds; `files` of equal columns are one log where they follow each other."""

    name: str
    files: tuple[str, ...]
    channels: tuple[str, ...]
    """Empty where it holds events alone."""
    time_format: str
    zone: str
    questions: tuple[Question, ...]


class PreviewResult(Result, frozen=True, kw_only=True):
    """Guesses (encoding, delimiter, decimal mark, time column, time format, zone), columns, first rows as text of the log `log`.

    `logs` are all that would be made of the file, `questions` those of all of them.
    """

    path: str
    guesses: tuple[Guess, ...]
    columns: tuple[PreviewColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    questions: tuple[Question, ...]
    remembered: Remembered = Remembered()
    """What was chosen before for logs of the same source."""
    remembered_for: str = ""
    """The name of that source, with # for dates."""
    log: str = ""
    logs: tuple[PreviewLog, ...] = ()
    has_more: bool = False
    """Whether there are more logs than were looked at."""


def preview_log(request: PreviewRequest, job: Job) -> PreviewResult:
    """Look at the head of each log only; fast at any size. Raises LogFormatError or EncodingError naming the file."""
    from workbench.services.log_paths import given_files
    from workbench.services.log_reading import run_preview
    from workbench.services.plugins import reading_with_plugins

    with reading_with_plugins(), given_files((request.path,)):
        return run_preview(request, job)


class ImportRequest(Request, frozen=True, kw_only=True):
    """Bring log files into a project as recordings."""

    paths: LogPaths
    project: NewProjectFolder
    zone: ZoneName = None
    answer: Answers = ()
    join: Join = None
    asset: Annotated[str | None, parameter("Equipment tag of the pump; else taken from the file name.")] = None
    site: Annotated[str | None, parameter("Site the pump belongs to.")] = None
    remember: Annotated[
        bool,
        parameter("Use what was chosen before for logs of the same source, and keep what is chosen now.", flag="--remember",
                  negative_flag="--no-remember", advanced=True),
    ] = True  # fmt: skip


class ImportResult(Result, frozen=True, kw_only=True):
    """The recordings that were stored (with `id` and `asset`)."""

    nothing_new: tuple[str, ...] = ()
    """Sources whose rows the project had all already, one sentence each; `recordings` has what holds them."""
    recordings: tuple[RecordingSummary, ...]
    questions: tuple[Question, ...]
    bytes_stored: int = 0
    replayed: tuple[str, ...] = ()
    """What was chosen before for the same source and used again, one sentence each."""
    replaced: tuple[str, ...] = ()
    """Recordings of the same file that were read with other answers and are taken out, one sentence each."""


def import_logs(request: ImportRequest, job: Job) -> ImportResult:
    """Parse, check and store columnar with pyramid; one journal line a recording. Same file again: stored once."""
    from workbench.services.log_import import run_import
    from workbench.services.log_paths import given_files
    from workbench.services.plugins import reading_with_plugins

    with reading_with_plugins(), given_files(request.paths):
        return run_import(request, job)


class QualityRequest(Request, frozen=True, kw_only=True):
    """List the quality findings of a project's recordings."""

    project: ProjectFolder
    asset: Annotated[str | None, parameter("Only this pump.")] = None
    again: Annotated[
        bool, parameter("Look at the samples again, through the corrections, instead of what was found at import.")
    ] = False


class QualityResult(Result, frozen=True, kw_only=True):
    """Findings by recording id."""

    recordings: tuple[RecordingSummary, ...]


def log_quality(request: QualityRequest, job: Job) -> QualityResult:
    """Read the stored findings, or look again; nothing is stored."""

    from workbench.services.log_import import read_quality
    from workbench.services.pumps import check_logged

    with open_or_make_project(request.project) as project:
        if request.asset:
            check_logged(project, request.asset)
        return QualityResult(recordings=tuple(read_quality(project, request.asset, job, again=request.again)))
