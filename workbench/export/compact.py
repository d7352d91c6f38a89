"""Fewer trees: the first part of a forest or of a boosted ensemble, straight from the fragment's tree node.

A forest's trees are equals whose mean (or sum over a fixed count) counts, so the rest is weighted up; a boosted
ensemble's trees are corrections in order, and the first of them are a model of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import ConversionError

if TYPE_CHECKING:
    import onnx

TREE_KIND = "TreeEnsembleRegressor"
_NODE_LISTS = (
    "nodes_treeids", "nodes_nodeids", "nodes_featureids", "nodes_values", "nodes_modes", "nodes_truenodeids",
    "nodes_falsenodeids", "nodes_hitrates", "nodes_missing_value_tracks_true",
)  # fmt: skip
_TARGET_LISTS = ("target_treeids", "target_nodeids", "target_ids", "target_weights")


def count_trees(fragment: onnx.ModelProto) -> int:
    """Trees of the fragment, 0 if it has none."""
    return max((len(set(_attribute(node, "nodes_treeids").ints)) for node in _tree_nodes(fragment)), default=0)


def keep_trees(fragment: onnx.ModelProto, n_trees: int, *, is_forest: bool) -> onnx.ModelProto:
    """A copy with about `n_trees` trees; a forest's leaves are weighted up by what was dropped, boosting keeps whole rounds.

    Raises ConversionError when the fragment has no trees, or not more than that.
    """
    import onnx

    n_all = count_trees(fragment)
    n_kept = n_trees if is_forest else n_trees - n_trees % _trees_a_round(fragment)
    if not 0 < n_kept < n_all:
        raise ConversionError(f"{n_kept} of {n_all} trees can't be kept.", "Give a number between one and less than all.")
    small = onnx.ModelProto()
    small.CopyFrom(fragment)
    for node in _tree_nodes(small):
        kept = set(sorted(set(_attribute(node, "nodes_treeids").ints))[:n_kept])
        _filter_lists(node, "nodes_treeids", _NODE_LISTS, kept)
        _filter_lists(node, "target_treeids", _TARGET_LISTS, kept)
        if is_forest:
            weights = _attribute(node, "target_weights").floats
            weights[:] = [weight * n_all / n_kept for weight in weights]
    onnx.checker.check_model(small)
    return small


def match_line(small: NDArray[np.floating], full: NDArray[np.floating], threshold: float, scale: float) -> tuple[float, float]:
    """Slope (> 0) and offset of the line that leads from raw scores [n] of the small form to those of the full one.

    Least squares, weighted by nearness to the threshold; (1, 0) where no rising line fits. The small form then takes the
    threshold (threshold − offset) / slope and the scale scale / slope: fewer rounds of boosting give smaller log odds.
    """
    x, y = np.asarray(small, np.float64), np.asarray(full, np.float64)
    weight = 1 / (1 + np.abs(y - threshold) / scale)
    if not len(x):
        return 1.0, 0.0
    x_mean, y_mean = np.average(x, weights=weight), np.average(y, weights=weight)
    spread = float((weight * (x - x_mean) ** 2).sum())
    slope = float((weight * (x - x_mean) * (y - y_mean)).sum()) / spread if spread > 0 else 0.0
    return (slope, float(y_mean - slope * x_mean)) if slope > 0 else (1.0, 0.0)


def _trees_a_round(fragment: onnx.ModelProto) -> int:
    """A round of boosting adds one tree an output."""
    return max(1, *(int(_attribute(node, "n_targets").i) for node in _tree_nodes(fragment)), 1)


def _tree_nodes(model: onnx.ModelProto) -> list[onnx.NodeProto]:
    return [node for node in model.graph.node if node.op_type == TREE_KIND]


def _attribute(node: onnx.NodeProto, name: str) -> onnx.AttributeProto:
    found: onnx.AttributeProto | None = next((item for item in node.attribute if item.name == name), None)
    if found is None:
        raise ConversionError(f"The tree node has no '{name}'.", "This is a fault in a family.")
    return found


def _filter_lists(node: onnx.NodeProto, key: str, names: tuple[str, ...], kept: set[int]) -> None:
    keep = [tree in kept for tree in _attribute(node, key).ints]
    for item in node.attribute:
        if item.name in names:
            for values in (item.ints, item.floats, item.strings):
                if len(values) == len(keep):
                    values[:] = [value for value, is_kept in zip(list(values), keep, strict=True) if is_kept]
