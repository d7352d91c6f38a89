"""Logs without a start lie behind one another, never on one another; of a waveform only whole equal stretches are known."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
import scipy.io

from workbench.core.clock import NS_PER_S
from workbench.core.jobs import Job
from workbench.project.store import Project
from workbench.services.logs import ImportRequest, ImportResult, import_logs
from workbench.services.recordings import open_project_recordings

RATE_HZ = 10_000
N_ROWS = 20_000


def burst(path: Path, seed: int, **more: object) -> Path:
    """Samples on a coarse grid, so that those of two bursts often agree."""
    values = np.round(np.random.default_rng(seed).normal(0, 1, N_ROWS))
    path.parent.mkdir(parents=True, exist_ok=True)
    scipy.io.savemat(path, {"vib": values, "fs": RATE_HZ, **more})
    return path


def bring_in(project: Path, *paths: Path, answer: tuple[str, ...] = ()) -> ImportResult:
    request = ImportRequest(
        paths=tuple(map(str, paths)), project=str(project), asset="P-1", answer=answer, remember=False
    )  # fmt: skip
    return import_logs(request, Job())


def stored(project: Path) -> list[tuple[str, int, int, np.ndarray]]:
    """(source, first ns, last ns, values) of all recordings, by their first instants."""
    with Project.open(project) as opened:
        assert opened.check() == []
        found = []
        for item, recording in open_project_recordings(opened, ("P-1",), group=None):
            facts = recording.summary
            first, last = recording.times_ns[[0, -1]].tolist()
            assert (first, last) == (facts.first_ns, facts.last_ns)
            found.append((item.name, first, last, np.array(recording.values(recording.channels[0].name))))
        return found


def test_undated_bursts_keep_all_samples_and_lie_one_behind_the_other(tmp_path: Path) -> None:
    names = ["a.mat", "b.mat", "c.mat"]
    for seed, name in enumerate(names):
        burst(tmp_path / "in" / name, seed)
    result = bring_in(tmp_path / "p", tmp_path / "in")
    assert "ALREADY_THERE" not in {one.code for recording in result.recordings for one in recording.findings}
    found = stored(tmp_path / "p")
    assert [name for name, *_ in found] == names
    assert [first // NS_PER_S for _, first, *_ in found] == [0, 60, 120]
    for seed, (_, _, _, values) in enumerate(found):
        np.testing.assert_array_equal(values, np.round(np.random.default_rng(seed).normal(0, 1, N_ROWS)))
    said = [[one.text for one in recording.findings if one.code == "START_UNKNOWN"] for recording in result.recordings]
    assert [len(texts) for texts in said] == [0, 1, 1]
    assert "1970-01-01T00:02:00Z" in said[2][0]


def test_the_same_undated_files_again_bring_nothing_new_and_one_with_its_start_takes_its_place(tmp_path: Path) -> None:
    files = [burst(tmp_path / name, seed) for seed, name in enumerate(("a.mat", "b.mat"))]
    bring_in(tmp_path / "p", *files)
    assert len(bring_in(tmp_path / "p", *files).nothing_new) == 2
    again = bring_in(tmp_path / "p", files[1], answer=("TIME_RELATIVE=2026-03-15T08:00:00Z",))
    assert again.replaced == ("b.mat was read before, without its start; this takes its place.",)
    assert len(bring_in(tmp_path / "p", files[1]).nothing_new) == 1
    assert [name for name, *_ in stored(tmp_path / "p")] == ["a.mat", "b.mat"]


def test_undated_trends_keep_their_time_of_day_and_all_rows(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        rows = [f"{k},{k % 7},{k * 3 % 11}" for k in range(500)]
        (tmp_path / name).write_text("t [s],PI-1 [bar],TI-1 [degC]\n" + "\n".join(rows) + "\n", encoding="utf-8")
        bring_in(tmp_path / "p", tmp_path / name)
    assert [(first // NS_PER_S, len(values)) for _, first, _, values in stored(tmp_path / "p")] == [(0, 500), (86_400, 500)]


@pytest.mark.parametrize("shift", [0, N_ROWS // 2])
def test_single_equal_samples_of_dated_bursts_stay_and_a_whole_equal_stretch_is_known(tmp_path: Path, shift: int) -> None:
    start = np.datetime64("2026-03-15T08:00:00")
    moved = start + np.timedelta64(round(shift / RATE_HZ * 1e6), "us")
    one, other = burst(tmp_path / "a.mat", 1), burst(tmp_path / "b.mat", 2)
    bring_in(tmp_path / "p", one, answer=(f"TIME_RELATIVE={start}Z",))
    result = bring_in(tmp_path / "p", other, answer=(f"TIME_RELATIVE={moved}Z",))
    assert (result.recordings[0].rows, result.recordings[0].n_known_rows) == (N_ROWS, 0)
    values = np.round(np.random.default_rng(1).normal(0, 1, N_ROWS))
    scipy.io.savemat(tmp_path / "c.mat", {"vib": np.append(values[shift:], np.arange(500)), "fs": RATE_HZ})
    (longer,) = bring_in(tmp_path / "q", one, answer=(f"TIME_RELATIVE={start}Z",)).recordings
    (longer,) = bring_in(tmp_path / "q", tmp_path / "c.mat", answer=(f"TIME_RELATIVE={moved}Z",)).recordings
    assert (longer.rows, longer.n_known_rows) == (500, N_ROWS - shift)


def starts(result: ImportResult) -> list[tuple[str | None, int]]:
    return [(one.first_utc, one.n_bursts) for one in result.recordings]


NAMES = ("P-101_2026-03-10_080000.mat", "P-101_2026-03-11_080000.mat", "P-101_2026-03-12_093015.mat")


def test_bursts_begin_when_their_names_say_and_become_one_recording(tmp_path: Path) -> None:
    for seed, name in enumerate(NAMES):
        burst(tmp_path / "in" / name, seed)
    result = bring_in(tmp_path / "p", tmp_path / "in")
    assert starts(result) == [("2026-03-10T08:00:00Z", 3)]
    codes = [question.code for question in result.questions]
    assert "ZONE_UNKNOWN" in codes
    assert "TIME_RELATIVE" not in codes
    ((_, _, last_ns, values),) = stored(tmp_path / "p")
    assert np.datetime64(last_ns, "ns").astype("datetime64[s]") == np.datetime64("2026-03-12T09:30:16")
    assert len(values) == 3 * N_ROWS


@pytest.mark.parametrize(("join", "n_bursts"), [(None, [3]), (False, [1, 1, 1])])
@pytest.mark.parametrize("answer", ["2026-05-01T00:00:00Z", "/25600 Hz"])
def test_one_answered_start_does_not_move_several_files_off_the_starts_in_their_names(
    tmp_path: Path, join: bool | None, n_bursts: list[int], answer: str
) -> None:
    files = [burst(tmp_path / name, seed) for seed, name in enumerate(NAMES)]
    request = ImportRequest(
        paths=tuple(map(str, files)), project=str(tmp_path / "p"), asset="P-1", join=join, answer=(f"TIME_RELATIVE={answer}",)
    )  # fmt: skip
    result = import_logs(request, Job())
    assert starts(result)[0] == ("2026-03-10T08:00:00Z", n_bursts[0])
    assert [n for _, n in starts(result)] == n_bursts


def test_one_answered_start_goes_before_the_name_of_one_file_but_a_rate_alone_does_not(tmp_path: Path) -> None:
    file = burst(tmp_path / NAMES[0], 1)
    assert starts(bring_in(tmp_path / "p", file, answer=("TIME_RELATIVE=/25600 Hz",))) == [("2026-03-10T08:00:00Z", 1)]
    assert starts(bring_in(tmp_path / "q", file, answer=("TIME_RELATIVE=2026-05-01T00:00:00Z",))) == [("2026-05-01T00:00:00Z", 1)]


@pytest.mark.parametrize("join", [None, False])
def test_one_answered_start_is_not_that_of_several_files_without_one(tmp_path: Path, join: bool | None) -> None:
    files = [burst(tmp_path / name, seed) for seed, name in enumerate(("a.mat", "b.mat"))]
    request = ImportRequest(
        paths=tuple(map(str, files)), project=str(tmp_path / "p"), asset="P-1", join=join,
        answer=("TIME_RELATIVE=2026-05-01T00:00:00Z",),
    )  # fmt: skip
    result = import_logs(request, Job())
    assert starts(result) == [("1970-01-01T00:00:00Z", 1), ("1970-01-01T00:01:00Z", 1)]
    assert any("one start can't be that of several files" in question.text for question in result.questions)


def test_the_name_of_an_archive_is_no_start_of_what_lies_in_it(tmp_path: Path) -> None:
    archive = tmp_path / "export_2026-03-16_100000.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        opened.write(burst(tmp_path / "a.mat", 1), "a.mat")
        opened.write(burst(tmp_path / NAMES[0], 2), f"deep/{NAMES[0]}")
    found = sorted(starts(bring_in(tmp_path / "p", archive)))
    assert found == [("1970-01-01T00:00:00Z", 1), ("2026-03-10T08:00:00Z", 1)]
