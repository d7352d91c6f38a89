"""From a run to an ONNX file, and its smaller variants side by side."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from workbench.core.codec import Record, sha256_hex, write_atomic
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter, to_arguments
from workbench.services.common import BoardName, ProjectFolder, RunId, open_project

if TYPE_CHECKING:
    from workbench.core.boards import Board
    from workbench.export.parity import Agreement
    from workbench.export.profile import Profile
    from workbench.services.model_forms import Form, FormMaker

_MAX_SCATTER = 400


class ExportRequest(Request, frozen=True, kw_only=True):
    """Write a run as one ONNX graph from raw window to score, through the parity gate."""

    run: RunId
    project: ProjectFolder
    out: Annotated[str, parameter("ONNX file to write.", path=True, file=True)]
    board: BoardName = "linux-gateway"
    variant: Annotated[str, parameter("float32, float16, int8 or compact.")] = "float32"


class ParityReport(Record, frozen=True, kw_only=True):
    """Agreement with the run as trained, on the hold-out windows, and on pushed ones where those hold too few alarms."""

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
    """Raises ParityError (exit 3) when the gate is not passed; then nothing is written."""
    from workbench.core.boards import find_board
    from workbench.export.profile import profile_model
    from workbench.services.model_forms import check_form

    find_board(request.board)
    run, maker = _open_run(request.run, request.project)
    job.progress(0.1, f"Building {request.variant}")
    form = maker.make(request.variant)
    job.progress(0.6, "Comparing scores and alarms")
    check_form(form)
    profile = profile_model(form.data, maker.windows[0])
    write_atomic(Path(request.out), form.data)
    sha256 = sha256_hex(form.data)
    _record_export(request, run, sha256)
    job.progress(1.0, f"{request.variant} written")
    return ExportResult(
        path=request.out, sha256=sha256, size_bytes=profile.size_bytes, latency_ms=profile.latency_ms,
        parity=_report(form.agreement, is_passed=form.is_passed),
    )  # fmt: skip


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
    from workbench.core.boards import find_board
    from workbench.export.profile import profile_model

    board = find_board(request.board)
    run, maker = _open_run(request.run, request.project)
    rows: list[Variant] = []
    base: Form | None = None
    for index, name in enumerate(maker.variants):
        job.progress(index / len(maker.variants), f"Making {name}")
        form = maker.make(name)
        base = base or form
        job.checkpoint()
        rows.append(_variant(form, base, profile_model(form.data, maker.windows[0]), board))
    return QuantizeResult(run=run, board=board.name, variants=_with_recommendation(rows))


def _open_run(prefix: str, project_folder: str) -> tuple[str, FormMaker]:
    """The run's full id, and what makes its forms. Raises InputError when there is no such run."""
    from workbench.learning.run import load_run
    from workbench.services.model_forms import FormMaker

    with open_project(project_folder) as project:
        run = project.item("run", prefix).id
        return run, FormMaker(load_run(project.objects.whole_tree("run", run)))


def _record_export(request: ExportRequest, run: str, sha256: str) -> None:
    """An export leaves the project: the journal keeps which bytes went out."""
    from workbench.project.acts import Act

    what = f"Exported run {run[:12]} as {request.variant}, model {sha256[:12]}"
    with open_project(request.project) as project:
        project.record(
            Act(act="export", on=run[:12], what=what, refs=(run,), command=shlex.join(to_arguments(("export",), request)))
        )


def _variant(form: Form, base: Form, profile: Profile, board: Board) -> Variant:
    step = max(1, -(-len(base.score) // _MAX_SCATTER))
    pairs = zip(base.score[::step].tolist(), form.score[::step].tolist(), strict=True)
    return Variant(
        name=form.name, note=form.note, size_bytes=profile.size_bytes, ram_bytes=profile.ram_bytes, latency_ms=profile.latency_ms,
        parity=_report(form.agreement, is_passed=form.is_passed), alarms_changed_fraction=form.agreement.alarms_changed_fraction,
        fits_flash=profile.size_bytes <= board.flash_budget_bytes, fits_ram=profile.ram_bytes <= board.ram_budget_bytes,
        fits_latency=profile.latency_ms <= board.latency_budget_ms, is_recommended=False,
        # A pair without a score on either side can't be drawn, and NaN is not JSON.
        scatter=tuple(pair for pair in pairs if pair[0] == pair[0] and pair[1] == pair[1]), sha256=sha256_hex(form.data),
    )  # fmt: skip


def _with_recommendation(rows: list[Variant]) -> tuple[Variant, ...]:
    """Mark the smallest form that passed and fits the board; nothing when none does."""
    import msgspec

    fitting = [row for row in rows if row.parity.is_passed and row.fits_flash and row.fits_ram and row.fits_latency]
    best = min(fitting, key=lambda row: row.size_bytes, default=None)
    return tuple(msgspec.structs.replace(row, is_recommended=row is best) for row in rows)


def _report(agreement: Agreement, *, is_passed: bool) -> ParityReport:
    return ParityReport(
        n_windows=agreement.n_windows, n_within_tolerance=agreement.n_within_tolerance, largest_error=agreement.largest_error,
        n_alarms=agreement.n_alarms, n_alarms_changed=agreement.n_alarms_changed, is_passed=is_passed,
    )  # fmt: skip
