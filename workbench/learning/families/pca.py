"""Principal components: distance inside the usual directions (T²) and off them (Q), each against its own limit.

Jackson and Mudholkar, "Control procedures for residuals associated with principal component analysis", Technometrics
21 (1979). Limits are the reference's own 99 % quantiles instead of their normal approximation: features are not normal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.core.scoring_spec import Task
from workbench.learning.families.base import (
    Features,
    Json,
    check_features,
    check_training,
    configured,
    encode_array,
    floats,
    number,
)
from workbench.learning.families.onnx_fragment import FragmentBuilder
from workbench.learning.families.scaling import robust_scaling

if TYPE_CHECKING:
    import onnx


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedPca:
    """Raw score = ln(1 + T²/limit + Q/limit)."""

    centre: NDArray[np.float64]
    gain: NDArray[np.float64]
    directions: NDArray[np.float64]
    """[k, c]: principal directions of the standardised features."""
    t2_weights: NDArray[np.float64]
    """[c]: 1 / (variance along the direction × limit of T²)."""
    q_weight: float
    """1 / limit of Q."""

    def raw_score(self, features: Features) -> NDArray[np.float64]:
        """ln(1 + T² share + Q share) [n] ≥ 0; about ln 3 where both are at their limits."""
        standardised = (check_features(features, len(self.centre)) - self.centre) * self.gain
        along = standardised @ self.directions
        residual = standardised - along @ self.directions.T
        return np.asarray(np.log1p((along**2) @ self.t2_weights + (residual**2).sum(axis=1) * self.q_weight))

    def onnx_fragment(self) -> onnx.ModelProto:
        """The same in float64."""
        builder = FragmentBuilder(len(self.centre))
        standardised = builder.standardised(self.centre, self.gain)
        along = builder.node("MatMul", standardised, builder.constant(self.directions))
        back = builder.node("MatMul", along, builder.constant(np.ascontiguousarray(self.directions.T)))
        residual = builder.node("Sub", standardised, back)
        t2 = builder.row_sum(builder.node("Mul", builder.node("Mul", along, along), builder.constant(self.t2_weights)))
        q = builder.row_sum(builder.node("Mul", residual, residual))
        q_share = builder.node("Mul", q, builder.constant(np.array(self.q_weight)))
        return builder.build(raw=builder.log1p(builder.node("Add", t2, q_share)))

    def parameters(self) -> dict[str, object]:
        """Scaling, directions and limits."""
        arrays = {name: encode_array(getattr(self, name)) for name in ("centre", "gain", "directions", "t2_weights")}
        return {**arrays, "q_weight": self.q_weight}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Estimator:
    variance_kept: float = 0.9
    limit_quantile: float = 0.99

    def fit(self, features: Features, targets: NDArray[np.float64] | None, names: Sequence[str] = ()) -> FittedPca:  # noqa: ARG002 - the protocol's
        table = check_training(features, targets)
        centre, gain = robust_scaling(table)
        standardised = (table - centre) * gain
        values, vectors = np.linalg.eigh(standardised.T @ standardised / len(standardised))
        values, vectors = np.maximum(values[::-1], 1e-12), vectors[:, ::-1]
        share = np.cumsum(values) / values.sum()
        n_kept = min(int(np.searchsorted(share, self.variance_kept)) + 1, max(len(values) - 1, 1))
        directions = np.ascontiguousarray(vectors[:, :n_kept])
        along = standardised @ directions
        q = ((standardised - along @ directions.T) ** 2).sum(axis=1)
        t2_limit = self._limit((along**2 / values[:n_kept]).sum(axis=1))
        q_weight = 1 / self._limit(q)
        return FittedPca(
            centre=centre, gain=gain, directions=directions, t2_weights=1 / (values[:n_kept] * t2_limit), q_weight=q_weight
        )

    def _limit(self, statistic: NDArray[np.float64]) -> float:
        return max(float(np.quantile(statistic, self.limit_quantile)), 1e-9)


class Pca:
    """See the module."""

    name = "pca"
    title = "PCA, T² and Q"
    tasks: tuple[Task, ...] = ("anomaly",)
    is_baseline = False
    needs_targets = False
    is_network = False

    def build(self, params: Json, random_state: int) -> _Estimator:  # noqa: ARG002 - nothing is random
        """Settings: variance_kept (0..1), limit_quantile (0..1)."""
        return configured(_Estimator, params)

    def restore(self, parameters: Json) -> FittedPca:
        """From `parameters()`."""
        return FittedPca(
            centre=floats(parameters, "centre"),
            gain=floats(parameters, "gain"),
            directions=floats(parameters, "directions"),
            t2_weights=floats(parameters, "t2_weights"),
            q_weight=number(parameters, "q_weight"),
        )
