"""What a model family is: built from parameters and a seed, fitted on features, told again as ONNX and as JSON.

A family must not see windows, recordings or labels' names: it gets float32 features and numbers. Its fitted form is
plain arrays, never a pickle; `raw_score` is the reference in numpy, `onnx_fragment` what the device runs.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import ModelError
from workbench.core.scoring_spec import Task

if TYPE_CHECKING:
    import onnx
    from _typeshed import DataclassInstance

E = TypeVar("E", bound="DataclassInstance")
Features = NDArray[np.float32]
"""[n, k] float32, finite: n windows, k features."""
Json = Mapping[str, object]
MINIMUM_ROWS = 8


class FittedFamily(Protocol):
    """A fitted model. Frozen; everything it knows is in `parameters`."""

    def raw_score(self, features: Features) -> NDArray[np.float64]:
        """Raw score [n], higher = more abnormal (for RUL: minus the hours left). Raises ModelError on NaN or another width."""
        ...

    def onnx_fragment(self) -> onnx.ModelProto:
        """Input `features` float32 [n, k]; outputs `raw` float32 [n], and `class_probabilities` [n, c] or `rul_h` [n] if told."""
        ...

    def parameters(self) -> dict[str, object]:
        """Everything fitted, as JSON: `ModelFamily.restore` makes an equal model of it."""
        ...


class Estimator(Protocol):
    """A family with its settings chosen; fitting leaves it unchanged."""

    def fit(self, features: Features, targets: NDArray[np.float64] | None, names: Sequence[str] = ()) -> FittedFamily:
        """Fit on [n, k] features; `targets` [n]: None (anomaly), class index (0 = normal) or hours left. Raises ModelError."""
        ...


class ModelFamily(Protocol):
    """One kind of estimator, listed in `registry.FAMILIES`."""

    @property
    def name(self) -> str:
        """Identifier in recipes."""
        ...

    @property
    def title(self) -> str:
        """Name on screen."""
        ...

    @property
    def tasks(self) -> tuple[Task, ...]:
        """What it can be asked to tell."""
        ...

    @property
    def is_baseline(self) -> bool:
        """Whether it is in every leaderboard for comparison only."""
        ...

    @property
    def needs_targets(self) -> bool:
        """Whether it learns from labelled windows."""
        ...

    @property
    def is_network(self) -> bool:
        """Whether its weights may be quantized."""
        ...

    def build(self, params: Json, random_state: int) -> Estimator:
        """Settings over the defaults; unknown ones raise ModelError."""
        ...

    def restore(self, parameters: Json) -> FittedFamily:
        """A fitted model from its `parameters()`."""
        ...


def check_features(features: Features, n_features: int | None = None) -> NDArray[np.float64]:
    """The features as float64; raises ModelError unless they are [n, k], finite and of the width that was fitted."""
    if features.ndim != 2:
        raise ModelError(f"Features must be a table, not an array of {features.ndim} dimensions.", "Pass windows × features.")
    if n_features is not None and features.shape[1] != n_features:
        raise ModelError(
            f"The model takes {n_features} features, not {features.shape[1]}.", "Use the features it was trained on."
        )
    bad = ~np.isfinite(features)
    if bad.any():
        row, column = np.argwhere(bad)[0]
        raise ModelError(
            f"Feature {column} of window {row} is {features[row, column]}.", "Leave out windows without a value, or that channel."
        )
    return features.astype(np.float64)


def check_training(
    features: Features, targets: NDArray[np.float64] | None = None, *, needs_targets: bool = False
) -> NDArray[np.float64]:
    """The features as float64 for fitting; raises ModelError if there are too few rows, or no or unfit targets."""
    table = check_features(features)
    if table.shape[0] < MINIMUM_ROWS or table.shape[1] == 0:
        raise ModelError(
            f"{table.shape[0]} windows of {table.shape[1]} features are too few to fit a model.",
            f"Take more data or a shorter window: at least {MINIMUM_ROWS} windows are needed.",
        )
    if needs_targets and targets is None:
        raise ModelError("This family learns from labelled windows, and there are none.", "Label events first.")
    if targets is not None and targets.shape != (table.shape[0],):
        raise ModelError(f"{targets.shape} targets don't match {table.shape[0]} windows.", "Pass one target a window.")
    return table


def check_classes(targets: NDArray[np.float64] | None) -> NDArray[np.int64]:
    """Class indices 0…c-1, each present; raises ModelError when there is only one class, or a hole."""
    if targets is None or not np.isfinite(targets).all():
        raise ModelError("Some windows have no class.", "Label them or leave them out.")
    classes = targets.astype(np.int64)
    found = np.unique(classes)
    if len(found) < 2:
        raise ModelError(
            f"All {len(classes)} training windows are of one class.",
            "Label events on the training pumps, or choose an anomaly family.",
        )
    if not np.array_equal(found, np.arange(len(found))):
        raise ModelError(f"Classes {found.tolist()} have a hole.", "Number the classes 0, 1, 2 …")
    return classes


def configured(kind: type[E], params: Json, **given: object) -> E:
    """An estimator with `params` over its fields' defaults; `given` are the fields that are no settings and have none.

    Raises ModelError naming an unknown setting, or one that is not a number.
    """
    defaults = {field.name: field.default for field in fields(kind) if field.default is not MISSING}
    unknown = sorted(set(params) - set(defaults))
    if unknown:
        raise ModelError(f"This family has no setting '{unknown[0]}'.", f"It has: {', '.join(sorted(defaults)) or 'none'}.")
    chosen = {name: (whole if isinstance(defaults[name], int) else number)(params, name) for name in params}
    return kind(**chosen, **given)


def number(values: Json, name: str) -> float:
    """One numeric setting; raises ModelError if it is something else."""
    value = values.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ModelError(f"Setting '{name}' must be a number, not {value!r}.", "Correct the recipe.")
    return float(value)


def whole(values: Json, name: str) -> int:
    """As `number`, without what is behind the decimal point."""
    return int(number(values, name))


def encode_array(array: NDArray[np.generic]) -> dict[str, object]:
    """An array as JSON: type, shape and its little-endian bytes in base64; exact, and compact for large forests."""
    little = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"))
    return {"dtype": little.dtype.str, "shape": list(array.shape), "data": base64.b64encode(little.tobytes()).decode("ascii")}


def decode_array(parameters: Json, name: str) -> NDArray[np.generic]:
    """The array of `encode_array` under `name`; raises ModelError if it is missing or damaged."""
    value = parameters.get(name)
    if not isinstance(value, dict):
        raise ModelError(f"Model parameters have no '{name}'.", "The run's files are damaged; train again.")
    try:
        flat = np.frombuffer(base64.b64decode(value["data"], validate=True), dtype=np.dtype(value["dtype"]))
        return flat.reshape(value["shape"])
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(f"Model parameter '{name}' is damaged: {error}.", "Train again.") from error


def floats(parameters: Json, name: str) -> NDArray[np.float64]:
    """As `decode_array`, as float64."""
    return decode_array(parameters, name).astype(np.float64)
