"""Score windows with an exported graph: onnxruntime and numpy alone, on laptop and gateway.

Loads whatever it is given: files from elsewhere go through `bundle.inspect_onnx.check_model` first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.core.codec import decode_strict
from workbench.core.errors import InputError, ModelError
from workbench.core.onnx_session import block_size, open_session, run_session
from workbench.core.scoring_spec import CLASS_OUTPUT, INPUT_NAME, RAW_OUTPUT, RUL_OUTPUT, SCORE_OUTPUT, SPEC_KEY, ScoringSpec
from workbench.scoring.windower import Windows


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """`score` float32 [n] in 0..1 (0.5 = threshold, NaN = no score), `raw` float32 [n], and what the task adds.

    `class_probabilities` float32 [n, classes] and `rul_h` float32 [n] are None where the model has no such output.
    """

    score: NDArray[np.float32]
    raw: NDArray[np.float32]
    class_probabilities: NDArray[np.float32] | None = None
    rul_h: NDArray[np.float32] | None = None

    def followed_by(self, later: Scores) -> Scores:
        """These and those of later windows of the same model."""
        return Scores(
            score=np.concatenate((self.score, later.score)), raw=np.concatenate((self.raw, later.raw)),
            class_probabilities=_both(self.class_probabilities, later.class_probabilities),
            rul_h=_both(self.rul_h, later.rul_h),
        )  # fmt: skip


class ScoringSession:
    """A loaded model. Thread-safe, as onnxruntime sessions are."""

    def __init__(self, model: bytes | Path, *, n_threads: int = 1) -> None:
        self._session = open_session(model, n_threads=n_threads)
        self._outputs = [output.name for output in self._session.get_outputs()]
        if INPUT_NAME not in {item.name for item in self._session.get_inputs()} or SCORE_OUTPUT not in self._outputs:
            raise ModelError(f"The model has no input '{INPUT_NAME}' or no output '{SCORE_OUTPUT}'.", "Export the run again.")
        self.spec = _spec_of(self._session)

    def score(self, windows: NDArray[np.float32] | Windows) -> Scores:
        """Score float32 [n, window, c], or Windows. A window with a missing sample gets NaN in every output.

        Raises InputError when the shape is not the model's.
        """
        values = windows.values if isinstance(windows, Windows) else windows
        self._check_shape(values)
        parts = [self._score_block(np.ascontiguousarray(block)) for block in _blocks(values)]
        outputs = {name: np.concatenate([part[name] for part in parts])[: len(values)] for name in parts[0]}
        return Scores(
            score=outputs[SCORE_OUTPUT],
            raw=outputs.get(RAW_OUTPUT, outputs[SCORE_OUTPUT]),
            class_probabilities=outputs.get(CLASS_OUTPUT),
            rul_h=outputs.get(RUL_OUTPUT),
        )

    def _score_block(self, block: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        is_missing: NDArray[np.bool_] = np.asarray(~np.isfinite(block).all(axis=(1, 2)))
        clean = np.where(is_missing[:, np.newaxis, np.newaxis], np.float32(0), block) if is_missing.any() else block
        found = dict(zip(self._outputs, run_session(self._session, self._outputs, {INPUT_NAME: clean}), strict=True))
        if is_missing.any():
            for value in found.values():
                value[is_missing] = np.nan
        return found

    def _check_shape(self, values: NDArray[np.float32]) -> None:
        shape = () if self.spec is None else (self.spec.window_samples, len(self.spec.channels))
        if values.ndim != 3 or values.dtype != np.float32 or (shape and values.shape[1:] != shape):
            raise InputError(
                f"Windows of shape {values.shape} and type {values.dtype} don't fit the model.",
                f"It reads float32 [n, {', '.join(map(str, shape)) or 'window, channel'}].",
            )


def _both(first: NDArray[np.float32] | None, second: NDArray[np.float32] | None) -> NDArray[np.float32] | None:
    return None if first is None or second is None else np.concatenate((first, second))


def _blocks(values: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    size = block_size(*values.shape[1:])
    if not len(values):
        # Not every kernel takes an empty batch; one window of zeros tells the outputs' shapes.
        yield np.zeros((1, *values.shape[1:]), np.float32)
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _spec_of(session: Any) -> ScoringSpec | None:
    text = session.get_modelmeta().custom_metadata_map.get(SPEC_KEY)
    return None if text is None else decode_strict(text.encode("utf-8"), ScoringSpec, what="The model's scoring_spec")
