"""A run on disk: one family trained once, with all that is needed to show, export, compare and train it again.

    run.json          RunRecord
    parameters.json   the fitted model's own numbers (`FittedFamily.parameters`)
    features.onnx     trend -> features            fragment.onnx   features -> raw …            model.onnx   both, joined
    holdout.npz       end_ns, asset, is_running, raw, score, state [n]; windows float32 [w, time, channel] of rows window_row [w]
    calibration.npz   windows float32 [≤512, time, channel] of the training part, for quantization

No pickle is written or read.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from workbench.core.codec import Record, decode_strict, encode_pretty, write_atomic
from workbench.core.derived_spec import DerivedSpec
from workbench.core.errors import ObjectCorrupt
from workbench.core.provenance import Provenance
from workbench.core.scoring_spec import ScoringSpec, Task
from workbench.learning.channels import LeftOutInput
from workbench.learning.dataset import EventSpan
from workbench.learning.recipe import Recipe
from workbench.learning.split import Split

RUN_FILE = "run.json"
PARAMETERS_FILE = "parameters.json"
FEATURES_FILE = "features.onnx"
FRAGMENT_FILE = "fragment.onnx"
MODEL_FILE = "model.onnx"
HOLDOUT_FILE = "holdout.npz"
CALIBRATION_FILE = "calibration.npz"
MAX_HOLDOUT_WINDOWS = 1500
MAX_CALIBRATION_WINDOWS = 512
_MAX_RECORD_BYTES = 64 * 1024 * 1024


class DataRef(Record, frozen=True, kw_only=True):
    """One recording that was used, and the ids of the corrections and edits of regimes it was seen through ('' for none)."""

    asset: str
    recording: str
    corrections: str = ""
    regimes: str = ""


class RunRecord(Record, frozen=True, kw_only=True):
    """What was trained from what, and how good it is. Metrics: see help/metrics.md."""

    schema: int = 1
    experiment: str
    family: str
    title: str
    is_baseline: bool
    is_network: bool
    task: Task
    seed: int
    params: dict[str, float]
    recipe: Recipe
    spec: ScoringSpec
    features: tuple[str, ...]
    """Names of the catalogue's features."""
    columns: tuple[str, ...]
    """Names of the feature columns, such as mean(PI-2041A)."""
    data: tuple[DataRef, ...]
    split: Split
    split_id: str
    events: tuple[EventSpan, ...]
    threshold_raw: float
    scale: float
    metrics: dict[str, float | None]
    curves: dict[str, list[list[float]]]
    slices: tuple[dict[str, object], ...]
    n_windows: dict[str, int]
    """Windows by part: train, validate, holdout."""
    left_out: tuple[LeftOutInput, ...]
    derived: tuple[DerivedSpec, ...] = ()
    """Derived channels that the model computes from its raw inputs, with formula and hash."""
    model_sha256: str
    created_utc: str
    train_seconds: float
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdout:
    """The hold-out, scored. `windows` float32 [w, time, channel] are the rows `window_row` int64 [w] of the others [n]."""

    assets: tuple[str, ...]
    end_ns: NDArray[np.int64]
    asset: NDArray[np.int32]
    is_running: NDArray[np.bool_]
    raw: NDArray[np.float32]
    score: NDArray[np.float32]
    window_row: NDArray[np.int64]
    states: tuple[str, ...] = ()
    state: NDArray[np.int16] | None = None
    """Index of the operating state in which each window ends (-1 for none); None where states were not found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFiles:
    """What is written beside the record."""

    parameters: dict[str, object]
    features_onnx: bytes
    fragment_onnx: bytes
    model_onnx: bytes
    holdout: Holdout
    holdout_windows: NDArray[np.float32]
    calibration_windows: NDArray[np.float32]


class RunFolder:
    """A stored run, read as asked for; see the module for the files."""

    def __init__(self, folder: Path, record: RunRecord) -> None:
        self.folder = folder
        self.record = record

    @property
    def model_path(self) -> Path:
        """The joined float32 graph."""
        return self.folder / MODEL_FILE

    @property
    def features_path(self) -> Path:
        """The feature graph."""
        return self.folder / FEATURES_FILE

    @property
    def fragment_path(self) -> Path:
        """The family's own graph."""
        return self.folder / FRAGMENT_FILE

    def holdout(self) -> Holdout:
        """Scores of the hold-out, without its windows."""
        with _open_arrays(self.folder / HOLDOUT_FILE) as arrays:
            return Holdout(
                assets=tuple(str(name) for name in arrays["assets"]),
                end_ns=arrays["end_ns"],
                asset=arrays["asset"],
                is_running=arrays["is_running"],
                raw=arrays["raw"],
                score=arrays["score"],
                window_row=arrays["window_row"],
                states=tuple(str(name) for name in arrays["states"]) if "states" in arrays else (),
                state=arrays.get("state"),
            )

    def holdout_windows(self) -> NDArray[np.float32]:
        """Raw windows [w, time, channel] of the hold-out (at most MAX_HOLDOUT_WINDOWS of them, evenly spread)."""
        with _open_arrays(self.folder / HOLDOUT_FILE) as arrays:
            return np.asarray(arrays["windows"], np.float32)

    def calibration_windows(self) -> NDArray[np.float32]:
        """Raw windows [≤512, time, channel] of the training part."""
        with _open_arrays(self.folder / CALIBRATION_FILE) as arrays:
            return np.asarray(arrays["windows"], np.float32)

    def parameters(self) -> dict[str, object]:
        """The fitted model's own numbers."""
        data = (self.folder / PARAMETERS_FILE).read_bytes()
        return decode_strict(data, dict[str, object], what="The run's parameters", max_bytes=_MAX_RECORD_BYTES)


def save_run(folder: Path, record: RunRecord, files: RunFiles) -> None:
    """Write all files of a run into an empty folder."""
    write_atomic(folder / RUN_FILE, encode_pretty(record))
    write_atomic(folder / PARAMETERS_FILE, msgspec.json.encode(files.parameters, order="sorted"))
    write_atomic(folder / FEATURES_FILE, files.features_onnx)
    write_atomic(folder / FRAGMENT_FILE, files.fragment_onnx)
    write_atomic(folder / MODEL_FILE, files.model_onnx)
    holdout = files.holdout
    _save_arrays(
        folder / HOLDOUT_FILE,
        assets=np.array(holdout.assets, dtype=np.str_),
        end_ns=holdout.end_ns,
        asset=holdout.asset,
        is_running=holdout.is_running,
        raw=holdout.raw,
        score=holdout.score,
        window_row=holdout.window_row,
        windows=files.holdout_windows,
        **({} if holdout.state is None else {"states": np.array(holdout.states, dtype=np.str_), "state": holdout.state}),
    )
    _save_arrays(folder / CALIBRATION_FILE, windows=files.calibration_windows)


def load_run(folder: Path) -> RunFolder:
    """Open a stored run; raises ObjectCorrupt where the folder holds none."""
    path = folder / RUN_FILE
    if not path.is_file():
        raise ObjectCorrupt(f"{folder.name} holds no run.", "Take it from another copy of the project, or train again.")
    return RunFolder(folder, decode_strict(path.read_bytes(), RunRecord, what="run.json", max_bytes=_MAX_RECORD_BYTES))


def _save_arrays(path: Path, **arrays: NDArray[np.generic]) -> None:
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=False, **arrays)
    write_atomic(path, stream.getvalue())


def _open_arrays(path: Path) -> Any:
    try:
        return np.load(path, allow_pickle=False)
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise ObjectCorrupt(f"{path.name} of the run can't be read: {error}.", "Train again.") from error
