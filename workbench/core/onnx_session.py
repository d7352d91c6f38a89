"""Open an ONNX graph with onnxruntime the same way everywhere; loads onnxruntime only when called."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workbench.core.errors import ModelError

_BLOCK_SAMPLES = 65536  # what a feature graph makes of so many float32 samples stays in the second-level cache
_MIN_BLOCK = 8
_MAX_BLOCK = 512


def open_session(model: bytes | Path, *, n_threads: int = 1) -> Any:
    """An onnxruntime session on the processor; raises ModelError with onnxruntime's words when it can't be loaded."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = n_threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # A gateway shares its processor: idle threads sleep instead of spinning.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    source = str(model) if isinstance(model, Path) else model
    try:
        return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
    except _onnxruntime_errors() as error:
        raise ModelError(f"The model can't be loaded: {error}.", "The file is damaged, or made for a newer version.") from error


def run_session(session: Any, outputs: list[str], feed: dict[str, Any]) -> list[Any]:
    """What a session gives; raises ModelError with onnxruntime's words where the graph fails on these values."""
    try:
        found: list[Any] = session.run(outputs, feed)
    except _onnxruntime_errors() as error:
        raise ModelError(f"The model can't be run: {error}.", "Export the run again, or take the model before it.") from error
    return found


def block_size(window_samples: int, n_channels: int) -> int:
    """How many windows to run at once."""
    return max(_MIN_BLOCK, min(_MAX_BLOCK, _BLOCK_SAMPLES // max(1, window_samples * n_channels)))


def _onnxruntime_errors() -> tuple[type[Exception], ...]:
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    return tuple(kind for kind in vars(state).values() if isinstance(kind, type) and issubclass(kind, Exception))
