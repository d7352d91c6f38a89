"""Has the data moved since the reference period, which channel, by how much?"""

from __future__ import annotations

from typing import Annotated

from workbench.core.codec import Record
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter
from workbench.services.common import Answers, ZoneName
from workbench.services.regime_filter import RegimeNames


class DriftAlarm(Record, frozen=True, kw_only=True):
    """A measure crossed its calibrated limit; `kind` may be None where the data can't tell."""

    at_utc: str
    channel: str
    kind: str | None
    measure: str
    value: float
    limit: float


class DriftRequest(Request, frozen=True, kw_only=True):
    """Compare the analysis period with the reference, chunk by chunk."""

    paths: Annotated[
        tuple[str, ...], parameter("Log files or folders; none: the project's recordings.", positional=True, path=True)
    ] = ()
    project: Annotated[str | None, parameter("Project folder (its recordings when no path is given).", path=True)] = None
    asset: Annotated[str | None, parameter("Only this pump of the project.")] = None
    reference_until: Annotated[str | None, parameter("End of the reference period, ISO 8601 UTC; else the first half.")] = None
    every: Annotated[float, parameter("Seconds between evaluations.", unit="s", ge=1)] = 60.0
    regimes: RegimeNames = ()
    zone: ZoneName = None
    answer: Answers = ()


class DriftPoint(Record, frozen=True, kw_only=True):
    """One evaluation of one channel: effect sizes and whether any is over its limit."""

    at_utc: str
    effect: float
    psi: float
    ks: float
    js: float
    wasserstein: float
    is_over: bool


class DriftChannel(Record, frozen=True, kw_only=True):
    """One channel's drift: the latest effect, limits, its history and both distributions (shared bin edges)."""

    channel: str
    unit: str
    effect: float
    effect_limit: float
    limits: dict[str, float]
    is_over: bool
    over_since_utc: str | None
    points: tuple[DriftPoint, ...]
    bin_edges: tuple[float, ...]
    reference_density: tuple[float, ...]
    analysis_density: tuple[float, ...]
    reference_median: float
    analysis_median: float
    n_reference: int
    n_analysis: int


class DriftResult(Result, frozen=True, kw_only=True):
    """Alarms as the contract has them; channels ranked by effect size, largest first."""

    evaluations: int
    alarms: tuple[DriftAlarm, ...]
    channels: tuple[DriftChannel, ...] = ()
    reference: tuple[str, str] | None = None
    analysis: tuple[str, str] | None = None
    source: str = ""


def measure_drift(request: DriftRequest, job: Job) -> DriftResult:
    """Limits are calibrated on blocks of the reference so that autocorrelation doesn't cry wolf.

    Several logs are watched one by one (recordings of one pump in a project follow each other as one). Raises RequestError
    without paths and project, InputError where no log is long enough, QuestionOpen where a log waits for an answer.
    """
    from workbench.services import drift_logs, drift_report

    logs = drift_logs.read_logs(request, job.part(0.0, 0.5))
    watched = drift_logs.watch(logs, request, job.part(0.5, 0.95))
    job.progress(0.95, "drawing up the result")
    return drift_report.build_result(watched)
