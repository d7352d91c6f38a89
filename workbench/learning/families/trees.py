"""Trees as flat tables: one form for forests and boosting, walked in numpy and written as one ONNX node.

sklearn compares float32 features with float64 thresholds; the node compares float32 with float32. Rounding each
threshold *down* to float32 keeps every comparison `x <= t` exactly as it was, for every float32 x.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import ModelError
from workbench.learning.families.base import Json, decode_array, encode_array
from workbench.learning.families.onnx_fragment import FEATURES_INPUT, FragmentBuilder

_BLOCK_ROWS = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeTable:
    """Nodes of all trees, one after the other: go `left` where feature <= threshold, else `right` (indices into the tables).

    `feature` int32 [m], -1 at a leaf; `threshold` float32 [m]; `left`, `right` int32 [m]; `root` int32 [t], rising.
    """

    feature: NDArray[np.int32]
    threshold: NDArray[np.float32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    values: NDArray[np.float32]
    """[m, c]: what a leaf adds to each of c outputs."""
    root: NDArray[np.int32]

    @property
    def n_outputs(self) -> int:
        """Outputs, c."""
        return int(self.values.shape[1])

    def sums(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Sum over the trees of what the reached leaves add: [n, c] float64, for float32 features [n, k]."""
        blocks = [self._block(features[start : start + _BLOCK_ROWS]) for start in range(0, len(features), _BLOCK_ROWS)]
        return np.concatenate(blocks) if blocks else np.zeros((0, self.n_outputs))

    def parameters(self) -> dict[str, object]:
        """The tables as JSON."""
        return {name: encode_array(getattr(self, name)) for name in _FIELDS}

    def _block(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        rows = np.arange(len(features))[:, None]
        at = np.broadcast_to(self.root, (len(features), len(self.root))).copy()
        while True:
            feature = self.feature[at]
            is_inner = feature >= 0
            if not is_inner.any():
                return np.asarray(self.values[at].sum(axis=1, dtype=np.float64))
            goes_left = features[rows, np.maximum(feature, 0)] <= self.threshold[at]
            at = np.where(is_inner, np.where(goes_left, self.left[at], self.right[at]), at)


_FIELDS = ("feature", "threshold", "left", "right", "values", "root")


def restore_trees(parameters: Json) -> TreeTable:
    """The table from its `parameters()`; raises ModelError if an index leads outside."""
    table = TreeTable(
        feature=decode_array(parameters, "feature").astype(np.int32),
        threshold=decode_array(parameters, "threshold").astype(np.float32),
        left=decode_array(parameters, "left").astype(np.int32),
        right=decode_array(parameters, "right").astype(np.int32),
        values=decode_array(parameters, "values").astype(np.float32),
        root=decode_array(parameters, "root").astype(np.int32),
    )
    size = len(table.feature)
    if any(((part < 0) | (part >= size)).any() for part in (table.left, table.right, table.root)):
        raise ModelError("The trees of this model are damaged.", "Train again.")
    return table


def one_tree(
    *,
    is_leaf: NDArray[np.bool_],
    feature: NDArray[np.integer],
    threshold: NDArray[np.float64],
    left: NDArray[np.integer],
    right: NDArray[np.integer],
    values: NDArray[np.floating],
) -> TreeTable:
    """The table of one fitted tree, its root first: `values` [m, c], all else [m]. A branch's values are dropped."""
    return TreeTable(
        feature=np.where(is_leaf, -1, feature).astype(np.int32),
        threshold=np.where(is_leaf, np.float32(0), round_down(threshold)).astype(np.float32),
        left=np.where(is_leaf, 0, left).astype(np.int32),
        right=np.where(is_leaf, 0, right).astype(np.int32),
        values=np.where(is_leaf[:, None], values, 0).astype(np.float32),
        root=np.zeros(1, np.int32),
    )


def sklearn_tree(tree: Any, values: NDArray[np.floating]) -> TreeTable:
    """The table of one of sklearn's own trees (`tree_`) with other values [m, c] at its leaves."""
    return one_tree(
        is_leaf=tree.children_left < 0, feature=tree.feature, threshold=tree.threshold, left=tree.children_left,
        right=tree.children_right, values=values,
    )  # fmt: skip


def join_trees(parts: list[TreeTable]) -> TreeTable:
    """One table of many trees."""
    offsets = np.cumsum([0, *(len(part.feature) for part in parts)]).astype(np.int32)
    pairs = list(zip(parts, offsets, strict=False))
    return TreeTable(
        feature=np.concatenate([part.feature for part in parts]),
        threshold=np.concatenate([part.threshold for part in parts]),
        left=np.concatenate([part.left + offset for part, offset in pairs]).astype(np.int32),
        right=np.concatenate([part.right + offset for part, offset in pairs]).astype(np.int32),
        values=np.concatenate([part.values for part in parts]),
        root=np.concatenate([part.root + offset for part, offset in pairs]).astype(np.int32),
    )


def round_down(thresholds: NDArray[np.float64]) -> NDArray[np.float32]:
    """The largest float32 that is not above each float64 threshold."""
    nearest = thresholds.astype(np.float32)
    return np.where(nearest.astype(np.float64) > thresholds, np.nextafter(nearest, np.float32(-np.inf)), nearest)


def tree_node(builder: FragmentBuilder, table: TreeTable, base: NDArray[np.float64]) -> str:
    """One TreeEnsembleRegressor: base + sum over the trees, float32 [n, c]. Shapes: base [c]."""
    tree = np.searchsorted(table.root, np.arange(len(table.feature)), side="right") - 1
    within = np.arange(len(table.feature)) - table.root[tree]
    is_leaf = table.feature < 0
    leaf = np.repeat(np.flatnonzero(is_leaf), table.n_outputs)
    output = np.tile(np.arange(table.n_outputs), int(is_leaf.sum()))
    weight = table.values[leaf, output]
    # A leaf adds only to the outputs it has a value for; a tree of one class would else be written c times.
    keep = (weight != 0) | (output == 0)
    leaf, output, weight = leaf[keep], output[keep], weight[keep]
    first = table.root[tree]
    return builder.ml_node(
        "TreeEnsembleRegressor",
        FEATURES_INPUT,
        n_targets=table.n_outputs,
        aggregate_function="SUM",
        post_transform="NONE",
        base_values=base.astype(np.float32).tolist(),
        nodes_treeids=tree.tolist(),
        nodes_nodeids=within.tolist(),
        nodes_featureids=np.maximum(table.feature, 0).tolist(),
        nodes_values=np.where(is_leaf, 0, table.threshold).tolist(),
        nodes_modes=["LEAF" if leafy else "BRANCH_LEQ" for leafy in is_leaf],
        nodes_truenodeids=np.where(is_leaf, 0, table.left - first).tolist(),
        nodes_falsenodeids=np.where(is_leaf, 0, table.right - first).tolist(),
        target_treeids=tree[leaf].tolist(),
        target_nodeids=within[leaf].tolist(),
        target_ids=output.tolist(),
        target_weights=weight.tolist(),
    )
