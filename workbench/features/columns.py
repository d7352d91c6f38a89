"""Which columns a list of features gives for a model's channels, and what is left out with its reason.

A feature that means nothing for a channel is left out there; one that means nothing anywhere is an error of the recipe.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from workbench.core.errors import ModelError
from workbench.core.scoring_spec import ChannelSpec, ScoringSpec
from workbench.features.catalogue import FEATURE_NAMES, Feature, find_feature
from workbench.features.pump import PUMP, PUMP_FEATURE_NAMES, PumpFeature, find_pump_feature, missing_roles

_DETECTED_WORDS = {"rms", "peak", "envelope", "average", "averaged", "avg", "mean"}
_VIBRATION_WORDS = {"vibration", "acceleration", "accelerometer", "displacement"}
_SLOWEST_VIBRATION_S = 0.1  # below 10 Hz nobody samples raw vibration: such a channel is a detected value


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of the feature matrix, such as mean(PI-2041A) in bar, or head(pump) in m."""

    feature: str
    channel: str
    unit: str

    @property
    def name(self) -> str:
        """feature(channel)."""
        return f"{self.feature}({self.channel})"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutFeature:
    """A feature that a channel (or the pump) can't give, and why."""

    feature: str
    channel: str
    why: str


def plan_columns(spec: ScoringSpec, feature_names: tuple[str, ...]) -> tuple[Column, ...]:
    """The columns in order: all features of the first channel, of the second …, then those of the pump.

    Raises ModelError for an unknown feature, and for one that suits none of the channels.
    """
    features, pump_features = find_features(spec, feature_names)
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
    for pump_feature in pump_features:
        if why := _why_not_of_pump(pump_feature, spec):
            raise ModelError(
                f"Feature '{pump_feature.name}' can't be had from these channels: {why}.", "Leave it out of the recipe."
            )
    return (*columns, *(Column(feature=item.name, channel=PUMP, unit=item.unit) for item in pump_features))


def feature_columns(spec: ScoringSpec, feature_names: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the columns in order, such as mean(PI-2041A); raises as `plan_columns`."""
    return tuple(column.name for column in plan_columns(spec, feature_names))


def left_out_features(spec: ScoringSpec, feature_names: tuple[str, ...]) -> tuple[LeftOutFeature, ...]:
    """What the features don't give, with the reason."""
    features, pump_features = find_features(spec, feature_names)
    found = [
        (feature.name, channel.name, _why_unsuited(feature, channel, spec)) for channel in spec.channels for feature in features
    ]
    found += [(feature.name, PUMP, _why_not_of_pump(feature, spec)) for feature in pump_features]
    return tuple(LeftOutFeature(feature=name, channel=where, why=why) for name, where, why in found if why)


def suitable_features(
    spec: ScoringSpec, feature_names: tuple[str, ...] = (*FEATURE_NAMES, *PUMP_FEATURE_NAMES)
) -> tuple[str, ...]:
    """Those of the features that suit at least one channel of this specification, or its pump."""
    features, pump_features = find_features(spec, feature_names)
    suited = {feature.name for feature in features if any(not _why_unsuited(feature, item, spec) for item in spec.channels)}
    suited |= {feature.name for feature in pump_features if not _why_not_of_pump(feature, spec)}
    return tuple(name for name in feature_names if name in suited)


def find_features(spec: ScoringSpec, names: tuple[str, ...]) -> tuple[tuple[Feature, ...], tuple[PumpFeature, ...]]:
    """The features by name, those of a channel and those of the pump. Raises ModelError for an unknown one, or none."""
    if not names or not spec.channels:
        raise ModelError("No features or no channels are chosen.", "Choose at least one of each in the recipe.")
    features: list[Feature] = []
    pump_features: list[PumpFeature] = []
    for name in dict.fromkeys(names):
        feature, pump_feature = find_feature(name), find_pump_feature(name)
        if feature is not None:
            features.append(feature)
        elif pump_feature is not None:
            pump_features.append(pump_feature)
        else:
            raise ModelError(f"There is no feature '{name}'.", f"Known are: {', '.join((*FEATURE_NAMES, *PUMP_FEATURE_NAMES))}.")
    return tuple(features), tuple(pump_features)


def is_detected(channel: ChannelSpec, sample_period_s: float) -> bool:
    """Whether a channel's samples are RMS, peak or mean values rather than values of an instant, by name and quantity."""
    words = {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", f"{channel.name} {channel.quantity}")}
    is_slow_vibration = sample_period_s >= _SLOWEST_VIBRATION_S and bool(words & _VIBRATION_WORDS)
    return is_slow_vibration or bool(words & _DETECTED_WORDS)


def _why_unsuited(feature: Feature, channel: ChannelSpec, spec: ScoringSpec) -> str:
    """Why a feature means nothing for a channel, or ''."""
    if spec.window_samples < feature.needs.min_window_samples:
        return f"it needs windows of at least {feature.needs.min_window_samples} samples, not {spec.window_samples}"
    if feature.needs.needs_instants and is_detected(channel, spec.sample_period_s):
        return f"{channel.name} is a detected or averaged value, one every {spec.sample_period_s:g} s: its spectrum says nothing"
    return ""


def _why_not_of_pump(feature: PumpFeature, spec: ScoringSpec) -> str:
    missing = missing_roles(feature, spec.channels)
    return f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not there, or not told apart" if missing else ""
