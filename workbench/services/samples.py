"""Sample pumps: made-up logs of believable pumps, with true labels beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from workbench.core.codec import translate_os_error
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter
from workbench.services.common import OutFolder


class SampleRequest(Request, frozen=True, kw_only=True):
    """Write sample pump logs with labels beside them."""

    out: OutFolder
    pumps: Annotated[int, parameter("Number of pumps.", ge=1, le=50)] = 6
    days: Annotated[float, parameter("Days of log.", unit="d", ge=0.05, le=400)] = 14.0
    seed: Annotated[int, parameter("Seed of all random numbers.", ge=0)] = 1
    period_s: Annotated[float, parameter("Time between samples.", unit="s", ge=1, le=600, advanced=True)] = 30.0
    burst_every_h: Annotated[
        float, parameter("Time between vibration bursts of 1 s at 25.6 kHz, beside each log; 0: none.", unit="h", ge=0, le=1000)
    ] = 0.0


class SampleResult(Result, frozen=True, kw_only=True):
    """Log files (CSV, one a pump), the true events (CSV for `labels import`) and late, uncertain work orders (CSV)."""

    out: str
    logs: tuple[str, ...]
    events: str
    work_orders: str
    assets: tuple[str, ...]
    bursts: tuple[str, ...] = ()
    """Vibration bursts (Parquet, one a pump), where they were asked for."""


def write_samples(request: SampleRequest, job: Job) -> SampleResult:
    """Same seed, same bytes. Raises InputError where the folder can't be written."""
    from workbench.samples.write import SampleSpec, write_station

    spec = SampleSpec(
        n_pumps=request.pumps, span_s=request.days * 86400.0, step_s=request.period_s, seed=request.seed,
        burst_every_s=request.burst_every_h * 3600.0,
    )  # fmt: skip
    try:
        written = write_station(spec, Path(request.out), job.progress)
    except OSError as error:
        raise translate_os_error(error, Path(request.out)) from error
    return SampleResult(
        out=request.out, logs=tuple(map(str, written.logs)), events=str(written.events),
        work_orders=str(written.work_orders), assets=written.assets,
        bursts=tuple(map(str, written.bursts)),
    )  # fmt: skip
