"""From a list of feature names to the one graph that training evaluates and the device carries.

Input "trend" float32 [n, time, channel], output "features" float32 [n, k]: all features of the first channel, then of the
second, and so on. A feature that means nothing for a channel is left out there, and said (`left_out_features`).
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import ModelError
from workbench.core.onnx_session import block_size, open_session
from workbench.core.scoring_spec import INPUT_NAME, ChannelSpec, ScoringSpec
from workbench.features.builder import GraphBuilder
from workbench.features.catalogue import FEATURE_NAMES, Feature, Sampling, find_feature

if TYPE_CHECKING:
    import onnx

FEATURES_OUTPUT = "features"
_FLOAT32_MAX = float(np.finfo(np.float32).max)
_DETECTED_WORDS = ("rms", "peak", "envelope", "average", "averaged", "mean")
_VIBRATION_WORDS = ("vibration", "acceleration", "accelerometer", "velocity rms", "displacement")
_SLOWEST_VIBRATION_S = 0.1  # below 10 Hz nobody samples raw vibration: such a channel is a detected value


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of the feature matrix, such as mean(PI-2041A) in bar."""

    feature: str
    channel: str
    unit: str

    @property
    def name(self) -> str:
        """feature(channel)."""
        return f"{self.feature}({self.channel})"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutFeature:
    """A feature that a channel can't give, and why."""

    feature: str
    channel: str
    why: str


def plan_columns(spec: ScoringSpec, feature_names: tuple[str, ...]) -> tuple[Column, ...]:
    """The columns in order. Raises ModelError for an unknown feature, and for one that suits none of the channels."""
    features = _find_features(spec, feature_names)
    columns = tuple(
        Column(feature=feature.name, channel=channel.name, unit=feature.unit(channel.unit))
        for channel in spec.channels
        for feature in features
        if not _why_unsuited(feature, channel, spec)
    )
    for feature in features:
        if not any(column.feature == feature.name for column in columns):
            why = _why_unsuited(feature, spec.channels[0], spec)
            raise ModelError(f"Feature '{feature.name}' suits none of the channels: {why}.", "Leave it out of the recipe.")
    return columns


def feature_columns(spec: ScoringSpec, feature_names: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the columns in order, such as mean(PI-2041A); raises as `plan_columns`."""
    return tuple(column.name for column in plan_columns(spec, feature_names))


def left_out_features(spec: ScoringSpec, feature_names: tuple[str, ...]) -> tuple[LeftOutFeature, ...]:
    """What `plan_columns` leaves out, with the reason."""
    pairs = ((feature, channel) for channel in spec.channels for feature in _find_features(spec, feature_names))
    found = ((feature, channel, _why_unsuited(feature, channel, spec)) for feature, channel in pairs)
    return tuple(LeftOutFeature(feature=feature.name, channel=channel.name, why=why) for feature, channel, why in found if why)


def suitable_features(spec: ScoringSpec, feature_names: tuple[str, ...] = FEATURE_NAMES) -> tuple[str, ...]:
    """Those of the features that suit at least one channel of this specification."""
    features = _find_features(spec, feature_names)
    return tuple(
        feature.name for feature in features if any(not _why_unsuited(feature, channel, spec) for channel in spec.channels)
    )


def build_feature_graph(spec: ScoringSpec, feature_names: tuple[str, ...]) -> onnx.ModelProto:
    """The checked model; raises as `plan_columns`."""
    from onnx import TensorProto, helper

    columns = plan_columns(spec, feature_names)
    builder = GraphBuilder("f_")
    # Time last, then float64: each window of a channel lies in one piece of memory.
    x = builder.to_double(builder.op("Transpose", INPUT_NAME, perm=(0, 2, 1)))
    sampling = Sampling(window_samples=spec.window_samples, sample_period_s=spec.sample_period_s, raw=INPUT_NAME)
    features = _find_features(spec, feature_names)
    parts = [feature.build(builder, x, sampling) for feature in features]
    flat = builder.op("Reshape", builder.op("Concat", *parts, axis=2), builder.integers(-1, len(parts) * len(spec.channels)))
    every = [f"{feature.name}({channel.name})" for channel in spec.channels for feature in features]
    wanted = [column.name for column in columns]
    if wanted != every:
        flat = builder.op("Gather", flat, builder.integers(*(every.index(name) for name in wanted)), axis=1)
    limits = (builder.number(-_FLOAT32_MAX), builder.number(_FLOAT32_MAX))
    builder.rename(builder.to_float(builder.op("Clip", flat, *limits)), FEATURES_OUTPUT)
    shape: list[str | int | None] = ["n", spec.window_samples, len(spec.channels)]
    return builder.finish(
        "features",
        [helper.make_tensor_value_info(INPUT_NAME, TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(FEATURES_OUTPUT, TensorProto.FLOAT, ["n", len(columns)])],
    )


def extract(model: onnx.ModelProto | bytes, windows: NDArray[np.float32], *, n_threads: int = 0) -> NDArray[np.float32]:
    """Features float32 [n, k] of windows float32 [n, time, channel], block by block; NaN where a window has NaN.

    `n_threads` 0 takes all processors. The result does not depend on it.
    """
    data = model if isinstance(model, bytes) else model.SerializeToString()
    session = open_session(data)
    n_columns = session.get_outputs()[0].shape[1]
    features = np.empty((len(windows), n_columns), np.float32)
    size = block_size(*windows.shape[1:])

    def run(start: int) -> None:
        block = np.ascontiguousarray(windows[start : start + size], np.float32)
        features[start : start + size] = session.run([FEATURES_OUTPUT], {INPUT_NAME: block})[0]
        features[start : start + size][np.isnan(block).any(axis=(1, 2))] = np.nan

    # onnxruntime lets go of the GIL: whole blocks in parallel scale better than its own threads inside small operators.
    with ThreadPoolExecutor(n_threads or os.cpu_count() or 1) as pool:
        for _ in pool.map(run, range(0, len(windows), size)):
            pass
    return features


def _find_features(spec: ScoringSpec, names: tuple[str, ...]) -> tuple[Feature, ...]:
    if not names or not spec.channels:
        raise ModelError("No features or no channels are chosen.", "Choose at least one of each in the recipe.")
    found = []
    for name in names:
        feature = find_feature(name)
        if feature is None:
            raise ModelError(f"There is no feature '{name}'.", f"Known are: {', '.join(FEATURE_NAMES)}.")
        found.append(feature)
    return tuple(found)


def _why_unsuited(feature: Feature, channel: ChannelSpec, spec: ScoringSpec) -> str:
    """Why a feature means nothing for a channel, or ''."""
    if spec.window_samples < feature.needs.min_window_samples:
        return f"it needs windows of at least {feature.needs.min_window_samples} samples, not {spec.window_samples}"
    if feature.needs.needs_instants and is_detected(channel, spec.sample_period_s):
        return f"{channel.name} is a detected or averaged value, one every {spec.sample_period_s:g} s: its spectrum says nothing"
    return ""


def is_detected(channel: ChannelSpec, sample_period_s: float) -> bool:
    """Whether a channel's samples are RMS, peak or mean values rather than values of an instant, by name and quantity."""
    words = f"{channel.name} {channel.quantity}".lower()
    is_slow_vibration = sample_period_s >= _SLOWEST_VIBRATION_S and any(word in words for word in _VIBRATION_WORDS)
    return is_slow_vibration or any(word in words for word in _DETECTED_WORDS)
