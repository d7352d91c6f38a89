"""Screening and scoring of log files, on made-up logs and on the Skoltech benchmark where it is there."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray

from tests.services.learning_fixtures import RECIPE, make_fleet, write_csv
from workbench.core.errors import InputError, RequestError
from workbench.core.jobs import Job
from workbench.learning.run import load_run
from workbench.project.store import Project
from workbench.services.scoring import ScoreRequest, score
from workbench.services.screening import ScreenRequest, screen
from workbench.services.training import TrainRequest, train

WINDOW = 20
"""Rows of a window of `RECIPE`, one a minute."""


def read_rows(path: str | Path) -> list[dict[str, str]]:
    with Path(path).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def column(path: str | Path, name: str) -> NDArray[np.int64]:
    return np.array([int(row[name]) for row in read_rows(path)])


def test_screening_writes_one_line_for_each_row_after_the_reference(tmp_path: Path) -> None:
    log = write_csv(tmp_path / "P-1001A.csv", "P-1001A", seed=1, n=1000)
    result = screen(ScreenRequest(paths=(str(log),), reference_rows=400, out=str(tmp_path / "out")), Job())
    (found,) = result.logs
    assert str(tmp_path / "out" / "P-1001A.scores.csv") == found.scores
    rows = read_rows(found.scores or "")
    assert list(rows[0]) == ["time_utc", "score", "threshold", "alarm"]
    assert 600 == len(rows) == found.rows
    assert rows[0]["time_utc"] == "2026-03-02T06:40:00Z"
    alarm = column(found.scores or "", "alarm")
    assert found.alarm_rows == alarm.sum()
    assert alarm[140:300].all()
    assert not alarm[:100].any()
    assert found.n_alarms == np.count_nonzero(np.diff(alarm, prepend=0) == 1)
    longest = max(found.alarms, key=lambda span: span.rows)
    inside = [row for row in rows if longest.start_utc <= row["time_utc"] <= longest.end_utc]
    assert longest.rows == len(inside) >= 160
    assert {row["alarm"] for row in inside} == {"1"}
    assert all((float(row["score"]) >= float(row["threshold"])) == (row["alarm"] == "1") for row in rows)


def test_the_reference_can_end_at_an_instant(tmp_path: Path) -> None:
    log = write_csv(tmp_path / "log.csv", "P-1001A", seed=1, n=1000)
    by_rows = screen(ScreenRequest(paths=(str(log),), reference_rows=400, out=str(tmp_path / "a")), Job())
    until = screen(ScreenRequest(paths=(str(log),), reference_until="2026-03-02T06:39:00Z", out=str(tmp_path / "b")), Job())
    assert Path(by_rows.logs[0].scores or "").read_bytes() == Path(until.logs[0].scores or "").read_bytes()


def test_logs_of_one_name_do_not_overwrite_each_other(tmp_path: Path) -> None:
    paths = []
    for number in range(2):
        (tmp_path / str(number)).mkdir()
        paths.append(str(write_csv(tmp_path / str(number) / "1.csv", "P-1001A", seed=number, n=300)))
    result = screen(ScreenRequest(paths=tuple(paths), reference_rows=100, out=str(tmp_path / "out")), Job())
    assert [Path(log.scores or "").name for log in result.logs] == ["1.scores.csv", "1-2.scores.csv"]
    assert paths == [log.source for log in result.logs]


def test_label_columns_are_left_out_and_named(tmp_path: Path) -> None:
    log = write_csv(tmp_path / "log.csv", "P-1001A", seed=1, n=300)
    lines = log.read_text(encoding="utf-8").splitlines()
    labelled = [f"{lines[0]},anomaly", *(f"{line},{int(number > 200)}" for number, line in enumerate(lines[1:]))]
    log.write_text("\n".join(labelled) + "\n", encoding="utf-8")
    (found,) = screen(ScreenRequest(paths=(str(log),), reference_rows=100), Job()).logs
    assert "anomaly" not in found.channels_used
    assert "anomaly" in {item["channel"] for item in found.left_out}


def test_screening_needs_a_reference(tmp_path: Path) -> None:
    log = write_csv(tmp_path / "log.csv", "P-1001A", seed=1, n=100)
    with pytest.raises(RequestError, match="known to be good"):
        screen(ScreenRequest(paths=(str(log),)), Job())
    with pytest.raises(InputError, match="has 100 rows"):
        screen(ScreenRequest(paths=(str(log),), reference_rows=400), Job())


@pytest.fixture(scope="module")
def champion(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    root = tmp_path_factory.mktemp("scoring")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_HOME", str(root / "home"))
        make_fleet(root / "project")
        (root / "recipe.toml").write_text(RECIPE, encoding="utf-8")
        result = train(TrainRequest(recipe=str(root / "recipe.toml"), project=str(root / "project")), Job())
    return root / "project", result.champion or ""


def test_scores_of_a_run_are_what_bare_onnxruntime_gives_on_the_raw_windows(champion: tuple[Path, str], tmp_path: Path) -> None:
    folder, run = champion
    log = write_csv(tmp_path / "P-7001B.csv", "P-7001B", seed=4)
    request = ScoreRequest(
        model=run, paths=(str(log),), out=str(tmp_path / "o"), project=str(folder), windows_out=str(tmp_path / "w")
    )
    (found,) = score(request, Job()).logs
    windows = np.load(tmp_path / "w" / "P-7001B.windows.npy")
    rows = read_rows(tmp_path / "w" / "P-7001B.windows.csv")
    assert np.float32 == windows.dtype
    assert (found.n_scored, 20, 4) == windows.shape
    with Project.open(folder) as project:
        model = load_run(project.objects.tree_path("run", run)).model_path
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    bare = session.run(["score"], {"trend": windows})[0]
    assert [int(row["alarm"]) for row in rows] == (bare >= 0.5).astype(int).tolist()
    np.testing.assert_allclose([float(row["score"]) for row in rows], bare, atol=1e-6)
    assert 0 < sum(bare >= 0.5) < len(bare)


def test_each_row_carries_the_newest_windows_score(champion: tuple[Path, str], tmp_path: Path) -> None:
    folder, run = champion
    log = write_csv(tmp_path / "P-7001B.csv", "P-7001B", seed=4)
    request = ScoreRequest(
        model=run, paths=(str(log),), out=str(tmp_path / "o"), project=str(folder), windows_out=str(tmp_path / "w")
    )
    (found,) = score(request, Job()).logs
    rows = read_rows(found.scores)
    ends = {row["end_utc"]: row["score"] for row in read_rows(tmp_path / "w" / "P-7001B.windows.csv")}
    assert 2880 == len(rows) == found.rows
    assert (rows[0]["score"], rows[0]["alarm"]) == ("", "0")
    assert all(ends[row["time_utc"]] == row["score"] for row in rows if row["time_utc"] in ends)
    assert {"0.5"} == {row["threshold"] for row in rows}


def test_the_next_days_file_is_scored_as_if_it_were_the_same_log(champion: tuple[Path, str], tmp_path: Path) -> None:
    folder, run = champion
    whole = write_csv(tmp_path / "P-7001B.csv", "P-7001B", seed=4, n=1000)
    head, *lines = whole.read_text(encoding="utf-8").splitlines()
    days = [tmp_path / "P-7001B-1.csv", tmp_path / "P-7001B-2.csv"]
    for path, part in zip(days, (lines[:505], lines[505:]), strict=True):
        path.write_text("\n".join([head, *part]) + "\n", encoding="utf-8")
    given = {"model": run, "project": str(folder), "out": str(tmp_path / "o"), "windows_out": str(tmp_path / "w")}
    score(ScoreRequest(paths=(str(whole),), **given), Job())
    score(ScoreRequest(paths=tuple(map(str, days)), **given), Job())
    rows = [read_rows(tmp_path / "o" / f"{name}.scores.csv") for name in ("P-7001B", "P-7001B-1", "P-7001B-2")]
    apart = rows[1] + rows[2]
    assert [(row["time_utc"], row["alarm"]) for row in rows[0]] == [(row["time_utc"], row["alarm"]) for row in apart]
    scores = [[float(row["score"] or "nan") for row in one] for one in (rows[0], apart)]
    np.testing.assert_allclose(scores[0], scores[1], atol=1e-6)
    windows = [np.load(tmp_path / "w" / f"{name}.windows.npy") for name in ("P-7001B", "P-7001B-1", "P-7001B-2")]
    np.testing.assert_array_equal(windows[0], np.concatenate(windows[1:]))


def test_a_score_kept_to_an_operating_state_is_that_of_windows_wholly_in_it(champion: tuple[Path, str], tmp_path: Path) -> None:
    folder, run = champion
    log = write_csv(tmp_path / "P-7001B.csv", "P-7001B", seed=4)
    head, *lines = log.read_text(encoding="utf-8").splitlines()
    for row in range(1000, 1300):  # a stop: nothing but the stamp and zeros
        lines[row] = ",".join([lines[row].split(",")[0], *["0"] * head.count(",")])
    log.write_text("\n".join([head, *lines, ""]), encoding="utf-8")
    given = {"model": run, "project": str(folder), "paths": (str(log),)}
    with pytest.raises(InputError, match="was never dry run"):
        score(ScoreRequest(out=str(tmp_path / "no"), regimes=("dry run",), **given), Job())
    whole, kept = (
        read_rows(score(ScoreRequest(out=str(tmp_path / name), regimes=states, **given), Job()).logs[0].scores)
        for name, states in (("all", ()), ("steady", ("steady",)))
    )
    scored = [number for number, row in enumerate(kept) if row["score"]]
    assert all(kept[number]["score"] == whole[number]["score"] for number in scored)
    assert any(row["score"] for row in whole[1000:1300])
    assert not [number for number in scored if 1000 <= number < 1300 + WINDOW - 1]
    assert len(scored) > 2000


def test_units_are_converted_to_the_models(champion: tuple[Path, str], tmp_path: Path) -> None:
    folder, run = champion
    log = write_csv(tmp_path / "P-7001B.csv", "P-7001B", seed=4, n=600)
    lines = log.read_text(encoding="utf-8").splitlines()
    other = [lines[0].replace("[m3/h]", "[L/s]")]
    for line in lines[1:]:
        cells = line.split(",")
        other.append(",".join([*cells[:2], f"{float(cells[2]) / 3.6:.6f}", *cells[3:]]))
    second = tmp_path / "P-7002B.csv"
    second.write_text("\n".join(other) + "\n", encoding="utf-8")
    request = ScoreRequest(model=run, paths=(str(log), str(second)), out=str(tmp_path / "o"), project=str(folder))
    first, converted = (read_rows(found.scores) for found in score(request, Job()).logs)
    for ours, theirs in zip(first, converted, strict=True):
        assert ours["alarm"] == theirs["alarm"]


def test_a_log_without_a_channel_of_the_model_is_refused_by_name(champion: tuple[Path, str], tmp_path: Path) -> None:
    folder, run = champion
    log = tmp_path / "other.csv"
    rows = [f"2026-03-02T00:{minute:02d}:00Z,{minute}.5,{minute}.25" for minute in range(60)]
    log.write_text("\n".join(["time_utc,SI-1 [rpm],FI-1 [m3/h]", *rows]) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"no channel for .*PI"):
        score(ScoreRequest(model=run, paths=(str(log),), out=str(tmp_path), project=str(folder)), Job())


def test_a_run_needs_its_project(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a bundle file"):
        score(ScoreRequest(model="abc", paths=("x.csv",), out=str(tmp_path)), Job())


@pytest.mark.data
def test_the_default_holds_its_own_on_the_skoltech_benchmark(pump_data: Path, tmp_path: Path) -> None:
    logs = sorted((pump_data / "skab" / "valve1").glob("*.csv")) + sorted((pump_data / "skab" / "other").glob("*.csv"))
    result = screen(ScreenRequest(paths=tuple(map(str, logs)), reference_rows=400, out=str(tmp_path)), Job())
    alarm = np.concatenate([column(log.scores or "", "alarm") for log in result.logs])
    truth = np.concatenate([labels_of(log)[400:] for log in logs])
    f1, far, mar = confusion(alarm, truth)
    always = confusion(np.ones_like(truth), truth)
    print(f"\nscreen        F1 {f1:.3f}  FAR {far:.1%}  MAR {mar:.1%}")
    print(f"always alarm  F1 {always[0]:.3f}  FAR {always[1]:.1%}  MAR {always[2]:.1%}")
    assert f1 >= 0.82
    assert far <= 0.15
    for log in result.logs:
        assert not {"anomaly", "changepoint", "Temperature", "Thermocouple"} & set(log.channels_used)


@pytest.mark.data
def test_names_that_say_nothing_make_little_difference(pump_data: Path, tmp_path: Path) -> None:
    paths = []
    for path in sorted((pump_data / "skab" / "valve1").glob("*.csv")):
        lines = path.read_text(encoding="utf-8").splitlines()
        renamed = tmp_path / path.name
        header = ["datetime", *(f"x{number}" for number in range(8))]
        body = [";".join(line.split(";")[:9]) for line in lines[1:]]
        renamed.write_text("\n".join([";".join(header), *body]) + "\n", encoding="utf-8")
        paths.append(str(renamed))
    result = screen(ScreenRequest(paths=tuple(paths), reference_rows=400, out=str(tmp_path / "out")), Job())
    alarm = np.concatenate([column(log.scores or "", "alarm") for log in result.logs])
    truth = np.concatenate([labels_of(path)[400:] for path in sorted((pump_data / "skab" / "valve1").glob("*.csv"))])
    f1, far, _ = confusion(alarm, truth)
    assert f1 >= 0.75
    assert far <= 0.15


def labels_of(path: Path) -> NDArray[np.int64]:
    with path.open(encoding="utf-8", newline="") as stream:
        return np.array([int(float(row["anomaly"])) for row in csv.DictReader(stream, delimiter=";")])


def confusion(alarm: NDArray[np.int64], truth: NDArray[np.int64]) -> tuple[float, float, float]:
    hits, false = int((alarm & truth).sum()), int((alarm & (1 - truth)).sum())
    missed = int(((1 - alarm) & truth).sum())
    return 2 * hits / (2 * hits + false + missed), false / int((1 - truth).sum()), missed / int(truth.sum())
