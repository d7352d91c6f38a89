"""Thousands of files, logs and channels: an import's work grows with them, not with their square. It is counted, not timed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from workbench.core.jobs import Job
from workbench.logs.parse import parse_logs
from workbench.logs.readers import typed_rows
from workbench.logs.readers.byte_stream import find_stream_sources
from workbench.logs.readers.json_stream import JsonNames, find_json_names
from workbench.logs.readers.table import Header, NumberCells, Segment, TimeColumns
from workbench.logs.recordings import recording as recordings
from workbench.logs.tables import segments
from workbench.project.acts import Act, Item
from workbench.project.store import Project
from workbench.services.logs import ImportRequest, ImportResult, import_logs

START = np.datetime64("2026-03-12T00:00:00")


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Callable[[object, str], list[None]]:
    """Count the calls of a function of a module from now on."""

    def count(module: object, name: str) -> list[None]:
        calls: list[None] = []
        real = getattr(module, name)

        def counting(*given: object, **named: object) -> object:
            calls.append(None)
            return real(*given, **named)

        monkeypatch.setattr(module, name, counting)
        return calls

    return count


def segment(number: int, names: tuple[str, ...] | None) -> Segment:
    """`encoding` tells it from all others."""
    headers = None if names is None else tuple(map(_header, ("time", *names)))
    return Segment(
        source=f"{number}.csv", source_index=number, layout="wide", headers=headers, encoding=str(number),
        columns=tuple(NumberCells(np.arange(4.0)) for _ in range(3)), time=TimeColumns(kind="stamp", indexes=(0,), header="time"),
    )  # fmt: skip


def _header(name: str) -> Header:
    return Header(name=name)


def test_logs_of_other_channels_are_not_compared_with_each_other(counted) -> None:
    compared = counted(segments, "_belongs")
    groups = segments.group_segments([segment(k, (f"P-{k}", f"T-{k}")) for k in range(500)], join=None)
    assert (len(groups), compared) == (500, [])


def test_files_of_one_log_are_compared_with_it_once_each(counted) -> None:
    compared, named = counted(segments, "_belongs"), counted(segments, "column_keys")
    groups = segments.group_segments([segment(k, ("P-1", "T-1") if k % 3 == 0 else None) for k in range(500)], join=None)
    assert [len(group) for group in groups] == [500]
    assert (len(compared), len(named)) == (499, 500)


def test_one_column_after_the_other_is_found_without_going_through_all_of_them() -> None:
    names = tuple(f"P-{k % 4000}" for k in range(5000))
    one = replace(segment(0, names), columns=())
    keys = segments.column_keys(one)
    assert [segments.find_key(one, key) for key in keys] == list(range(1, 5001))
    assert segments.key_indexes(one) is segments.key_indexes(replace(one, source_index=1))
    assert (segments.find_key(one, ("P-3", 2)), segments.find_key(one, ("P-3", 3)), keys[4003]) == (4004, None, ("P-3", 2))
    assert segments.find_key(replace(one, time=replace(one.time, indexes=(1,))), ("P-0", 1)) == 4001


def test_segments_find_the_same_home_as_when_all_are_compared() -> None:
    rng = np.random.default_rng(11)
    names = [("P-1", "T-1"), ("P-1", "T-2"), ("P-1",), ("T-1", "P-1"), ("F-9", "F-9"), ("time2", "x"), None]
    for _ in range(40):
        made = []
        for number in range(30):
            own = names[rng.integers(len(names))]
            one = segment(number, own if own is None or len(own) == 2 else (*own, "spare"))
            if rng.random() < 0.3 and made:  # a second part of the same file
                one = replace(one, source=made[-1].source, source_index=made[-1].source_index)
            made.append(replace(one, time=replace(one.time, kind=("stamp", "none", "epoch")[rng.integers(3)])))
        for join in (None, True, False):
            found = segments.group_segments(made, join=join)
            named = {one.encoding: one for group in found for one in group}
            expected = _all_compared([named[one.encoding] for one in made], join=join)
            assert _numbers(found) == _numbers(expected)


def _numbers(groups: list[list[Segment]]) -> list[list[str]]:
    return [[one.encoding for one in group] for group in groups]


def _all_compared(made: list[Segment], *, join: bool | None) -> list[list[Segment]]:
    """Each segment held against every group."""
    groups: list[list[Segment]] = []
    for one in made:
        mine = set(segments.column_keys(one))
        keys = [set().union(*map(segments.column_keys, group)) for group in groups]
        home = next((k for k, group in enumerate(groups) if segments._belongs(one, group, (mine, keys[k]), join=join)), None)
        if home is None:
            groups.append([one])
        else:
            groups[home].append(one)
    return groups


@pytest.mark.parametrize("is_streamed", [True, False])
def test_times_of_json_records_are_not_weighed_as_numbers_one_by_one(is_streamed: bool, tmp_path: Path, counted) -> None:
    stamps = np.datetime_as_string(START + np.arange(2000) * np.timedelta64(1, "s"))
    path = tmp_path / "log.jsonl"
    lines = [f'{{"time": "{stamp}Z", "p": {k % 97 / 8}, "state": "run"}}\n' for k, stamp in enumerate(stamps)]
    path.write_text("".join(lines), encoding="utf-8")
    weighed = counted(typed_rows, "read_cell")
    if is_streamed:
        (source,) = find_stream_sources(path, is_optional=False) or ()
        assert find_json_names(source, lambda fraction: None) == JsonNames(names=("time", "p", "state"), n_cut_short=0)
    else:
        (found,) = parse_logs([path]).recordings
        assert (found.facts.rows, [channel.name for channel in found.facts.channels]) == (2000, ["p", "state"])
    assert len(weighed) < 20


def day(folder: Path, number: int) -> Path:
    stamps = START + np.timedelta64(number, "D") + np.arange(40) * np.timedelta64(30, "m")
    path = folder / f"P-2041A_{number:03d}.csv"
    rows = [f"{stamp}Z,{k % 97 / 8 + number}\n" for k, stamp in enumerate(stamps)]
    path.write_text("time,PI-2041A [bar]\n" + "".join(rows), encoding="utf-8")
    return path


def bring_in(project: Path, files: list[Path]) -> ImportResult:
    return import_logs(ImportRequest(paths=tuple(map(str, files)), project=str(project), join=False), Job())


def test_the_hundredth_day_of_a_pump_opens_no_more_than_the_tenth(tmp_path: Path, counted) -> None:
    files = [day(tmp_path, number) for number in range(24)]
    bring_in(tmp_path / "p", files[:6])
    opened = counted(recordings, "open_recording")
    bring_in(tmp_path / "p", files[6:7])
    early = len(opened)
    bring_in(tmp_path / "p", files[7:23])
    opened.clear()
    found = bring_in(tmp_path / "p", files[23:])
    assert len(opened) == early <= 8
    assert found.recordings[0].continues == files[22].name


def test_a_list_of_items_that_is_kept_follows_other_programs(tmp_path: Path) -> None:
    with Project.open(tmp_path / "p", home=tmp_path) as one, Project.open(tmp_path / "p", home=tmp_path) as other:
        assert one.items("note") == other.items("note") == []
        first = Item(kind="note", id="1", name="first", asset="P-1")
        other.record(Act(act="note", what="one", item=first))
        assert [item.name for item in one.items("note", "P-1")] == ["first"]
        one.record(Act(act="note", what="changed", item=Item(kind="note", id="1", name="second", asset="P-1")))
        assert [item.name for item in other.items("note")] == [item.name for item in one.items("note")] == ["second"]
        one.items("note").clear()
        assert len(one.items("note")) == 1
