"""A pump that the project does not know is never answered with nothing: the commands name those that there are."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.services.test_services_labels import store_recording
from workbench.cli.main import run
from workbench.project.store import Project

SPAN = ("--start", "1970-01-01T00:00:00Z", "--end", "1970-01-05T00:00:00Z")
ANALYSIS = ("--channel", "PI-1")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("pumps") / "project"
    store_recording(found, "P-1", "one.csv", np.array([0.0, 1, 0]))
    store_recording(found, "P-2", "two.csv", np.array([0.0, 1, 1]))
    return found


@pytest.mark.parametrize(
    ("words", "more"),
    [
        *((("logs", word), ()) for word in ("quality", "regimes", "corrections", "machine", "statistics", "export")),
        *((("logs", word), ANALYSIS) for word in ("spectrum", "spectrogram", "orders", "envelope")),
        (("logs", "xy"), ("--x", "PI-1", "--y", "PI-1")),
        (("logs", "pump-curve"), ()),
        (("logs", "exclude"), ("--all",)),
        (("logs", "uncorrect"), ("abc",)),
        (("logs", "set-regime"), SPAN),
        (("logs", "unset-regime"), ("abc",)),
        (("channels", "list"), ()),
        *((("labels", word), ()) for word in ("list", "periods", "export", "agreement")),
        (("labels", "evidence"), SPAN),
        (("labels", "similar"), ("abc",)),
        (("labels", "delete"), ("abc",)),
        (("labels", "from-column"), ("--column", "anomaly")),
        (("labels", "add"), ("--name", "leak", *SPAN)),
    ],
)
def test_a_pump_that_is_not_there_is_refused_with_those_that_are(
    words: tuple[str, ...], more: tuple[str, ...], folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ("--out", str(tmp_path / "x.csv")) if words[1] == "export" else ()
    code = run([*words, "--project", str(folder), "--asset", "P-9999", *more, *out, "--json"])
    said = json.loads(capsys.readouterr().out)["error"]
    assert (code, "P-9999" in said["message"], said["hint"]) == (2, True, "There are: P-1, P-2.")
    assert list(tmp_path.iterdir()) == []


def test_a_pump_that_only_the_list_of_pumps_names_has_facts_and_events_but_no_log(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = tmp_path / "pumps.csv"
    listed.write_text("asset,tag\nP-3,XI-3\n")
    at = ("--project", str(folder), "--json")
    assert run(["assets", "import", str(listed), *at]) == 0
    assert run(["logs", "machine", "--asset", "P-3", "--speed-rpm", "1480", *at]) == 0
    assert run(["labels", "add", "--asset", "P-3", "--name", "leak", *SPAN, *at]) == 0
    assert run(["labels", "periods", "--asset", "P-3", *at]) == 0
    assert run(["logs", "statistics", "--asset", "P-3", *at]) == 2
    assert "P-1, P-2." in capsys.readouterr().err


def test_before_the_first_log_events_of_any_pump_are_taken(tmp_path: Path) -> None:
    at = ("--project", str(tmp_path / "new"), "--name", "leak", *SPAN, "--json")
    assert [run(["labels", "add", "--asset", asset, *at]) for asset in ("P-1", "P-2")] == [0, 0]


def test_an_added_event_is_named_and_takes_nothing_away(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def add(end: str) -> dict[str, object]:
        words = ["labels", "add", "--asset", "P-1", "--name", "probe", "--start", "2026-03-03T05:00:00Z", "--end", end]
        assert run([*words, "--project", str(tmp_path / "p"), "--json"]) == 0
        found: dict[str, object] = json.loads(capsys.readouterr().out)
        return found

    first, second, again = add("2026-03-03T06:00:00Z"), add("2026-03-03T08:00:00Z"), add("2026-03-03T08:00:00Z")
    assert [one["n_events"] for one in (first, second, again)] == [{"P-1": 1}, {"P-1": 2}, {"P-1": 2}]
    assert [one["n_added"] for one in (first, second, again)] == [1, 1, 0]
    ids = {one["id"]: one["end_utc"] for one in second["events"]}  # type: ignore[attr-defined]
    assert [ids[name] for name in second["added_ids"]] == ["2026-03-03T08:00:00Z"]  # type: ignore[attr-defined]
    assert again["added_ids"] == []


def test_an_event_without_length_is_refused_when_it_is_made_and_when_it_is_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ("--project", str(tmp_path / "p"), "--asset", "P-1")
    same = ("--start", "2026-03-03T05:00:00Z", "--end", "2026-03-03T05:00:00Z")
    assert run(["labels", "add", "--name", "x", *same, *at]) == 2
    assert "ends where it starts" in capsys.readouterr().err
    assert run(["labels", "add", "--name", "x", *SPAN, *at]) == 0
    with Project.open(tmp_path / "p") as project:
        from workbench.services.label_layers import newest_layer

        (event,) = newest_layer(project, "P-1")
    assert run(["labels", "change", event.id, *same, *at]) == 2


def test_a_whole_pump_is_only_excluded_where_that_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = ["logs", "exclude", "--project", str(folder), "--asset", "P-2"]
    assert run(at) == 2
    assert "--all" in capsys.readouterr().err
    assert run([*at, "--all"]) == 0
    assert run([*at, "--start", "1970-01-02T00:00:00Z"]) == 0


def test_an_operating_state_outside_the_log_is_refused_with_how_far_it_reaches(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ["logs", "set-regime", "--project", str(folder), "--asset", "P-1", "--name", "steady"]
    assert run([*at, "--start", "2030-01-01T00:00:00Z", "--end", "2030-01-02T00:00:00Z"]) == 2
    assert "reaches from 1970-01-01T00:00:00Z to 1970-01-03T00:00:00Z" in capsys.readouterr().err
    assert run([*at, *SPAN]) == 0


@pytest.mark.parametrize(
    "words",
    [
        ("logs", "export"), ("labels", "export"), ("logs", "layout-export", "--name", "x"),
        ("logs", "spectrum", "--channel", "PI-1"), ("logs", "envelope", "--channel", "PI-1"),
    ],
)  # fmt: skip
def test_a_file_to_write_is_looked_at_before_the_work_and_no_folder_is_made_for_it(
    words: tuple[str, ...], folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for out, told in ((tmp_path / "nope" / "x.csv", f"There is no folder {tmp_path / 'nope'}"), (tmp_path, "is a folder")):
        assert run([*words, "--project", str(folder), "--asset", "P-1", "--out", str(out)]) == 2
        assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
