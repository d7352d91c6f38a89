"""From a run to an ONNX file, and its smaller variants side by side."""

from __future__ import annotations

from typing import Annotated

from workbench.core.codec import Record
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter
from workbench.services.common import BoardName, ProjectFolder, RunId


class ExportRequest(Request, frozen=True, kw_only=True):
    """Write a run as one ONNX graph from raw window to score, through the parity gate."""

    run: RunId
    project: ProjectFolder
    out: Annotated[str, parameter("ONNX file to write.", path=True, file=True)]
    board: BoardName = "linux-gateway"
    variant: Annotated[str, parameter("float32, float16, int8 or compact.")] = "float32"


class ParityReport(Record, frozen=True, kw_only=True):
    """Agreement with the run as trained, on the hold-out windows."""

    n_windows: int
    n_within_tolerance: int
    largest_error: float
    n_alarms: int
    n_alarms_changed: int
    is_passed: bool


class ExportResult(Result, frozen=True, kw_only=True):
    """Where it is, how large, how fast, how true."""

    path: str
    sha256: str
    size_bytes: int
    latency_ms: float
    parity: ParityReport


def export_run(request: ExportRequest, job: Job) -> ExportResult:
    """Raises ParityError (exit 3) when the gate is not passed."""
    raise NotImplementedError


class QuantizeRequest(Request, frozen=True, kw_only=True):
    """Make and measure every variant that suits the run's family."""

    run: RunId
    project: ProjectFolder
    board: BoardName = "linux-gateway"


class Variant(Record, frozen=True, kw_only=True):
    """One form of the model against float32. `scatter` holds (float32 score, variant score) of up to 400 windows."""

    name: str
    note: str
    size_bytes: int
    ram_bytes: int
    latency_ms: float
    parity: ParityReport
    alarms_changed_fraction: float
    fits_flash: bool
    fits_ram: bool
    fits_latency: bool
    is_recommended: bool
    scatter: tuple[tuple[float, float], ...] = ()
    sha256: str = ""


class QuantizeResult(Result, frozen=True, kw_only=True):
    """Variants, float32 first; the recommended one is the smallest that changes < 1 % of the alarms and fits."""

    run: str
    board: str
    variants: tuple[Variant, ...]


def quantize_run(request: QuantizeRequest, job: Job) -> QuantizeResult:
    """Weights of networks only; never the scaler, never the features."""
    raise NotImplementedError
