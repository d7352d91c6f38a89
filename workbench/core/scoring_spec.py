"""What a model reads and when it speaks: the contract between training, export, bundle, laptop and device.

Plain frozen records with no behaviour beyond checks. `threshold` is always 0.5 on the score scale: the exported graph
ends in a monotone map that puts the calibrated threshold there.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from workbench.core.codec import Positive, Record

Task = Literal["anomaly", "classify", "rul"]
SCORE_THRESHOLD = 0.5
INPUT_NAME = "trend"
SCORE_OUTPUT = "score"
RAW_OUTPUT = "raw"
CLASS_OUTPUT = "class_probabilities"
RUL_OUTPUT = "rul_h"
SPEC_KEY = "scoring_spec"
"""Where an exported graph's metadata keeps its ScoringSpec, as canonical JSON."""

NonNegativeFloat = Annotated[float, msgspec.Meta(ge=0)]


class ChannelSpec(Record, frozen=True, kw_only=True):
    """One input column: signal tag, unit ('' if unknown) and quantity ('' if unknown)."""

    name: str
    unit: str = ""
    quantity: str = ""


class ScoringSpec(Record, frozen=True, kw_only=True):
    """How raw samples become windows, scores and alerts; stored in runs, in ONNX metadata and in bundle manifests."""

    task: Task
    channels: tuple[ChannelSpec, ...]
    sample_period_s: Positive
    window_samples: Annotated[int, msgspec.Meta(ge=2, le=65536)]
    stride_samples: Annotated[int, msgspec.Meta(ge=1, le=65536)]
    hold_limit_s: NonNegativeFloat
    """Missing samples are held this long at most; after that the window has no score."""
    on_delay_s: NonNegativeFloat = 0.0
    """The score must stay at or above 0.5 this long before the alert comes."""
    off_delay_s: NonNegativeFloat = 0.0
    deadband: NonNegativeFloat = 0.0
    """An alert ends only when the score falls below 0.5 - deadband."""
    classes: tuple[str, ...] = ()
    """Class names for task classify, the normal class first."""
    rul_alert_h: float | None = None
    """For task rul: hours left at which the score is 0.5."""
