"""Public logs, where PUMP_DATA names them: the messy ones with their truth, and sets with labels that must stay out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.logs.parse import parse_logs
from workbench.logs.tables.label_like import input_channels

pytestmark = pytest.mark.data


def test_no_messy_log_is_silently_wrong(pump_data: Path, tmp_path: Path) -> None:
    folder = pump_data / "messy_logs"
    if not (folder / "check.py").is_file():
        pytest.skip("PUMP_DATA has no messy logs")
    command = f"{sys.executable} -m workbench logs inspect {{files}} --json {{options}}"
    report = tmp_path / "report.json"
    subprocess.run(
        [sys.executable, str(folder / "check.py"), str(folder / "dev"), "--cmd", command, "--report", str(report)],
        check=False, capture_output=True, timeout=240,
    )  # fmt: skip
    verdicts = {case["case"]: case["verdict"] for case in json.loads(report.read_text(encoding="utf-8"))}
    assert {case: verdict for case, verdict in verdicts.items() if verdict not in ("exact", "asked", "clear error")} == {}
    assert sum(verdict == "exact" for verdict in verdicts.values()) >= 26


def test_labels_of_a_rig_stay_out_of_the_inputs(pump_data: Path) -> None:
    path = next((pump_data / "skab" / "other").glob("*.csv"), None)
    if path is None:
        pytest.skip("PUMP_DATA has no skab")
    facts = parse_logs([path]).recordings[0].facts
    assert facts.labels == ("anomaly", "changepoint")
    assert len(input_channels(facts)) == 8


def test_attack_flags_of_a_water_network_stay_out_of_the_inputs(pump_data: Path) -> None:
    path = pump_data / "batadal" / "dataset04.csv"
    if not path.is_file():
        pytest.skip("PUMP_DATA has no batadal")
    facts = parse_logs([path]).recordings[0].facts
    assert (facts.labels, facts.rows, facts.first_ns) == (("ATT_FLAG",), 4177, 1467590400 * 10**9)


def test_a_table_without_times_is_read_with_a_question(pump_data: Path) -> None:
    path = pump_data / "cmapss" / "raw" / "train_FD001.txt"
    if not path.is_file():
        pytest.skip("PUMP_DATA has no cmapss")
    parsed = parse_logs([path])
    assert parsed.recordings[0].facts.rows == 20631
    assert "TIME_RELATIVE" in {question.code for question in parsed.questions}
