"""Recipes, training, retraining: everything that turns recordings into runs."""

from __future__ import annotations

from typing import Annotated, Literal

from workbench.core.codec import Record
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter
from workbench.services.common import ProjectFolder

TaskName = Literal["anomaly", "classify", "rul"]


class RecipeNewRequest(Request, frozen=True, kw_only=True):
    """Write a recipe with sensible defaults, to be edited by hand."""

    out: Annotated[str, parameter("Recipe file (TOML).", path=True, file=True)]
    task: Annotated[TaskName, parameter("What the model is to tell.")] = "anomaly"
    preset: Annotated[Literal["pump", "minimal"], parameter("Set of features.")] = "pump"


class RecipeResult(Result, frozen=True, kw_only=True):
    """The file that was written and its fields."""

    path: str
    recipe: dict[str, object]


def new_recipe(request: RecipeNewRequest, job: Job) -> RecipeResult:
    """A complete, commented TOML file."""
    raise NotImplementedError


class TrainRequest(Request, frozen=True, kw_only=True):
    """Train the families of a recipe on a project's recordings and compare them on one hold-out."""

    recipe: Annotated[str, parameter("Recipe file (TOML).", positional=True, path=True, file=True)]
    project: ProjectFolder
    assets: Annotated[tuple[str, ...], parameter("Only these pumps.", flag="--asset")] = ()
    seed: Annotated[int | None, parameter("Seed, instead of the recipe's.", ge=0)] = None


class RunSummary(Record, frozen=True, kw_only=True):
    """One run in a leaderboard. `metrics` keys: see Metrics in help/metrics.md; NaN is never stored, None is."""

    id: str
    family: str
    title: str
    is_baseline: bool
    metrics: dict[str, float | None]
    model_sha256: str
    created_utc: str = ""
    task: TaskName = "anomaly"
    experiment: str = ""
    split_id: str = ""
    is_champion: bool = False


class TrainResult(Result, frozen=True, kw_only=True):
    """Runs, best first, baselines included; `champion` is a run id."""

    runs: tuple[RunSummary, ...]
    champion: str | None
    experiment: str
    left_out: tuple[dict[str, str], ...] = ()
    """Channels or pumps that were not used: {"channel" | "asset", "why"}."""


def train(request: TrainRequest, job: Job) -> TrainResult:
    """Windows, features through the ONNX graph, split by asset then time, fit, evaluate, store; publishes RunSummary."""
    raise NotImplementedError


class SplitPreviewRequest(Request, frozen=True, kw_only=True):
    """How a recipe would split a project: for the split board, and the leakage guard."""

    recipe: Annotated[str, parameter("Recipe file (TOML).", positional=True, path=True, file=True)]
    project: ProjectFolder


class SplitPart(Record, frozen=True, kw_only=True):
    """One asset's span in one part."""

    asset: str
    part: Literal["train", "validate", "holdout"]
    start_utc: str
    end_utc: str
    n_windows: int
    n_events: int


class SplitPreviewResult(Result, frozen=True, kw_only=True):
    """Parts, and the guard's three counts (all must be 0 before training)."""

    parts: tuple[SplitPart, ...]
    n_windows: int
    n_features: int
    n_events: int
    n_straddling: int
    n_assets_on_two_sides: int
    n_label_inputs: int
    channels: tuple[str, ...]
    left_out: tuple[dict[str, str], ...] = ()
    estimate_s: float | None = None


def preview_split(request: SplitPreviewRequest, job: Job) -> SplitPreviewResult:
    """Plan only; fits nothing."""
    raise NotImplementedError


class RetrainRequest(Request, frozen=True, kw_only=True):
    """Train the champion's recipe again on all data, new data included, and compare with the champion."""

    project: ProjectFolder
    data: Annotated[tuple[str, ...], parameter("New log files to import first.", path=True, file=True)] = ()


def retrain(request: RetrainRequest, job: Job) -> TrainResult:
    """Champion stays champion unless the new run is better on the common hold-out."""
    raise NotImplementedError
