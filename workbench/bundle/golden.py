"""Golden vectors: windows with the scores they must get; a device's power-up self-test and the last gate before confirm.

`golden.json` says the shape, `golden.bin` holds plain little-endian float32: all windows [n, time, channel] row by row,
then the n expected scores. No format that could carry code. numpy is imported when vectors are read or written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import msgspec

from workbench.bundle.manifest import GOLDEN_DATA_NAME, GOLDEN_INFO_NAME, Manifest
from workbench.core.codec import Record, decode_canonical, encode_canonical
from workbench.core.errors import InputError
from workbench.core.scoring_spec import SCORE_THRESHOLD, ScoringSpec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    ScoreFunction = Callable[[NDArray[np.float32]], NDArray[np.float32]]

N_GOLDEN = 32
_FLOAT_BYTES = 4
_LITTLE_ENDIAN = "<f4"


class GoldenInfo(Record, frozen=True, kw_only=True):
    """The shape of `golden.bin`, and how many of the vectors are alarms."""

    n_vectors: Annotated[int, msgspec.Meta(ge=1, le=1024)]
    window_samples: Annotated[int, msgspec.Meta(ge=2, le=65536)]
    n_channels: Annotated[int, msgspec.Meta(ge=1, le=1024)]
    n_alarms: Annotated[int, msgspec.Meta(ge=0, le=1024)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Golden:
    """`windows` float32 [n, time, channel], `scores` float32 [n] in 0..1; read-only."""

    windows: NDArray[np.float32]
    scores: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldenReport:
    """How a model answered. A vector passes within `allowed_error` and on the expected side of the threshold."""

    n_vectors: int
    n_passed: int
    largest_error: float
    allowed_error: float

    @property
    def is_passed(self) -> bool:
        """Whether every vector passed."""
        return self.n_passed == self.n_vectors


def encode_golden(windows: NDArray[np.float32], scores: NDArray[np.float32]) -> dict[str, bytes]:
    """The two members for windows float32 [n, time, channel] and scores float32 [n]. Raises InputError."""
    import numpy as np

    if windows.ndim != 3 or scores.shape != windows.shape[:1]:
        text = f"Golden windows {windows.shape} and scores {scores.shape} don't fit together."
        raise InputError(text, "Windows are [n, time, channel], scores [n].")
    if not (np.isfinite(windows).all() and np.isfinite(scores).all()):
        raise InputError("A golden vector holds a missing value.", "Choose complete windows that have a score.")
    info = GoldenInfo(
        n_vectors=len(windows), window_samples=windows.shape[1], n_channels=windows.shape[2],
        n_alarms=int((scores >= SCORE_THRESHOLD).sum()),
    )  # fmt: skip
    data = windows.astype(_LITTLE_ENDIAN).tobytes() + scores.astype(_LITTLE_ENDIAN).tobytes()
    return {GOLDEN_INFO_NAME: encode_canonical(info), GOLDEN_DATA_NAME: data}


def check_golden_members(members: Mapping[str, bytes], spec: ScoringSpec) -> GoldenInfo:
    """The shape, after checking that it fits the model's and the data's size; without numpy. Raises InputError."""
    info = decode_canonical(members[GOLDEN_INFO_NAME], GoldenInfo, what=GOLDEN_INFO_NAME, max_bytes=4096)
    if (info.window_samples, info.n_channels) != (spec.window_samples, len(spec.channels)):
        text = f"The golden windows are {info.window_samples} × {info.n_channels}, the model's are not."
        raise InputError(text, "Build the bundle again.")
    n_bytes = info.n_vectors * (info.window_samples * info.n_channels + 1) * _FLOAT_BYTES
    if len(members[GOLDEN_DATA_NAME]) != n_bytes:
        text = f"{GOLDEN_DATA_NAME} has {len(members[GOLDEN_DATA_NAME])} bytes instead of {n_bytes}."
        raise InputError(text, "Build the bundle again.")
    return info


def read_golden(members: Mapping[str, bytes], manifest: Manifest) -> Golden:
    """The vectors of a bundle's members. Raises InputError where they don't fit the model."""
    import numpy as np

    info = check_golden_members(members, manifest.spec)
    values = np.frombuffer(members[GOLDEN_DATA_NAME], _LITTLE_ENDIAN).astype(np.float32, copy=False)
    values.flags.writeable = False
    shape = (info.n_vectors, info.window_samples, info.n_channels)
    return Golden(windows=values[: -info.n_vectors].reshape(shape), scores=values[-info.n_vectors :])


def check_golden(score: ScoreFunction, golden: Golden, tolerance: float) -> GoldenReport:
    """Run the vectors: `score` takes float32 [n, time, channel] and gives float32 [n]. No score counts as wrong."""
    import numpy as np

    found = np.asarray(score(golden.windows), np.float64)
    errors = np.abs(found - golden.scores)
    with np.errstate(invalid="ignore"):
        is_same_side = (found >= SCORE_THRESHOLD) == (golden.scores >= SCORE_THRESHOLD)
        is_right = (errors <= tolerance) & is_same_side
    largest = float(np.max(np.where(np.isfinite(errors), errors, 1.0)))
    return GoldenReport(
        n_vectors=len(errors), n_passed=int(is_right.sum()), largest_error=largest, allowed_error=tolerance
    )  # fmt: skip


def choose_golden(scores: NDArray[np.float32], tolerance: float, n_vectors: int = N_GOLDEN) -> NDArray[np.int64]:
    """Indices of vectors that tell most: half on each side of 0.5 where both exist, spread over the scores, never so
    close to the threshold that an allowed error would change the alarm. `scores` float32 [n]; fewer where n is smaller.
    """
    import numpy as np

    usable = np.flatnonzero(np.isfinite(scores) & (np.abs(scores - SCORE_THRESHOLD) > 2 * tolerance))
    ordered = usable[np.argsort(scores[usable], kind="stable")]
    below = ordered[scores[ordered] < SCORE_THRESHOLD]
    above = ordered[scores[ordered] >= SCORE_THRESHOLD]
    n_above = min(len(above), max(n_vectors // 2, n_vectors - len(below)))
    n_below = min(len(below), n_vectors - n_above)
    return np.sort(np.concatenate([_spread(below, n_below), _spread(above, n_above)]))


def _spread(ordered: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    import numpy as np

    return ordered[np.linspace(0, len(ordered) - 1, n).round().astype(np.int64)] if n else ordered[:0]
