"""From a run to a bundle's contents: golden vectors, drift reference, card, bill of materials. Joins learning and bundle.

Everything is taken from the run and from the exported graph, nothing from a clock, so that building twice gives the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.core.codec import encode_canonical, sha256_hex
from workbench.core.errors import ModelError
from workbench.core.jobs import Job

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.bundle.bom import Materials
    from workbench.bundle.build import BundleContents
    from workbench.core.sketch_record import ChannelSketch
    from workbench.learning.run import RunFolder, RunRecord
    from workbench.project.store import Project
    from workbench.scoring.session import ScoringSession

# Largest difference of a golden score between processors, from what rounding can do in each form's arithmetic: in int8
# a window's value may fall into the neighbouring step.
GOLDEN_TOLERANCE: Mapping[str, float] = {"float32": 1e-4, "float16": 1e-3, "int8": 5e-3, "compact": 1e-4}
_REFERENCE_BINS = 32
_PUSHES = (2.0, 4.0, 8.0, 16.0, 32.0)
_N_PUSHED = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the person chose for this bundle; `variant` None takes the recommended one."""

    project_folder: str
    board: str
    variant: str | None
    model_line: str
    release: int
    floor: int


def make_contents(project: Project, run: str, choice: Choice, job: Job) -> BundleContents:
    """Everything that goes into the bundle of a run. Raises ParityError, InputError, ModelError."""
    from workbench.bundle.build import BundleContents
    from workbench.learning.run import load_run
    from workbench.scoring.session import ScoringSession

    folder = load_run(project.objects.whole_tree("run", run))
    variant = choice.variant or recommended_variant(run, choice, job.part(0.0, 0.5, "Comparing variants"))
    job.progress(0.5, f"Exporting {variant}")
    model = export_model(folder, variant)
    job.progress(0.75, "Choosing golden vectors")
    session = ScoringSession(model)
    members = {"model.onnx": model, **golden_members(folder, session, GOLDEN_TOLERANCE[variant])}
    members["drift-reference.json"] = reference_member(folder, session)
    job.progress(0.9, "Writing the model card and the bill of materials")
    materials = materials_of(folder.record, run, _Made(variant=variant, release=choice.release, model_sha256=sha256_hex(model)))
    members |= document_members(folder.record, materials, _data_lines(project, folder.record), choice, members)
    return BundleContents(
        name=folder.record.title, model_line=choice.model_line, release=choice.release, floor=choice.floor,
        boards=(choice.board,), spec=folder.record.spec, variant=variant, golden_tolerance=GOLDEN_TOLERANCE[variant],
        members=members, run=run, family=folder.record.family, created_utc=folder.record.created_utc,
    )  # fmt: skip


def recommended_variant(run: str, choice: Choice, job: Job) -> str:
    """The smallest variant that keeps the alarms and fits the board; float32 where none is recommended."""
    from workbench.services.exporting import QuantizeRequest, quantize_run

    result = quantize_run(QuantizeRequest(run=run, project=choice.project_folder, board=choice.board), job)
    return next((variant.name for variant in result.variants if variant.is_recommended), "float32")


def export_model(folder: RunFolder, variant: str) -> bytes:
    """The graph's bytes, through the parity gate. Raises ParityError, InputError for a variant that doesn't suit."""
    from workbench.services.model_forms import FormMaker, check_form

    form = FormMaker(folder).make(variant)
    check_form(form)
    return form.data


def golden_members(folder: RunFolder, session: ScoringSession, tolerance: float) -> dict[str, bytes]:
    """32 vectors from the hold-out, on both sides of the threshold where the model can be brought to either."""
    import numpy as np

    from workbench.bundle.golden import choose_golden, encode_golden

    windows = folder.holdout_windows()
    windows = windows[np.isfinite(windows).all(axis=(1, 2))]
    if not len(windows):
        raise ModelError("The run's hold-out has no complete window, so there are no golden vectors.", "Train on longer logs.")
    scores = session.score(windows).score
    windows, scores = _with_both_sides(windows, scores, session)
    chosen = choose_golden(scores, tolerance)
    if not len(chosen):
        raise ModelError("No hold-out window has a score away from the threshold.", "Train on longer logs.")
    # Scored once more by themselves: a device gets exactly these 32.
    return encode_golden(windows[chosen], session.score(windows[chosen]).score)


