"""A correction: what a person says about a stretch of a log, as a layer over it that never changes the log.

Plain frozen records that are stored per asset. Must not import anything but core.
"""

from __future__ import annotations

from typing import Literal

from workbench.core.codec import Record

CorrectionAction = Literal["exclude", "scale", "swap", "missing", "clock", "accept"]


class Correction(Record, frozen=True, kw_only=True):
    """One thing that was said, with who, when and why. They apply in their order, each to what the ones before it made.

    `exclude` takes a stretch of a channel (of all without one) out; `scale` makes value × factor + offset; `swap` exchanges a
    channel with `other`; `missing` turns `value` into no value; `clock` moves instants by `shift_s` plus `drift_ppm`
    millionths of the time since `start_utc`; `accept` changes nothing: the finding was looked at and is fine.
    """

    action: CorrectionAction
    asset: str
    id: str = ""
    channel: str = ""
    """'' is every channel."""
    other: str = ""
    recording: str = ""
    """'' is every recording of the asset."""
    start_utc: str = ""
    """'' is from the beginning."""
    end_utc: str = ""
    """'' is to the end."""
    factor: float = 1.0
    offset: float = 0.0
    value: float = 0.0
    shift_s: float = 0.0
    drift_ppm: float = 0.0
    finding: str = ""
    """Key of the finding it answers, '' for none."""
    why: str = ""
    author: str = ""
    created_utc: str = ""
