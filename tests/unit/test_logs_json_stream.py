"""JSON of any size is read record by record as it is in memory."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from pathlib import Path

import pytest

from tests.unit.test_logs_careful_stream import check_same, read_on_disk, tiny
from workbench.core.errors import LogFormatError
from workbench.logs.careful import fill
from workbench.logs.parse import ParseOptions, parse_logs
from workbench.logs.readers.byte_stream import StreamSource
from workbench.logs.readers.json_stream import find_json_names, json_rows
from workbench.logs.tables import preview

__all__ = ["tiny"]  # used by every test here
ZONE = ParseOptions(zone="UTC")
N = 700


def records() -> list[dict[str, object]]:
    """Rows of a pump: a flag, a hole, and a name that only the last one has."""
    made: list[dict[str, object]] = []
    for k in range(N):
        stamp = f"2026-03-12T08:{k // 60:02d}:{k % 60:02d}Z"
        made.append({"time": stamp, "p [bar]": 3.0 + k % 7 / 10, "flow": None if k % 50 == 3 else 270 + k % 11, "on": k % 90 > 3})
    made[-1]["vibration"] = 2.5
    return made


def lines(found: list[dict[str, object]]) -> str:
    return "".join(json.dumps(one) + "\n" for one in found)


def grouped() -> list[dict[str, object]]:
    return [{"time": one["time"], "fields": {name: value for name, value in one.items() if name != "time"}} for one in records()]


def long() -> list[dict[str, object]]:
    return [{"time": one["time"], "tag": tag, "value": one[tag]} for one in records() for tag in ("p [bar]", "flow")]


@pytest.mark.parametrize(
    "text",
    [
        lines(records()),
        json.dumps(records()),
        json.dumps(records(), indent=1),
        lines(grouped()),
        lines(long()),
        lines(records())[:-20],
        "\ufeff" + lines(records()).replace("\n", "\r\n"),
        json.dumps({"site": {"name": "A: [{"}, "tags": ["p", "flow"], "data": records(), "count": N}),
        json.dumps({"data": grouped()}, indent=2),
    ],
    ids=["lines", "list", "indented", "grouped", "long", "cut short", "Windows", "wrapped", "wrapped, indented"],
)
def test_records_are_read_on_disk_as_in_memory(text: str, tmp_path: Path) -> None:
    path = tmp_path / "log.json"
    path.write_bytes(text.encode())
    assert check_same([path], ZONE, tmp_path).recordings


@pytest.mark.parametrize(
    "tree",
    [
        {"a": records(), "b": records()},
        {"data": {"rows": records()}},
        {"data": records(), "more": [[1], [2]], "last": [{"x": 1}]},
    ],
    ids=["two lists", "deeper", "a second list at the end"],
)
def test_a_wrapper_that_does_not_say_which_records_are_the_log_is_none(tree: object, tmp_path: Path) -> None:
    path = tmp_path / "log.json"
    path.write_text(json.dumps(tree), encoding="utf-8")
    source = StreamSource(name=path.name, path=path, packing="none", size_bytes=path.stat().st_size, kind="json")
    assert find_json_names(source, lambda _: None) is None


def test_a_wrapper_that_was_cut_short_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "log.json"
    path.write_text(json.dumps({"data": records()})[:-2000], encoding="utf-8")
    with pytest.raises(LogFormatError, match=r"after \d+ records it is none"):
        read_on_disk([path], ZONE, tmp_path)


def test_the_head_of_large_wrapped_records_is_previewed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "log.json"
    path.write_text(json.dumps({"site": "A", "data": records()}), encoding="utf-8")
    monkeypatch.setattr(preview, "WHOLE_JSON_BYTES", 1000)
    monkeypatch.setattr(preview, "HEAD_BYTES", 5000)
    found = preview.preview_file(path, ZONE)
    assert [column.name for column in found.columns if column.role == "channel"][:2] == ["p", "flow"]


def test_packed_records_are_read_on_disk_as_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl.gz"
    path.write_bytes(gzip.compress(lines(records()).encode()))
    assert check_same([path], ZONE, tmp_path).recordings


def test_utf_16_is_told_by_its_zeros(tmp_path: Path) -> None:
    path = tmp_path / "log.json"
    path.write_bytes(lines(records()).encode("utf-16"))
    source = StreamSource(name=path.name, path=path, packing="none", size_bytes=path.stat().st_size, kind="json")
    names = find_json_names(source, lambda _: None)
    assert names is not None
    assert names.names == ("time", "p [bar]", "flow", "on", "vibration")
    assert len(list(json_rows(source, names, lambda _: None))) == N + 1


@pytest.mark.parametrize("at", [1, 300])
def test_a_broken_record_is_refused_with_its_place(at: int, tmp_path: Path) -> None:
    path = tmp_path / "log.json"
    found = lines(records()).split("\n")
    found[at] = found[at][:-30]
    path.write_text("\n".join(found), encoding="utf-8")
    with pytest.raises(LogFormatError, match=rf"log\.json begins like JSON, but after {at} records it is none"):
        read_on_disk([path], ZONE, tmp_path)


def test_events_in_json_are_told_from_logs_however_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "labels.json"
    windows = [{"start": one["time"], "end": one["time"], "label": "cavitation"} for one in records()]
    path.write_text(json.dumps(windows), encoding="utf-8")
    with pytest.raises(LogFormatError) as in_memory:
        parse_logs([path], ZONE)
    with pytest.raises(LogFormatError) as on_disk:
        read_on_disk([path], ZONE, tmp_path / "a")
    assert str(on_disk.value) == str(in_memory.value)
    monkeypatch.setattr(fill, "MAX_JSON_BYTES", 1000)
    with pytest.raises(LogFormatError, match=r"labels\.json is JSON of .* and not flat records with a time and numbers"):
        read_on_disk([path], ZONE, tmp_path / "b")


def test_ten_times_the_records_take_no_more_memory(tmp_path: Path) -> None:
    peaks = []
    for number, times in enumerate((4, 40)):
        path = tmp_path / f"log-{number}.json"
        path.write_text(lines(records() * times), encoding="utf-8")
        source = StreamSource(name=path.name, path=path, packing="none", size_bytes=path.stat().st_size, kind="json")
        tracemalloc.start()
        names = find_json_names(source, lambda _: None)
        assert names is not None
        assert sum(1 for _ in json_rows(source, names, lambda _: None)) == N * times + 1
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.3 * peaks[0] + 100_000


@pytest.mark.parametrize("is_list", [False, True])
def test_the_preview_of_a_large_file_looks_at_its_head_alone(
    tmp_path: Path, is_list: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamps = (f"2026-03-05T{k // 3600:02d}:{k // 60 % 60:02d}:{k % 60:02d}Z" for k in range(12_000))
    records = [f'{{"time": "{stamp}", "p_bar": {3 + k % 7}.25}}' for k, stamp in enumerate(stamps)]
    path = tmp_path / "log.json"
    path.write_text("[" + ",\n".join(records) + "]" if is_list else "\n".join(records) + "\n", encoding="utf-8")
    whole = preview.preview_file(path, ParseOptions())
    monkeypatch.setattr(preview, "WHOLE_JSON_BYTES", 1000)
    monkeypatch.setattr(preview, "load_file", None)  # would read the whole of it
    head = preview.preview_file(path, ParseOptions())
    assert (head.columns, head.rows) == (whole.columns, whole.rows)
