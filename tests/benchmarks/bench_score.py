"""One raw window of 1024 × 4 to its score: our session against bare onnxruntime, and against numpy with sklearn."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.util import find_spec

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from tests.benchmarks.bench_features import _numpy_features
from tests.benchmarks.table import Row, interleaved, skipped
from workbench.core.scoring_spec import ChannelSpec, ScoringSpec
from workbench.export.onnx_graph import join, to_bytes
from workbench.features.catalogue import FEATURE_NAMES
from workbench.features.graph import build_feature_graph, extract
from workbench.learning.families.registry import find_family
from workbench.scoring.session import ScoringSession

NAME = "score"
_WINDOW = 1024
_CHANNELS = 4
_FULL_CALLS = 200
_BARE_GOAL = 1.2
_SKLEARN_GOAL = 0.01


def run(size: float) -> list[Row]:
    """`size` is the share of 200 calls a measurement."""
    n_calls = max(3, round(_FULL_CALLS * size))
    windows = np.random.default_rng(5).normal(size=(300, _WINDOW, _CHANNELS)).astype(np.float32)
    window = windows[:1]
    model, features = _make_model(windows)
    session = ScoringSession(model)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    bare = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    started = time.process_time()
    _repeat(lambda: session.score(window), n_calls)()
    cpu_ms = (time.process_time() - started) / n_calls * 1000
    bare_times = interleaved(
        _repeat(lambda: session.score(window), n_calls),
        _repeat(lambda: bare.run(["score", "raw"], {"trend": window}), n_calls),
        9,
    )
    rows = [_row(bare_times, n_calls, cpu_ms, "bare session.run", _BARE_GOAL)]
    if find_spec("sklearn") is None:
        return [*rows, skipped("score", "scikit-learn not installed")]
    from sklearn.ensemble import RandomForestClassifier

    forest = RandomForestClassifier(n_estimators=400, random_state=0).fit(features, np.arange(len(features)) % 2)

    def peer() -> None:
        found = _numpy_features(np.ascontiguousarray(window.swapaxes(1, 2)))
        forest.predict_proba(found.reshape(1, -1))

    times = interleaved(_repeat(lambda: session.score(window), n_calls), _repeat(peer, 3), 5)
    return [*rows, _row((times[0], times[1] / 3 * n_calls), n_calls, cpu_ms, "numpy + sklearn, 400 trees,", _SKLEARN_GOAL)]


def _make_model(windows: NDArray[np.float32]) -> tuple[bytes, NDArray[np.float32]]:
    """A random forest of 400 trees over all features, as exported, and the features it was fitted on."""
    channels = tuple(ChannelSpec(name=f"PI-{index}") for index in range(_CHANNELS))
    spec = ScoringSpec(
        task="anomaly", channels=channels, sample_period_s=1, window_samples=_WINDOW, stride_samples=_WINDOW, hold_limit_s=0
    )
    graph = build_feature_graph(spec, FEATURE_NAMES)
    features = extract(graph, windows)
    fitted = find_family("random_forest").build({"n_trees": 400}, 0).fit(features, np.arange(len(features)) % 2.0)
    return to_bytes(join(graph, fitted.onnx_fragment(), spec, 0.5, 0.1)), features


def _repeat(call: Callable[[], object], n_calls: int) -> Callable[[], None]:
    def repeated() -> None:
        for _ in range(n_calls):
            call()

    return repeated


def _row(times: tuple[float, float], n_calls: int, cpu_ms: float, peer: str, goal: float) -> Row:
    ours_ms, peer_ms = (seconds / n_calls * 1000 for seconds in times)
    ratio = ours_ms / peer_ms
    return Row(
        name=f"score: one window {_WINDOW} × {_CHANNELS}", ours=f"{ours_ms:.3f} ms (CPU {cpu_ms:.3f})",
        peer=f"{peer} {peer_ms:.3f} ms", ratio=ratio, goal=f"<= {goal:g}", held=ratio <= goal,
    )  # fmt: skip
