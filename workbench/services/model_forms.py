"""The forms of a run's model: float32, float16 and int8 for networks, fewer trees for forests; each as one joined graph.

The reference that every form is held against is the family's own numpy form, restored from the run's parameters, not the
graph that was exported before: a fault in the fragment would otherwise agree with itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from workbench.core.errors import InputError, ModelError, ParityError

if TYPE_CHECKING:
    import numpy as np
    import onnx
    from numpy.typing import NDArray

    from workbench.export.parity import Agreement, HoldOut
    from workbench.learning.run import RunFolder

FLOAT32 = "float32"
FLOAT16 = "float16"
INT8 = "int8"
COMPACT = "compact"

MOST_ALARMS_CHANGED = 0.01
LARGEST_ERROR_WITHOUT_ALARMS = 0.01
FOREST_FAMILIES = ("isolation_forest", "random_forest")
_ENOUGH_ALARMS = 30
_PUSHED_STEP_NS = 86_400 * 1_000_000_000
_TREE_SHARES = (0.125, 0.25, 0.5, 0.75)  # the smallest share of the trees that keeps the alarms is taken


Place = tuple[float, float]
"""Threshold and scale of the raw score."""


@dataclass(frozen=True, kw_only=True)
class Form:
    """One form of a model: its bytes, what to say about it, and how it agrees with the reference."""

    name: str
    note: str
    data: bytes
    score: NDArray[np.float32]
    agreement: Agreement

    @property
    def is_passed(self) -> bool:
        """float32 must pass the parity gate; a smaller form may change less than 1 % of the alarms.

        Where nothing brings the model to an alarm there are none to count, and the scores themselves must be near.
        """
        if self.name == FLOAT32:
            return self.agreement.is_passed
        if not self.agreement.n_alarms:
            return self.agreement.largest_error <= LARGEST_ERROR_WITHOUT_ALARMS and not self.agreement.n_alarms_changed
        return self.agreement.alarms_changed_fraction < MOST_ALARMS_CHANGED


class FormMaker:
    """Makes forms of one stored run and holds them against its reference."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder

    @property
    def variants(self) -> tuple[str, ...]:
        """The forms that suit the run's family, float32 first."""
        from workbench.export.compact import count_trees

        if self.folder.record.is_network:
            return (FLOAT32, FLOAT16, INT8)
        return (FLOAT32, COMPACT) if count_trees(self._fragment) > 1 else (FLOAT32,)

    @cached_property
    def windows(self) -> NDArray[np.float32]:
        """Raw windows [n, time, channel] to check with: the hold-out's, and pushed ones where it is too quiet to tell.

        Raises ModelError when the run kept none.
        """
        return self._evidence[0]

    @cached_property
    def reference(self) -> HoldOut:
        """What the trained model says on these windows, in numpy float64."""
        return self._evidence[1]

    @property
    def is_pushed(self) -> bool:
        """Whether the hold-out had too few alarms, so that windows pushed across the threshold were added."""
        return len(self.windows) > len(self.folder.holdout().window_row)

    @cached_property
    def _evidence(self) -> tuple[NDArray[np.float32], HoldOut]:
        import numpy as np

        from workbench.export.parity import HoldOut, alarms_by_asset, push_away

        windows, holdout = self.folder.holdout_windows(), self.folder.holdout()
        if not len(windows):
            raise ModelError("The run has no hold-out windows to check an export with.", "Train on longer logs.")
        end_ns, asset = holdout.end_ns[holdout.window_row], holdout.asset[holdout.window_row]
        reference = HoldOut(score=self._trained_scores(windows), end_ns=end_ns, asset=asset)
        if alarms_by_asset(reference, reference.score, self.folder.record.spec).sum() >= _ENOUGH_ALARMS:
            return windows, reference
        pushed, number = push_away(windows)
        # Each push counts as a pump of its own, its windows long enough apart for any delay to run out.
        later_ns = end_ns.max() + _PUSHED_STEP_NS * np.arange(1, len(pushed) + 1)
        return np.concatenate([windows, pushed]), HoldOut(
            score=np.concatenate([reference.score, self._trained_scores(pushed)]),
            end_ns=np.concatenate([end_ns, later_ns]),
            asset=np.concatenate([asset, len(holdout.assets) + number]),
        )

    def _trained_scores(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Scores of windows by the family's own numpy form, NaN where a window has a missing sample."""
        import numpy as np

        from workbench.features.graph import extract
        from workbench.learning.families.registry import find_family
        from workbench.scoring.score_map import score_of_raw

        record = self.folder.record
        features = extract(self.folder.features_path.read_bytes(), windows)
        is_scored = np.isfinite(features).all(axis=1)
        raw = np.full(len(features), np.nan)
        raw[is_scored] = find_family(record.family).restore(self.folder.parameters()).raw_score(features[is_scored])
        return score_of_raw(raw, record.threshold_raw, record.scale)

    def make(self, name: str) -> Form:
        """One form, checked by nothing yet; raises InputError when it doesn't suit the family."""
        if name not in self.variants:
            raise InputError(
                f"A {self.folder.record.title} has no variant '{name}'.", f"It can be exported as {', '.join(self.variants)}."
            )
        if name == COMPACT:
            return self._smallest_forest()
        fragment, note = self._network_or_plain(name)
        return self._form(name, fragment, note, self._place)

    def _network_or_plain(self, name: str) -> tuple[onnx.ModelProto, str]:
        from workbench.export.quantize import to_float16, to_int8

        if name == FLOAT16:
            return to_float16(self._fragment), "Weights as float16, sums in float32."
        if name == INT8:
            return to_int8(self._fragment), "Weights as int8, inputs of each layer as int8 by window; the scaler stays float64."
        return self._fragment, "As trained."

    def _smallest_forest(self) -> Form:
        from workbench.export.compact import count_trees, keep_trees

        n_all = count_trees(self._fragment)
        is_forest = self.folder.record.family in FOREST_FAMILIES
        form = None
        for share in _TREE_SHARES:
            n_trees = max(1, round(n_all * share))
            fragment = keep_trees(self._fragment, n_trees, is_forest=is_forest)
            form = self._form(COMPACT, fragment, f"{count_trees(fragment)} of {n_all} trees.", self._place_of(fragment))
            if form.is_passed:
                break
        if form is None:
            raise ModelError(f"A model of {n_all} trees can't be made smaller.", "Export it as float32.")
        return form

    @property
    def _place(self) -> Place:
        return self.folder.record.threshold_raw, self.folder.record.scale

    def _place_of(self, fragment: onnx.ModelProto) -> Place:
        """Threshold and scale for a smaller ensemble, whose raw scores are others; from raw scores alone, without labels.

        Half of the hold-out windows are used beside the training's own, which are all good; two numbers can't overfit them.
        """
        import numpy as np

        from workbench.export.compact import match_line
        from workbench.features.graph import extract
        from workbench.learning.train import run_fragment

        windows = np.concatenate([self.folder.calibration_windows(), self.windows[::2]])
        features = extract(self.folder.features_path.read_bytes(), windows)
        features = features[np.isfinite(features).all(axis=1)]
        threshold, scale = self._place
        slope, offset = match_line(run_fragment(fragment, features), run_fragment(self._fragment, features), threshold, scale)
        return (threshold - offset) / slope, scale / slope

    def _form(self, name: str, fragment: onnx.ModelProto, note: str, place: Place) -> Form:
        import onnx

        from workbench.export.onnx_graph import VARIANT_KEY, join, set_metadata, to_bytes
        from workbench.export.parity import compare_scores
        from workbench.scoring.session import ScoringSession

        record = self.folder.record
        features = onnx.load_from_string(self.folder.features_path.read_bytes())
        model = join(features, fragment, record.spec, *place)
        if name != FLOAT32:
            set_metadata(model, {VARIANT_KEY: name})
        data = to_bytes(model)
        score = ScoringSession(data).score(self.windows).score
        agreement = compare_scores(self.reference, score, record.spec)
        note += " The hold-out is quiet: windows pushed across the threshold were compared too." if self.is_pushed else ""
        return Form(name=name, note=note, data=data, score=score, agreement=agreement)

    @cached_property
    def _fragment(self) -> onnx.ModelProto:
        import onnx

        return onnx.load_from_string(self.folder.fragment_path.read_bytes())


def check_form(form: Form) -> None:
    """The gate of an export. Raises ParityError with the figures."""
    from workbench.export.parity import check_parity

    if form.name == FLOAT32:
        check_parity(form.agreement)
    elif not form.is_passed:
        agreement = form.agreement
        raise ParityError(
            f"The {form.name} form changes {agreement.n_alarms_changed} of {agreement.n_alarms} alarms "
            f"({agreement.alarms_changed_fraction:.1%}; less than {MOST_ALARMS_CHANGED:.0%} is allowed); "
            f"the largest difference of a score is {agreement.largest_error:.2g}.",
            "Take float32, or another variant: workbench quantize shows all.",
        )
