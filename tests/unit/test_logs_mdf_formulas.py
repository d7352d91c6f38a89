"""A formula in an MDF file is arithmetic, or its channel is left out: what reads it runs it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from workbench.logs.parse import ParseOptions, parse_logs
from workbench.logs.readers.mdf_formulas import is_plain


@pytest.mark.parametrize(
    "formula",
    ["X*2+1", "0.5 * X1 - 273.15", "sqrt(X) / 3e-2", "X**2 + X**3", "(X+1)**(0.5)", "X**-1", "log10(abs(X))", "X**20"],
)
def test_plain_arithmetic_is_taken(formula: str) -> None:
    assert is_plain(formula)


@pytest.mark.parametrize(
    "formula",
    [
        "9**9**9", "X**20**20", "9**(2*999999999)", "9**2e9", "9**X", "X**999", "2**2**2**2", "X.real", "__import__('os')",
        "where(X, 1, 2)", "X if X else 1", "X[0]", "'a'*9", "lambda: X", "X;1", "X" * 501, "(9**20)**(20)",
    ],
)  # fmt: skip
def test_everything_else_is_not(formula: str) -> None:
    assert not is_plain(formula)


@pytest.mark.parametrize("version", ["4.10", "3.30"])
def test_a_channel_with_such_a_formula_is_left_out_and_named(tmp_path: Path, version: str) -> None:
    asammdf = pytest.importorskip("asammdf")
    times_s, values = np.arange(100) / 10, np.arange(100, dtype=np.float64)
    formulas = {"PI-1": "X*2+1", "PI-2": "9**9**2 + X"}
    signals = [
        asammdf.Signal(values, times_s, name=name, unit="bar", conversion={"formula": text}) for name, text in formulas.items()
    ]
    with asammdf.MDF(version=version) as file:
        file.append(signals)
        path = Path(file.save(tmp_path / ("a.mf4" if version == "4.10" else "a.mdf"), overwrite=True))
    (recording,) = parse_logs([path], ParseOptions(zone="UTC")).recordings
    assert list(recording.columns) == ["PI-1"]
    assert recording.columns["PI-1"][:3].tolist() == [1.0, 3.0, 5.0]
    assert any("PI-2" in finding.text for finding in recording.facts.findings if finding.code == "CHANNELS_LEFT_OUT")
