"""Mahalanobis distance with a shrunk covariance.

Shrinkage after Ledoit and Wolf, "A well-conditioned estimator for large-dimensional covariance matrices", Journal of
Multivariate Analysis 88 (2004), eq. 14: it keeps the inverse usable with more features than windows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.core.scoring_spec import Task
from workbench.learning.families.base import Features, Json, check_features, check_training, configured, encode_array, floats
from workbench.learning.families.onnx_fragment import FragmentBuilder
from workbench.learning.families.scaling import robust_scaling

if TYPE_CHECKING:
    import onnx


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedMahalanobis:
    """Raw score = ln(1 + mean over features of the whitened squares); the logarithm only keeps far outliers readable."""

    centre: NDArray[np.float64]
    gain: NDArray[np.float64]
    whitening: NDArray[np.float64]
    """[k, k]: standardised features × whitening have unit covariance."""

    def raw_score(self, features: Features) -> NDArray[np.float64]:
        """ln(1 + d²/k) [n] ≥ 0."""
        standardised = (check_features(features, len(self.centre)) - self.centre) * self.gain
        return np.asarray(np.log1p(((standardised @ self.whitening) ** 2).mean(axis=1)))

    def onnx_fragment(self) -> onnx.ModelProto:
        """The same in float64."""
        builder = FragmentBuilder(len(self.centre))
        white = builder.node("MatMul", builder.standardised(self.centre, self.gain), builder.constant(self.whitening))
        return builder.build(raw=builder.log1p(builder.row_sum(builder.node("Mul", white, white), is_mean=True)))

    def parameters(self) -> dict[str, object]:
        """Scaling and whitening matrix."""
        return {name: encode_array(getattr(self, name)) for name in ("centre", "gain", "whitening")}


def fit_mahalanobis(table: NDArray[np.float64]) -> FittedMahalanobis:
    """Fit on finite `table` [n, k] of known good rows."""
    from sklearn.covariance import ledoit_wolf

    centre, gain = robust_scaling(table)
    standardised = (table - centre) * gain
    middle = standardised.mean(axis=0)
    covariance, _ = ledoit_wolf(standardised - middle, assume_centered=True)
    values, vectors = np.linalg.eigh(covariance)
    values = np.maximum(values, 1e-9 * max(values.max(), 1e-12))
    # Columns that never move have gain 0, so the shift of the middle must not reach them.
    shift = np.divide(middle, gain, out=np.zeros_like(middle), where=gain > 0)
    return FittedMahalanobis(centre=centre + shift, gain=gain, whitening=vectors / np.sqrt(values))


@dataclass(frozen=True, slots=True)
class _Estimator:
    def fit(self, features: Features, targets: NDArray[np.float64] | None, names: Sequence[str] = ()) -> FittedMahalanobis:  # noqa: ARG002 - the protocol's
        return fit_mahalanobis(check_training(features, targets))


class Mahalanobis:
    """See the module."""

    name = "mahalanobis"
    title = "Mahalanobis distance"
    tasks: tuple[Task, ...] = ("anomaly",)
    is_baseline = False
    needs_targets = False
    is_network = False

    def build(self, params: Json, random_state: int) -> _Estimator:  # noqa: ARG002 - nothing is random
        """No settings: the shrinkage is computed from the data."""
        return configured(_Estimator, params)

    def restore(self, parameters: Json) -> FittedMahalanobis:
        """From `parameters()`."""
        return FittedMahalanobis(
            centre=floats(parameters, "centre"), gain=floats(parameters, "gain"), whitening=floats(parameters, "whitening")
        )
