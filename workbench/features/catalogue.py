"""Every feature once: name, unit, formula with its source, what it needs, and its ONNX sub-graph.

A sub-graph maps x, float64 [n, channel, time], to float64 [n, channel, width]. All sums run in float64: in float32 the
skewness of a pressure of 1e5 ± 1 is off by more than itself. A constant window gives 0 for shape features, never NaN.
To add a feature: write its builder, add a line to FEATURES, and its numpy form to tests/unit/test_features_catalogue.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from workbench.features import spectrum
from workbench.features.builder import GraphBuilder

UnitRule = Literal["same", "none", "per_hour"]
Builder = Callable[[GraphBuilder, str, "Sampling"], str]
N_BANDS = spectrum.N_BANDS
SECONDS_PER_HOUR = 3600.0
_TINY = 1e-60  # below any variance that float32 samples can have; keeps 0 / 0 at 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """What a sub-graph may depend on beside x: the window, and the same samples as they came.

    `raw` is the float32 tensor [n, time, channel], for what needs no sum: comparing or subtracting neighbours there is
    exact to the last bit of float32, and takes half the memory.
    """

    window_samples: int
    sample_period_s: float
    raw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureNeeds:
    """What a channel must be for a feature to mean something.

    `min_window_samples`: shorter windows are refused. `needs_instants`: the samples must be values of an instant; a
    detected or averaged value (RMS, peak, one-minute mean) has lost what the feature looks for.
    """

    min_window_samples: int = 2
    needs_instants: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One entry: `name`, its unit by rule, `formula` in words and signs, `source`, `needs`, and the sub-graph's builder."""

    name: str
    unit_rule: UnitRule
    formula: str
    source: str
    build: Builder
    needs: FeatureNeeds = field(default_factory=FeatureNeeds)

    def unit(self, channel_unit: str) -> str:
        """The feature's unit for a channel in this unit ('' if unknown)."""
        if self.unit_rule == "none":
            return "1"
        return f"{channel_unit}/h" if self.unit_rule == "per_hour" and channel_unit else channel_unit


def find_feature(name: str) -> Feature | None:
    """The feature of this name, or None."""
    return next((feature for feature in FEATURES if feature.name == name), None)


def _over_time(builder: GraphBuilder, kind: str, tensor: str) -> str:
    return builder.op(kind, tensor, builder.integers(2), keepdims=1)


def _mean(builder: GraphBuilder, x: str, _sampling: Sampling) -> str:
    return _over_time(builder, "ReduceMean", x)


def _centred(builder: GraphBuilder, x: str) -> str:
    return builder.op("Sub", x, _over_time(builder, "ReduceMean", x))


def _square(builder: GraphBuilder, tensor: str) -> str:
    return builder.op("Mul", tensor, tensor)


def _variance(builder: GraphBuilder, x: str, sampling: Sampling) -> str:
    total = _over_time(builder, "ReduceSum", _square(builder, _centred(builder, x)))
    return builder.op("Div", total, builder.number(sampling.window_samples))


def _spread(builder: GraphBuilder, x: str, sampling: Sampling) -> str:
    return builder.op("Max", _variance(builder, x, sampling), builder.number(_TINY))


def _std(builder: GraphBuilder, x: str, sampling: Sampling) -> str:
    return builder.op("Sqrt", _variance(builder, x, sampling))


def _rms(builder: GraphBuilder, x: str, sampling: Sampling) -> str:
    mean = _over_time(builder, "ReduceMean", x)
    return builder.op("Sqrt", builder.op("Add", _square(builder, mean), _variance(builder, x, sampling)))


def _minimum(builder: GraphBuilder, _x: str, sampling: Sampling) -> str:
    return _extreme(builder, "ReduceMin", sampling)


def _maximum(builder: GraphBuilder, _x: str, sampling: Sampling) -> str:
    return _extreme(builder, "ReduceMax", sampling)


def _extreme(builder: GraphBuilder, kind: str, sampling: Sampling) -> str:
    found = builder.op(kind, sampling.raw, builder.integers(1), keepdims=1)
    return builder.to_double(builder.op("Transpose", found, perm=(0, 2, 1)))


def _peak_to_peak(builder: GraphBuilder, x: str, sampling: Sampling) -> str:
    return builder.op("Sub", _maximum(builder, x, sampling), _minimum(builder, x, sampling))


def _skewness(builder: GraphBuilder, x: str, sampling: Sampling) -> str:
    centred = _centred(builder, x)
    cubed = builder.op("Mul", _square(builder, centred), centred)
    spread = _spread(builder, x, sampling)
    return builder.op("Div", _over_time(builder, "ReduceMean", cubed), builder.op("Mul", spread, builder.op("Sqrt", spread)))


def _kurtosis(builder: GraphBuilder, x: str, sampling: Sampling) -> str:
    squared = _square(builder, _centred(builder, x))
    fourth = builder.op("Div", _over_time(builder, "ReduceSumSquare", squared), builder.number(sampling.window_samples))
    return builder.op("Div", fourth, _square(builder, _spread(builder, x, sampling)))


