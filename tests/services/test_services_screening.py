"""Screening with what else is known: works on the pump, operating states, and the layers of a project."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

import numpy as np
import pytest

from workbench.core.clock import NS_PER_S, format_utc, parse_utc
from workbench.core.errors import InputError, QuestionOpen, RequestError
from workbench.core.jobs import Job, JobEvent, Partial
from workbench.logs import parse
from workbench.services import log_streams, score_files
from workbench.services.corrections import ExcludeRequest, exclude
from workbench.services.derived_channels import ChannelAddRequest, add_channel
from workbench.services.drift import DriftRequest, measure_drift
from workbench.services.labels import LabelsImportRequest, import_labels
from workbench.services.logs import ImportRequest, import_logs
from workbench.services.score_files import parse_each
from workbench.services.scoring import ScoreRequest
from workbench.services.screening import ScreenRequest, screen

START_NS = parse_utc("2026-03-02T00:00:00Z")
N, WORK = 3000, 1500


def at(row: int) -> str:
    return format_utc(START_NS + row * 60 * NS_PER_S)


def write_log(folder: Path, *, shift: float = 4.0, stop: tuple[int, int] = (0, 0)) -> Path:
    """A pump whose head is another one after a new impeller in the middle of its log; it may stand for a while."""
    rng = np.random.default_rng(3)
    flow, current = 120 + 0.4 * rng.normal(size=N), 50 + 0.2 * rng.normal(size=N)
    discharge = 12 + 0.05 * rng.normal(size=N)
    discharge[WORK:] += shift
    for column, low in ((flow, 0.0), (current, 0.1), (discharge, 2.0)):
        column[stop[0] : stop[1]] = low + 0.01 * rng.normal(size=stop[1] - stop[0])
    rows = [f"{at(k)},{flow[k]:.4f},{current[k]:.4f},{discharge[k]:.4f},{2 + 0.01 * (k % 7):.3f}" for k in range(N)]
    path = folder / "P-2041A.csv"
    header = "time_utc,FI-2041A [m3/h],II-2041A [A],PI-2041A [bar],PI-2040A [bar]"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def write_work(folder: Path) -> Path:
    path = folder / "works.csv"
    line = f"P-2041A,new impeller,{at(WORK - 5)},{at(WORK)},real,maintenance,impeller"
    path.write_text(f"asset,name,start_utc,end_utc,state,kind,action\n{line}\n", encoding="utf-8")
    return path


def test_after_a_work_the_pump_is_held_against_what_it_is_since(tmp_path: Path) -> None:
    log, work = write_log(tmp_path), write_work(tmp_path)
    (plain,) = screen(ScreenRequest(paths=(str(log),), reference_rows=400), Job()).logs
    assert plain.alarm_rows > 1400
    assert plain.periods == ()
    request = ScreenRequest(paths=(str(log),), reference_rows=400, events=str(work), out=str(tmp_path / "o"))
    (found,) = screen(request, Job()).logs
    assert found.alarm_rows < 50
    assert [(one.ended_by, one.reference_rows) for one in found.periods] == [("new impeller", 400), ("", 400)]
    with Path(found.scores or "").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert (found.rows, len(rows), rows[0]["time_utc"]) == (2600, 2600, at(400))
    scored = {row["time_utc"]: row for row in rows}
    assert scored[at(WORK + 100)]["score"] == ""
    assert scored[at(WORK + 100)]["alarm"] == "0"
    assert float(scored[at(WORK + 500)]["score"]) < float(scored[at(WORK + 500)]["threshold"])


def test_a_reference_that_ends_after_a_work_begins_with_it(tmp_path: Path) -> None:
    log, work = write_log(tmp_path), write_work(tmp_path)
    request = ScreenRequest(paths=(str(log),), reference_until=at(WORK + 600), events=str(work))
    (found,) = screen(request, Job()).logs
    assert found.rows == N - WORK - 601
    assert found.alarm_rows < 30


def test_what_follows_a_work_too_shortly_has_no_score_and_says_why(tmp_path: Path) -> None:
    log, work = write_log(tmp_path), write_work(tmp_path)
    (found,) = screen(ScreenRequest(paths=(str(log),), reference_rows=1490, events=str(work)), Job()).logs
    assert found.periods[1].why == ""
    work.write_text(work.read_text(encoding="utf-8").replace(at(WORK), at(N - 20)), encoding="utf-8")
    (found,) = screen(ScreenRequest(paths=(str(log),), reference_rows=400, events=str(work)), Job()).logs
    assert "at least 30" in found.periods[1].why
    with pytest.raises(InputError, match="between works"):
        screen(ScreenRequest(paths=(str(log),), reference_rows=1600, events=str(work)), Job())


def test_a_stop_is_not_scored_and_a_state_can_be_named(tmp_path: Path) -> None:
    log = write_log(tmp_path, shift=0.0, stop=(2000, 2300))
    (found,) = screen(ScreenRequest(paths=(str(log),), reference_rows=400, out=str(tmp_path / "o")), Job()).logs
    assert found.hours["stopped"] == pytest.approx(5.0, abs=0.1)
    with Path(found.scores or "").open(encoding="utf-8", newline="") as stream:
        rows = {row["time_utc"]: row for row in csv.DictReader(stream)}
    assert all(rows[at(k)]["score"] == "" for k in range(2010, 2290, 40))
    assert found.alarm_rows < 30
    (steady,) = screen(ScreenRequest(paths=(str(log),), reference_rows=400, regimes=("steady",)), Job()).logs
    assert (steady.regimes, steady.alarm_rows < 30) == (("steady",), True)
    with pytest.raises(InputError, match="never dry run"):
        screen(ScreenRequest(paths=(str(log),), reference_rows=400, regimes=("dry run",)), Job())


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    folder = str(tmp_path / "p")
    import_logs(ImportRequest(paths=(str(write_log(tmp_path)),), project=folder), Job())
    return folder


def test_a_project_is_screened_through_its_layers(project: str, tmp_path: Path) -> None:
    request = ScreenRequest(project=project, reference_rows=400)
    (plain,) = screen(request, Job()).logs
    assert (plain.source, plain.alarm_rows > 1400) == ("P-2041A", True)
    add_channel(ChannelAddRequest(formula='"PI-2041A" - "PI-2040A"', name="rise", project=project), Job())
    import_labels(LabelsImportRequest(path=str(write_work(tmp_path)), project=project), Job())
    (found,) = screen(request, Job()).logs
    assert "rise" in found.channels_used
    assert [one.ended_by for one in found.periods] == ["new impeller", ""]
    assert found.alarm_rows < 50
    exclude(ExcludeRequest(project=project, asset="P-2041A", channel="FI-2041A"), Job())
    (found,) = screen(request, Job()).logs
    assert "FI-2041A" not in found.channels_used
    with pytest.raises(RequestError, match="one is screened at a time"):
        screen(ScreenRequest(project=project, paths=("x.csv",), reference_rows=400), Job())
    with pytest.raises(RequestError, match="nothing to screen"):
        screen(ScreenRequest(reference_rows=400), Job())


def test_drift_watches_derived_channels_and_states_of_files(project: str, tmp_path: Path) -> None:
    add_channel(ChannelAddRequest(formula='"PI-2041A" - "PI-2040A"', name="rise", project=project), Job())
    found = {one.channel: one for one in measure_drift(DriftRequest(project=project, every=3600), Job()).channels}
    assert found["rise"].reference_median == pytest.approx(10.0, abs=0.1)
    assert found["rise"].is_over
    log = str(write_log(tmp_path, shift=0.0, stop=(2000, 2300)))
    whole = measure_drift(DriftRequest(paths=(log,), every=3600), Job())
    steady = measure_drift(DriftRequest(paths=(log,), every=3600, regimes=("steady",)), Job())
    assert min(one.n_analysis for one in whole.channels) - max(one.n_analysis for one in steady.channels) > 100


def test_a_log_too_large_for_memory_is_screened_and_watched_as_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    log, scratch = write_log(tmp_path, stop=(700, 800)), tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    whole = screen(ScreenRequest(paths=(str(log),), reference_rows=400, out=str(tmp_path / "whole")), Job())
    drift = measure_drift(DriftRequest(paths=(str(log),)), Job())
    monkeypatch.setattr(log_streams, "STREAM_FROM_BYTES", 10)
    monkeypatch.setattr(parse, "parse_logs", None)  # nothing is read whole
    monkeypatch.setattr(score_files, "_BLOCK_ROWS", 500)
    stored = screen(ScreenRequest(paths=(str(log),), reference_rows=400, out=str(tmp_path / "stored")), Job())
    assert [one.hours for one in stored.logs] == [one.hours for one in whole.logs]
    assert Path(stored.logs[0].scores or "").read_bytes() == Path(whole.logs[0].scores or "").read_bytes()
    assert measure_drift(DriftRequest(paths=(str(log),)), Job()) == drift
    assert list(scratch.iterdir()) == []


def test_a_log_whose_days_or_months_come_first_is_not_screened_before_somebody_says_which(tmp_path: Path) -> None:
    rows = [f"04/07/2026 {k // 60:02d}:{k % 60:02d},{4 + 0.1 * (k % 7):.2f},{50 + 0.3 * (k % 5):.2f}" for k in range(900)]
    path = tmp_path / "log.csv"
    path.write_text("\n".join(["time,PI-1 [bar],FI-1 [m3/h]", *rows]) + "\n", encoding="utf-8")
    out = tmp_path / "out"
    with pytest.raises(QuestionOpen) as refused:
        screen(ScreenRequest(paths=(str(path),), reference_rows=400, out=str(out)), Job())
    assert refused.value.exit_code == 2
    assert refused.value.questions == ("DAY_MONTH_AMBIGUOUS",)
    assert not list(out.glob("*.csv"))
    with pytest.raises(QuestionOpen):  # `score` reads its files this way too
        next(parse_each((str(path),), ScoreRequest(model="run", paths=(str(path),), out=str(out)), Job(), join=False))
    answered = ScreenRequest(paths=(str(path),), reference_rows=400, out=str(out), answer=("DAY_MONTH_AMBIGUOUS=DMY",))
    result = screen(answered, Job())
    assert result.logs[0].rows == 500
    assert [one.code for one in result.questions] == ["ZONE_UNKNOWN"]


def test_a_log_that_can_not_be_screened_does_not_stop_the_others_where_that_was_asked(tmp_path: Path) -> None:
    log, short = write_log(tmp_path), tmp_path / "P-2042A.csv"
    short.write_text("\n".join(log.read_text(encoding="utf-8").splitlines()[:200]) + "\n", encoding="utf-8")
    paths = (str(short), str(log))
    with pytest.raises(InputError, match="the reference takes 400"):
        screen(ScreenRequest(paths=paths, reference_rows=400), Job())
    told: list[JobEvent] = []
    refused, found = screen(ScreenRequest(paths=paths, reference_rows=400, keep_going=True), Job(told.append)).logs
    assert "the reference takes 400" in refused.why
    assert (refused.rows, refused.n_scored) == (0, 0)
    assert (found.why, found.alarm_rows > 1400, found.n_scored > found.alarm_rows) == ("", True, True)
    assert [event.value for event in told if isinstance(event, Partial)] == [refused, found]


def test_the_progress_over_a_projects_pumps_ends_where_the_pumps_end(tmp_path: Path) -> None:
    project = str(tmp_path / "project")
    for tag in ("P-2041A", "P-2042A", "P-2043A"):
        folder = tmp_path / tag
        folder.mkdir()
        log = write_log(folder).rename(folder / f"{tag}.csv")
        log.write_text(log.read_text(encoding="utf-8").replace("2041A", tag[2:]), encoding="utf-8")
        import_logs(ImportRequest(paths=(str(log),), project=project, zone="UTC"), Job())
    said: list[tuple[float | None, str]] = []
    job = Job()
    job.progress = lambda fraction, message="": said.append((fraction, message))  # type: ignore[method-assign]
    screen(ScreenRequest(project=project, reference_rows=400), job)
    shares = [round(fraction or 0.0, 3) for fraction, message in said if message.startswith("Screening ")]
    assert shares == [round((number + 0.7) / 3, 3) for number in range(3)]
