"""Score files: what a spreadsheet must not run, and what must stay one cell."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from workbench.core.scoring_spec import ChannelSpec, ScoringSpec
from workbench.scoring.session import Scores
from workbench.services.score_files import told_columns, write_scores

NAMES = ("normal", "=1+1", 'seal, "inner"')


def test_names_of_classes_are_one_cell_each_and_never_a_formula(tmp_path: Path) -> None:
    spec = ScoringSpec(
        task="classify", channels=(ChannelSpec(name="a"),), sample_period_s=1.0, window_samples=2, stride_samples=1,
        hold_limit_s=0.0, classes=NAMES,
    )  # fmt: skip
    score = np.array([0.1, 0.9, 0.8], np.float32)
    told = told_columns(Scores(score=score, raw=score, class_probabilities=np.eye(3, dtype=np.float32)), spec, np.arange(3))
    path = tmp_path / "a.scores.csv"
    write_scores(path, np.arange(3, dtype=np.int64) * 10**9, score, 0.5, score >= 0.5, told)
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["label"] for row in rows] == ["normal", "'=1+1", 'seal, "inner"']
