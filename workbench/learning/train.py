"""From logs and a recipe to fitted families: windows, features, split, fit, threshold. Joining the graphs is the service's.

prepared = prepare(logs, events, recipe)          once an experiment
fitted = fit_family(prepared, family, seed)       once a run
measured = measure(prepared, score, raw)          from the joined graph's own scores on the hold-out
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import NS_PER_S
from workbench.core.derived_spec import DerivedSpec
from workbench.core.errors import InputError, ModelError
from workbench.core.onnx_session import open_session
from workbench.core.scoring_spec import RAW_OUTPUT, ChannelSpec, ScoringSpec
from workbench.features.graph import build_feature_graph, extract, feature_columns, suitable_features, with_derived
from workbench.learning.channels import InputPlan, LogView
from workbench.learning.dataset import (
    AssetLog,
    EventSpan,
    WindowTable,
    collect_windows,
    driver_channel,
    ends_in_events,
    overlaps_events,
)
from workbench.learning.derived import Definitions, Fixed, is_complete, plan_all_inputs
from workbench.learning.evaluate import (
    Metrics,
    Scored,
    choose_threshold,
    curve_points,
    event_metrics,
    mark_windows,
    number_states,
    ranking_metrics,
    raw_scale,
    slice_metrics,
)
from workbench.learning.families.base import FittedFamily, ModelFamily
from workbench.learning.families.good_windows import LEVELS_ONLY, STEADY_COLUMN, STEADY_LIMIT, GoodWindows
from workbench.learning.recipe import Recipe, wanted_features
from workbench.learning.reference import find_reference
from workbench.learning.split import PARTS, Guard, PartName, Split, assign_windows, check_leaks, count_leaks, plan_split

if TYPE_CHECKING:
    import onnx

_T = TypeVar("_T", bound=np.generic)
MAX_TRAIN_WINDOWS = 20_000
NORMAL = "normal"
UNSTEADY_SHARE = 0.1
"""A window in which speed (or power, current, flow) spreads by more than this share of its usual level is not steady."""
_AUTO_SAMPLES = 20
_AUTO_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a recipe makes of the logs before anything is fitted."""

    recipe: Recipe
    inputs: InputPlan
    spec: ScoringSpec
    features: tuple[str, ...]
    columns: tuple[str, ...]
    table: WindowTable
    events: tuple[EventSpan, ...]
    split: Split
    part: NDArray[np.int8]
    guard: Guard
    sources: tuple[tuple[str, str], ...]
    """(asset, recording id) of the logs that are used."""
    corrections: Mapping[str, str] = field(default_factory=dict)
    """Id of the corrections through which each asset's logs were seen; assets without any are left out."""
    regimes: Mapping[str, str] = field(default_factory=dict)
    """The same for the edits of operating states, where the recipe filters by these."""
    derived: tuple[DerivedSpec, ...] = ()
    """Channels that the graph computes from the raw ones."""
    states: Mapping[str, Mapping[str, Sequence[tuple[int, int]]]] = field(default_factory=dict)
    """When each asset was in which operating state, [start, end) ns; for figures by state, not for learning."""

    def rows(self, part: PartName) -> NDArray[np.int64]:
        """Window rows of a part."""
        return np.flatnonzero(self.part == PARTS.index(part))

    def scored(self, rows: NDArray[np.int64]) -> Scored:
        """Windows as evaluation sees them."""
        period_ns = self.spec.sample_period_s * NS_PER_S
        names, state = number_states(self.states, self.table.assets, self.table.asset[rows], self.table.end_ns[rows])
        return Scored(
            assets=self.table.assets,
            asset=self.table.asset[rows],
            end_ns=self.table.end_ns[rows],
            is_running=self.table.is_running[rows],
            events=self.events,
            window_ns=round(self.spec.window_samples * period_ns),
            stride_ns=round(self.spec.stride_samples * period_ns),
            states=names,
            state=state,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A plan with its features: `features` float32 [n, k] of all windows, and the rows that may be learnt from."""

    plan: Plan
    graph: onnx.ModelProto
    features: NDArray[np.float32]
    reference_rows: NDArray[np.int64]
    """Training windows that are known to be good."""
    target_rows: NDArray[np.int64]
    targets: NDArray[np.float64]
    """Class index or hours left of `target_rows`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedRun:
    """A fitted family with its place on the score scale."""

    family: ModelFamily
    fitted: FittedFamily
    fragment: onnx.ModelProto
    seed: int
    threshold_raw: float
    scale: float
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """How good a run is on the hold-out."""

    metrics: Metrics
    curves: dict[str, list[list[float]]]
    slices: tuple[dict[str, object], ...]


def make_plan(
    logs: Sequence[LogView], recordings: Sequence[str], events: Sequence[EventSpan], recipe: Recipe, keep: Split | None = None,
    *, definitions: Definitions | None = None, fixed: Fixed | None = None,
) -> Plan:  # fmt: skip
    """Choose inputs, cut windows, plan the split (or `keep` a former one) and count leaks; fits nothing.

    `definitions` are the pumps' derived channels; `fixed` are the inputs of a stored run, to be as they were.
    Raises InputError, ModelError.
    """
    if not logs:
        raise InputError("The project has no recordings to train on.", "Import logs first: workbench logs import …")
    inputs, made = plan_all_inputs(logs, recipe.channels, definitions or {}, fixed)
    used = tuple(sorted(inputs.columns))
    period_s = _common_period_s([logs[index] for index in used])
    spec = _make_spec(inputs.channels, period_s, recipe)
    asset_logs = [_asset_log(logs[index], recordings[index], inputs.columns[index]) for index in used]
    table = collect_windows(asset_logs, spec)
    table = table.kept(is_complete(made.derived, table.values)) if made.derived else table
    wide = with_derived(spec, made.derived)
    wanted = suitable_features(wide, wanted_features(recipe, spec.window_samples))
    split = plan_split(table, events, recipe, keep)
    part = assign_windows(table, split)
    labels = [item.channel for item in inputs.left_out if item.why == "looks like a label"]
    names = [spec_.name for spec_ in inputs.channels]
    plan = Plan(
        recipe=recipe, inputs=inputs, spec=spec, features=wanted, columns=feature_columns(wide, wanted),
        table=table, derived=made.derived,
        events=tuple(events), split=split, part=part, guard=count_leaks(table, part, split, names, labels),
        sources=tuple((log.asset, log.recording) for log in asset_logs),
    )  # fmt: skip
    return replace(plan, spec=msgspec.structs.replace(spec, classes=_trained_classes(plan)))


def prepare(plan: Plan) -> Prepared:
    """Compute the features through the ONNX graph that the device will run. Raises LeakageError if the guard found any."""
    check_leaks(plan.guard)
    graph = build_feature_graph(plan.spec, plan.features, plan.derived)
    features = extract(graph, plan.table.values)
    target_rows, targets = _targets(plan)
    return Prepared(
        plan=plan, graph=graph, features=features, reference_rows=_thin(find_reference(plan).rows),
        target_rows=target_rows, targets=targets,
    )  # fmt: skip


def fit_family(prepared: Prepared, family: ModelFamily, seed: int) -> FittedRun:
    """Fit one family with one seed and set its threshold on the validation part. Raises ModelError."""
    plan, started_s = prepared.plan, time.perf_counter()
    rows = prepared.target_rows if family.needs_targets else prepared.reference_rows
    targets = prepared.targets if family.needs_targets else None
    if family.needs_targets and not len(rows):
        raise ModelError("No labelled events are on the training pumps.", "Label events on more pumps, or choose other families.")
    estimator = family.build(family_params(prepared, family), seed)
    fitted = estimator.fit(prepared.features[rows], targets, plan.columns)
    fragment = fitted.onnx_fragment()
    validate = plan.rows("validate")
    raw = run_fragment(fragment, prepared.features[validate])
    if plan.spec.task == "rul":
        threshold, scale = -plan.recipe.rul_alert_h, plan.recipe.rul_alert_h / 4
    elif family.name == "never_alarm":
        threshold, scale = 1.0, 1.0
    else:
        threshold = choose_threshold(raw, plan.scored(validate), plan.recipe.false_alarms_per_week)
        scale = raw_scale(raw, threshold)
    return FittedRun(
        family=family, fitted=fitted, fragment=fragment, seed=seed, threshold_raw=float(np.float32(threshold)),
        scale=scale, seconds=time.perf_counter() - started_s,
    )  # fmt: skip


def family_params(prepared: Prepared, family: ModelFamily) -> dict[str, float]:
    """The recipe's settings of a family; for families of good windows also which columns they read and what is steady."""
    plan = prepared.plan
    given = plan.recipe.params.get(family.name, {})
    if not isinstance(family, GoodWindows):
        return dict(given)
    levels = {} if plan.recipe.features else {LEVELS_ONLY: 1.0}
    return {**levels, **_steadiness(prepared), **given}


def _steadiness(prepared: Prepared) -> dict[str, float]:
    """The feature that tells that the driver starts, stops or ramps, and its limit; empty where nothing tells it."""
    plan = prepared.plan
    driver = driver_channel(plan.spec)
    if driver is None or not plan.recipe.steady_only or not len(prepared.reference_rows):
        return {}
    spread, level = (f"{feature}({plan.spec.channels[driver].name})" for feature in ("std", "mean"))
    if spread not in plan.columns or level not in plan.columns:
        return {}
    usual = float(np.quantile(np.abs(prepared.features[prepared.reference_rows, plan.columns.index(level)]), 0.9))
    return {STEADY_COLUMN: plan.columns.index(spread), STEADY_LIMIT: UNSTEADY_SHARE * usual} if usual > 0 else {}


def measure(plan: Plan, is_alarm: NDArray[np.bool_], raw: NDArray[np.float32]) -> Measured:
    """Metrics of the hold-out from the joined graph's alarms and raw scores [n], in the order of `plan.rows("holdout")`."""
    rows = plan.rows("holdout")
    scored = plan.scored(rows)
    marks = mark_windows(scored)
    is_event, counted = marks.event >= 0, ~marks.is_ignored
    metrics = event_metrics(is_alarm, scored, marks) | ranking_metrics(raw[counted], is_event[counted])
    if plan.spec.task == "rul":
        metrics |= _life_metrics(plan, rows, raw)
    present = {plan.table.assets[index] for index in np.unique(scored.asset)}
    slices = [
        row for row in slice_metrics(is_alarm, scored, marks) if row["name"] not in plan.table.assets or row["name"] in present
    ]
    return Measured(metrics=metrics, curves=curve_points(raw[counted], is_event[counted]), slices=tuple(slices))


def class_metrics(plan: Plan, probabilities: NDArray[np.float32]) -> Metrics:
    """Accuracy and macro F1 of the hold-out windows whose class was trained, from probabilities [n, c]."""
    rows = plan.rows("holdout")
    truth = _class_of(plan, rows)
    known = truth >= 0
    if not known.any():
        return {"accuracy": None, "macro_f1": None}
    from sklearn.metrics import accuracy_score, f1_score

    guess = probabilities[known].argmax(axis=1)
    present = np.unique(truth[known])
    macro = f1_score(truth[known], guess, average="macro", labels=present, zero_division=0.0)
    return {"accuracy": float(accuracy_score(truth[known], guess)), "macro_f1": float(macro)}


def run_fragment(fragment: onnx.ModelProto, features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Raw scores float32 [n] of a fragment, by onnxruntime."""
    session = open_session(fragment.SerializeToString(), n_threads=2)
    blocks = [features[start : start + 4096] for start in range(0, len(features), 4096)]
    parts = [np.asarray(session.run([RAW_OUTPUT], {"features": block})[0], np.float32) for block in blocks]
    return np.concatenate(parts) if parts else np.empty(0, np.float32)


def _common_period_s(logs: Sequence[LogView]) -> float:
    """Median step over the logs, rounded to what a person would say; slower logs would hold, faster ones be thinned."""
    steps = [float(np.median(np.diff(log.times_ns[:100_001]))) / NS_PER_S for log in logs if len(log.times_ns) > 1]
    if not steps:
        raise InputError("The logs have fewer than two samples.", "Import longer logs.")
    period_s = float(np.median(steps))
    digits = 3 if period_s < 1 else 1 if period_s < 10 else 0
    return round(period_s, digits) or period_s


def _make_spec(channels: tuple[ChannelSpec, ...], period_s: float, recipe: Recipe) -> ScoringSpec:
    window_s = recipe.window_s or max(_AUTO_SAMPLES * period_s, _AUTO_SECONDS)
    n_window = max(2, round(window_s / period_s))
    stride_s = recipe.stride_s or window_s / 2
    return ScoringSpec(
        task=recipe.task, channels=channels, sample_period_s=period_s, window_samples=n_window,
        stride_samples=max(1, round(stride_s / period_s)), hold_limit_s=recipe.hold_limit_s or 3 * period_s,
        on_delay_s=recipe.on_delay_s, off_delay_s=recipe.off_delay_s, deadband=recipe.deadband,
        rul_alert_h=recipe.rul_alert_h if recipe.task == "rul" else None,
    )  # fmt: skip


def _asset_log(log: LogView, recording: str, columns: tuple[str, ...]) -> AssetLog:
    values = np.column_stack([np.asarray(log.values(name), np.float64) for name in columns])
    return AssetLog(asset=log.asset, recording=recording, times_ns=np.asarray(log.times_ns), values=values)


def _targets(plan: Plan) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Rows of the training part with a known target, and the targets."""
    rows = plan.rows("train")
    if plan.spec.task == "rul":
        hours = hours_left(plan.table, _events_until_training_ends(plan), plan.recipe.rul_cap_h)[rows]
        known = np.isfinite(hours)
        return _thin(rows[known]), _thin(hours[known])
    classes = _class_of(plan, rows)
    known = classes >= 0
    if len(np.unique(classes[known])) < 2:
        return rows[:0], np.empty(0)
    return _thin(rows[known]), _thin(classes[known].astype(np.float64))


def _events_until_training_ends(plan: Plan) -> tuple[EventSpan, ...]:
    """Split by time, an event of a later part has not happened yet: it must not tell training windows how long they have."""
    if plan.split.by == "asset":
        return plan.events
    ends = {span.asset: span.end_ns for span in plan.split.spans if span.part == "train"}
    return tuple(event for event in plan.events if event.start_ns <= ends.get(event.asset, event.start_ns))


def _trained_classes(plan: Plan) -> tuple[str, ...]:
    """For task classify: normal, and the kinds of event that some training window lies in; others can't be learnt."""
    if plan.spec.task != "classify":
        return ()
    real = [event for event in plan.events if event.is_real]
    whole = _event_of(plan, plan.rows("train"))
    return (NORMAL, *sorted({real[index].name for index in np.unique(whole[whole >= 0])}))


def _class_of(plan: Plan, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Class of each row: 0 normal, 1… the spec's classes (1 for any event in task anomaly), -1 not clearly either."""
    window_ns = round(plan.spec.window_samples * plan.spec.sample_period_s * NS_PER_S)
    near = overlaps_events(plan.table, plan.events, margin_ns=window_ns)[rows]
    whole = _event_of(plan, rows)
    kinds = {name: number for number, name in enumerate(plan.spec.classes)}
    real = [kinds.get(event.name, -1) if kinds else 1 for event in plan.events if event.is_real]
    return np.where(whole >= 0, np.array(real or [0], np.int64)[np.maximum(whole, 0)], np.where(near, -1, 0))


def _event_of(plan: Plan, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Index (among the real events) of the event in which each row lies wholly, or -1."""
    real = [event for event in plan.events if event.is_real]
    inside = ends_in_events(plan.table, real)[rows]
    starts = np.array([event.sure_ns or event.start_ns for event in real] or [0], np.int64)
    is_whole = (inside >= 0) & (plan.table.start_ns[rows] >= starts[np.maximum(inside, 0)])
    return np.where(is_whole, inside, -1)


def hours_left(table: WindowTable, events: Sequence[EventSpan], cap_h: float) -> NDArray[np.float64]:
    """Hours from each window's end to the next real event of its asset, capped; 0 within one, NaN after the last; [n].

    NaN also where a preventive replacement comes first: how long the part would have lived is not known (right-censored).
    """
    hours = np.full(len(table), np.nan)
    for index, asset in enumerate(table.assets):
        own = np.flatnonzero(table.asset == index)
        for event in sorted((e for e in events if e.asset == asset and (e.is_real or e.is_renewal)), key=lambda e: -e.start_ns):
            before = own[table.end_ns[own] <= event.end_ns]
            if event.is_renewal:
                hours[before] = np.nan
                continue
            hours[before] = np.clip((event.start_ns - table.end_ns[before]) / NS_PER_S / 3600, 0, cap_h)
    return hours


def _life_metrics(plan: Plan, rows: NDArray[np.int64], raw: NDArray[np.float32]) -> Metrics:
    hours = hours_left(plan.table, plan.events, plan.recipe.rul_cap_h)[rows]
    known = np.isfinite(hours)
    error = -raw[known] - hours[known]
    if not len(error):
        return {"mae_h": None, "rmse_h": None}
    return {"mae_h": float(np.abs(error).mean()), "rmse_h": float(np.sqrt((error**2).mean()))}


def _thin(values: NDArray[_T]) -> NDArray[_T]:
    """At most MAX_TRAIN_WINDOWS of them, evenly spread: neighbours tell little new."""
    return values[:: max(1, -(-len(values) // MAX_TRAIN_WINDOWS))]
