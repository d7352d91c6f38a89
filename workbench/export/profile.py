"""What a model costs: file size, working memory, time for one raw window on one thread."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.core.onnx_session import open_session
from workbench.core.scoring_spec import INPUT_NAME

if TYPE_CHECKING:
    import onnx

_WARM_UP = 5
_REPEATS = 100
_LONGEST_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """`size_bytes` of the file, `ram_bytes` for weights and one window's values, `latency_ms` median of one window."""

    size_bytes: int
    ram_bytes: int
    latency_ms: float


def profile_model(data: bytes, window: NDArray[np.float32], *, clock: Callable[[], float] = time.perf_counter) -> Profile:
    """Measure a model's bytes on one raw window, float32 [time, channel]."""
    session = open_session(data, n_threads=1)
    feed = {INPUT_NAME: np.ascontiguousarray(window[np.newaxis], np.float32)}
    for _ in range(_WARM_UP):
        session.run(None, feed)
    times_s: list[float] = []
    while len(times_s) < _REPEATS and sum(times_s) < _LONGEST_S:
        start_s = clock()
        session.run(None, feed)
        times_s.append(clock() - start_s)
    return Profile(size_bytes=len(data), ram_bytes=estimate_ram(data, window), latency_ms=statistics.median(times_s) * 1000)


def estimate_ram(data: bytes, window: NDArray[np.float32]) -> int:
    """Bytes of all constants, folded ones included, plus the most that is alive at once while one window is scored.

    An estimate from the graph itself: each value's real size, freed after its last use. onnxruntime's own code and its
    arena's rounding come on top (about 20 MB on a gateway).
    """
    import onnx

    model = onnx.load_from_string(data)
    sizes = _value_sizes(model, window)
    constant = {item.name for item in model.graph.initializer}
    live_nodes = []
    for node in model.graph.node:
        if all(name in constant for name in node.input if name):
            constant.update(node.output)
        else:
            live_nodes.append(node)
    kept = {name for node in live_nodes for name in node.input if name in constant}
    return sum(sizes[name] for name in kept) + _tree_bytes(model) + _peak_bytes(live_nodes, sizes, constant)


def _peak_bytes(nodes: list[onnx.NodeProto], sizes: dict[str, int], constant: set[str]) -> int:
    """The most bytes of values, constants apart, that live at once when the nodes run in order."""
    last_use = {name: index for index, node in enumerate(nodes) for name in node.input if name not in constant}
    alive = {INPUT_NAME: sizes[INPUT_NAME]}
    peak = 0
    for index, node in enumerate(nodes):
        alive.update({name: sizes[name] for name in node.output if name})
        peak = max(peak, sum(alive.values()))
        # A value that no node reads is an output of the graph, and stays.
        alive = {name: size for name, size in alive.items() if last_use.get(name, len(nodes)) > index}
    return peak


def _value_sizes(model: onnx.ModelProto, window: NDArray[np.float32]) -> dict[str, int]:
    """Bytes of every value, from running the graph once with all of them as outputs."""
    import onnx
    from onnx import numpy_helper

    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    known = {item.name for item in watched.graph.output}
    names = [name for node in model.graph.node for name in node.output if name]
    watched.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names if name not in known)
    session = open_session(watched.SerializeToString())
    found = session.run(names, {INPUT_NAME: np.ascontiguousarray(window[np.newaxis], np.float32)})
    sizes = {name: value.nbytes for name, value in zip(names, found, strict=True)}
    stored = {item.name: numpy_helper.to_array(item).nbytes for item in model.graph.initializer}
    return sizes | stored | {INPUT_NAME: window.nbytes}


def _tree_bytes(model: onnx.ModelProto) -> int:
    """Trees live in attributes; onnxruntime keeps about 24 bytes a node and 8 a leaf weight."""
    bytes_of = {"nodes_nodeids": 24, "target_weights": 8}
    lengths = [
        (bytes_of[item.name], max(len(item.ints), len(item.floats)))
        for node in model.graph.node
        for item in node.attribute
        if item.name in bytes_of
    ]
    return sum(size * length for size, length in lengths)