def reference_member(folder: RunFolder, session: ScoringSession) -> bytes:
    """The drift reference from the training windows that the run kept."""
    import numpy as np

    from workbench.bundle.reference import SCORE_CHANNEL, DriftReference, encode_reference

    windows = folder.calibration_windows()
    names = [channel.name for channel in folder.record.spec.channels]
    channels = tuple(_reference_of(name, windows[:, :, index].ravel()) for index, name in enumerate(names))
    score = np.asarray(session.score(windows).score, np.float64)
    return encode_reference(DriftReference(channels=channels, score=_reference_of(SCORE_CHANNEL, score)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    variant: str
    release: int
    model_sha256: str


def materials_of(record: RunRecord, run: str, made: _Made) -> Materials:
    """What the model was made of."""
    from workbench.bundle.bom import Materials

    origin = record.provenance
    software = {"pump-workbench": origin.workbench_version, **origin.packages}
    return Materials(
        name=record.title, release=made.release, task=record.task, family=record.family, variant=made.variant,
        model_sha256=made.model_sha256, run=run,
        data={f"{item.asset} {item.recording[:12]}": item.recording for item in record.data},
        software={name: version for name, version in software.items() if version},
        metrics={name: value for name, value in record.metrics.items() if value is not None},
        parameters={
            "seed": str(record.seed), "experiment": record.experiment, "split": record.split_id,
            "recipe_sha256": sha256_hex(encode_canonical(record.recipe)), "python": origin.python_version,
            "machine": origin.machine, "system": origin.system,
        } | {f"parameter:{name}": repr(value) for name, value in record.params.items()},
    )  # fmt: skip


def document_members(
    record: RunRecord, materials: Materials, data: tuple[str, ...], choice: Choice, members: Mapping[str, bytes]
) -> dict[str, bytes]:
    """Card, bill of materials and provenance."""
    from workbench.bundle.bom import build_bom, build_provenance
    from workbench.bundle.card import CardFacts, build_card
    from workbench.bundle.golden import check_golden_members

    facts = CardFacts(
        name=record.title, model_line=choice.model_line, release=choice.release, family=record.family,
        variant=materials.variant, spec=record.spec, trained_utc=record.created_utc, data=data, metrics=record.metrics,
        slices=tuple(_slice_row(row) for row in record.slices), n_golden=check_golden_members(members, record.spec).n_vectors,
        golden_tolerance=GOLDEN_TOLERANCE[materials.variant], notes=_notes(record, materials.variant),
    )  # fmt: skip
    return {"card.md": build_card(facts), "bom.json": build_bom(materials), "provenance.json": build_provenance(materials)}


def _with_both_sides(
    windows: NDArray[np.float32], scores: NDArray[np.float32], session: ScoringSession
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """A quiet hold-out has no alarms: windows pushed away from its mean then stand for the other side."""
    import numpy as np

    is_alarm = scores >= 0.5
    if is_alarm.any():
        return windows, scores
    spread = np.maximum(windows.std(axis=(0, 1)), np.float32(1e-6))
    few = windows[np.linspace(0, len(windows) - 1, min(_N_PUSHED, len(windows))).astype(np.int64)]
    for push in _PUSHES:
        pushed = few + np.float32(push) * spread
        found = session.score(pushed).score
        if (found >= 0.5).any():
            return np.concatenate([windows, pushed]), np.concatenate([scores, found])
    return windows, scores


def _reference_of(name: str, values: NDArray[np.floating]) -> ChannelSketch:
    from workbench.scoring.sketch import SketchWriter, empty_sketch, quantile_edges

    writer = SketchWriter(empty_sketch(name, quantile_edges(values, _REFERENCE_BINS)))
    writer.add(values)
    return writer.sketch


def _data_lines(project: Project, record: RunRecord) -> tuple[str, ...]:
    names = {item.id: item.name for item in project.items("recording")}
    lines = tuple(f"{item.asset}: {names.get(item.recording) or item.recording[:12]}" for item in record.data)
    counts = ", ".join(f"{part} {count}" for part, count in record.n_windows.items())
    return (*lines, f"Windows: {counts}")


def _slice_row(row: Mapping[str, object]) -> tuple[str, str, str, str]:
    from workbench.bundle.card import format_number

    rate = row.get("false_alarms_per_week")
    per_week = format_number(float(rate)) if isinstance(rate, (int, float)) else "–"
    return str(row.get("name", "")), str(row.get("n_caught", "–")), str(row.get("n_events", "–")), per_week


def _notes(record: RunRecord, variant: str) -> tuple[str, ...]:
    left_out = [f"Not used: {item.channel or item.asset} ({item.why})." for item in record.left_out]
    baseline = ["A baseline, for comparison only."] if record.is_baseline else []
    smaller = f"The metrics are those of the model as trained; its {variant} form changes less than 1 % of the alarm states."
    derived = [
        f"Computed inside from the inputs: {one.name} [{one.unit or '–'}] = {one.formula}, SHA-256 {one.sha256[:16]}…"
        for one in record.derived
    ]
    return (*baseline, *([smaller] if variant != "float32" else []), *derived, *left_out)
