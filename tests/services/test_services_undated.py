"""Logs without a start lie behind one another, never on one another; of a waveform only whole equal stretches are known."""

from __future__ import annotations

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
