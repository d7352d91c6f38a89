from __future__ import annotations

import msgspec
import pytest

from workbench.cli.brief import brief, question_text
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
    assert "→ --answer UNIT_MIXED@PI=bar or --answer UNIT_MIXED@PI=kPa   (nothing is read before that)" in shown
    assert "…" not in shown
    assert "--json" not in shown


def test_a_correction_is_told_in_words_without_columns_of_zeros(capsys: pytest.CaptureFixture[str]) -> None:
    from workbench.logs.corrections.correction import Correction

    one = Correction(
        action="scale", asset="P-1", channel="PI-1", factor=0.1, id="c" * 16, start_utc="2026-03-02T00:00:00Z", why="psi"
    )
    Console(wants_json=False).result({"corrections": [msgspec.to_builtins(one)], "layers": {"P-1": "f" * 64}}, ("layers",))
    shown = capsys.readouterr().out
    assert "PI-1 × 0.1" in shown
    assert "ccccccccccccc" not in shown
    assert "drift" not in shown
    assert "ffff" not in shown


def test_long_ids_of_states_are_cut_and_resolutions_have_their_unit(capsys: pytest.CaptureFixture[str]) -> None:
    state = {
        "recording": "a" * 64,
        "asset": "P-1", "name": "steady", "start_utc": "s", "end_utc": "e", "speed_rpm": 2980.0, "edit": "",
    }  # fmt: skip
    Console(wants_json=False).result({"regimes": [state], "resolution": 0.78125, "y_unit": "orders"})
    shown = capsys.readouterr().out
    assert "a" * 12 in shown
    assert "a" * 13 not in shown
    assert "resolution: 0.78125 orders" in shown


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"code": "UNIT_UNKNOWN", "text": "?", "channel": "PI-9 bar"}, ['--answer "UNIT_UNKNOWN@PI-9 bar=VALUE"']),
        (
            {"code": "DAY_MONTH_AMBIGUOUS", "text": "?", "choices": ("DMY", "MDY")},
            ["--answer DAY_MONTH_AMBIGUOUS=DMY or --answer DAY_MONTH_AMBIGUOUS=MDY"],
        ),
    ],
)
def test_the_words_that_answer_a_question_may_be_pasted_into_a_shell(row: dict[str, object], words: list[str]) -> None:
    text = question_text(row)
    assert all(one in text for one in words)
    assert "|" not in text
