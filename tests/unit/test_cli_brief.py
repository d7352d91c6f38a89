from __future__ import annotations

import pytest

from workbench.cli.brief import brief
from workbench.cli.console import Console


def run_row(name: str, *, is_champion: bool) -> dict[str, object]:
    metrics = {
        "n_caught": 7, "n_events": 8, "median_delay_s": 3120.0, "false_alarms_per_week": 0.489202,
        "false_alarms_low": 0.0123855, "false_alarms_high": 2.72566, "roc_auc": 0.947786,
    }  # fmt: skip
    return {"id": name * 64, "title": "Neural network", "is_champion": is_champion, "metrics": metrics}


def test_runs_are_one_row_each_with_what_is_compared(capsys: pytest.CaptureFixture[str]) -> None:
    Console(wants_json=False).result({"runs": [run_row("a", is_champion=True), run_row("b", is_champion=False)]})
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == [
        "run", "family", "champion", "events", "caught", "delay", "min", "false", "alarms", "a", "week", "95", "%", "roc", "auc",
    ]  # fmt: skip
    assert lines[2].split("  ")[1] == "aaaaaaaaaaaa"
    assert "7 of 8" in lines[2]
    assert "--json" in lines[-1]


def test_long_curves_are_counted_and_short_ones_shown() -> None:
    curve = [(0.1 * index, 1.0) for index in range(60)]
    assert brief({"roc": curve, "span": curve[:2]}) == {"roc": "60 points", "span": curve[:2]}


def test_what_needs_no_cutting_stays_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"path": "a.csv", "channels": ("PI", "FI"), "bad": [{"name": "PI", "bad": {"empty": 3, "sentinel": 1}}]}
    assert brief(value) == value
    Console(wants_json=False).result(value)
    shown = capsys.readouterr().out
    assert "empty 3, sentinel 1" in shown
    assert "--json" not in shown


def test_a_text_of_several_lines_is_printed_whole(capsys: pytest.CaptureFixture[str]) -> None:
    Console(wants_json=False).result({"card": "# Title\n\n" + "word " * 100})
    shown = capsys.readouterr().out
    assert "# Title\n\nword" in shown
    assert "…" not in shown


def test_a_question_says_how_to_answer_it(capsys: pytest.CaptureFixture[str]) -> None:
    zone = {"code": "ZONE_UNKNOWN", "text": "No zone. " + "word " * 60, "choices": ["UTC"], "default": "UTC", "blocks": False}
    mixed = {"code": "UNIT_MIXED", "text": "Which?", "choices": ["bar", "kPa"], "default": None, "channel": "PI", "blocks": True}
    Console(wants_json=False).result({"questions": [zone, mixed]})
    shown = capsys.readouterr().out
    assert "→ --zone Europe/Oslo   (until then: UTC)" in shown
    assert "→ --answer UNIT_MIXED@PI=bar|kPa   (nothing is read before that)" in shown
    assert "…" not in shown
    assert "--json" not in shown