def _crest_factor(builder: GraphBuilder, x: str, sampling: Sampling) -> str:
    mean = _mean(builder, x, sampling)
    above = builder.op("Sub", _maximum(builder, x, sampling), mean)
    below = builder.op("Sub", mean, _minimum(builder, x, sampling))
    return builder.op("Div", builder.op("Max", above, below), builder.op("Sqrt", _spread(builder, x, sampling)))


def _slope(builder: GraphBuilder, x: str, sampling: Sampling) -> str:
    n = sampling.window_samples
    instants = builder.op("Sub", builder.to_double(builder.count(0, n)), builder.number((n - 1) / 2))
    column = builder.op("Unsqueeze", instants, builder.integers(1))
    # Σ(t − t̄)² = n(n² − 1)/12 sample periods squared
    scale = SECONDS_PER_HOUR / sampling.sample_period_s / (n * (n * n - 1) / 12)
    return builder.op("Mul", builder.op("MatMul", _centred(builder, x), column), builder.number(scale))


def _mean_abs_diff(builder: GraphBuilder, _x: str, sampling: Sampling) -> str:
    n = sampling.window_samples
    axis = builder.integers(1)
    later = builder.op("Slice", sampling.raw, builder.integers(1), builder.integers(n), axis)
    earlier = builder.op("Slice", sampling.raw, builder.integers(0), builder.integers(n - 1), axis)
    steps = builder.to_double(builder.op("Sub", later, earlier))
    total = builder.op("ReduceL1", steps, axis, keepdims=1)
    return builder.op("Div", builder.op("Transpose", total, perm=(0, 2, 1)), builder.number(n - 1))


def _band(number: int) -> Builder:
    def build(builder: GraphBuilder, x: str, sampling: Sampling) -> str:
        rms = spectrum.band_rms(builder, _centred(builder, x), sampling.window_samples)
        return builder.op("Slice", rms, builder.integers(number - 1), builder.integers(number), builder.integers(2))

    return build


def _band_feature(number: int) -> Feature:
    where = f"between {number - 1}/{N_BANDS} and {number}/{N_BANDS} of half the sample rate"
    return Feature(
        name=f"band_{number}",
        unit_rule="same",
        formula=f"RMS of x − x̄ {where}: √(Σ 2|X_k|² / (n Σw²)) over its bins, X = DFT of w(x − x̄), w = periodic Hann window",
        source="Welch 1967, IEEE Trans. Audio Electroacoust. 15(2), 70; Harris 1978, Proc. IEEE 66(1), 51",
        build=_band(number),
        needs=FeatureNeeds(min_window_samples=2 * N_BANDS, needs_instants=True),
    )


def _feature(name: str, unit_rule: UnitRule, formula: str, source: str, build: Builder) -> Feature:
    needs = FeatureNeeds(min_window_samples=8 if name in _SHAPE_FEATURES else 2)
    return Feature(name=name, unit_rule=unit_rule, formula=formula, source=source, build=build, needs=needs)


_SHAPE_FEATURES = ("skewness", "kurtosis", "crest_factor")
_MOMENTS = "Bendat & Piersol 2010, Random Data, 4th ed., ch. 4 (estimates of mean, variance and mean square)"
_EXTREMES = "ISO 2041:2018 (minimum, maximum and peak-to-peak value)"
_LEAST_SQUARES = "Draper & Smith 1998, Applied Regression Analysis, 3rd ed., ch. 1"

FEATURES: tuple[Feature, ...] = (
    _feature("mean", "same", "x̄ = Σx / n", _MOMENTS, _mean),
    _feature("std", "same", "σ = √(Σ(x − x̄)² / n)", _MOMENTS, _std),
    _feature("rms", "same", "√(Σx² / n) = √(x̄² + σ²)", _MOMENTS, _rms),
    _feature("min", "same", "smallest x", _EXTREMES, _minimum),
    _feature("max", "same", "largest x", _EXTREMES, _maximum),
    _feature("peak_to_peak", "same", "max − min", _EXTREMES, _peak_to_peak),
    _feature(
        "skewness", "none", "Σ(x − x̄)³ / (n σ³); 0 where σ = 0", "Pearson 1895, Phil. Trans. R. Soc. A 186, 343", _skewness
    ),
    _feature(
        "kurtosis", "none", "Σ(x − x̄)⁴ / (n σ⁴), 3 for Gaussian noise; 0 where σ = 0",
        "Dyer & Stewart 1978, J. Mech. Design 100(2), 229", _kurtosis,
    ),
    _feature(
        "crest_factor", "none", "max|x − x̄| / σ; 0 where σ = 0",
        "Randall 2011, Vibration-based Condition Monitoring (peak over RMS, here of the alternating part)", _crest_factor,
    ),
    _feature("slope", "per_hour", "Σ(t − t̄)(x − x̄) / Σ(t − t̄)², t in hours", _LEAST_SQUARES, _slope),
    _feature(
        "mean_abs_diff", "same", "Σ|x_i − x_(i−1)| / (n − 1)",
        "after von Neumann et al. 1941, Ann. Math. Stat. 12, 153, with the absolute value instead of the square", _mean_abs_diff,
    ),
    *(_band_feature(number) for number in range(1, N_BANDS + 1)),
)  # fmt: skip
FEATURE_NAMES: tuple[str, ...] = tuple(feature.name for feature in FEATURES)
