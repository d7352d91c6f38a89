from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from workbench.core import codec
from workbench.core.clock import format_utc, parse_utc
from workbench.core.codec import Record, decode_canonical, decode_strict, encode_canonical, read_bounded, write_atomic
from workbench.core.errors import DiskFull, InputError, WorkbenchError, all_error_types
from workbench.core.settings import Settings, load_settings, save_settings


class Point(Record, frozen=True, kw_only=True):
    x: int
    y: int = 0


def test_canonical_json_has_one_form() -> None:
    assert encode_canonical({"b": 1, "a": [1, 2]}) == b'{"a":[1,2],"b":1}'


@pytest.mark.parametrize("data", [b'{"x":1,"y":0,"z":2}', b'{"x":"1","y":0}', b"{", b'{"y":0}', b"[]"])
def test_what_is_not_a_point_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="the point"):
        decode_strict(data, Point, what="the point")


@pytest.mark.parametrize("data", [b'{"x":1, "y":0}', b'{"y":0,"x":1}', b'{"x":2,"x":1,"y":0}', b'{"x":1}'])
def test_a_second_spelling_of_the_same_value_is_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        decode_canonical(data, Point, what="the point")


def test_a_document_over_its_size_is_refused_before_it_is_read() -> None:
    with pytest.raises(InputError, match="more than the 4 allowed"):
        decode_strict(b"xxxxx", Point, what="the point", max_bytes=4)


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    write_atomic(path, b"old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull, match="full"):
        write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert [item.name for item in tmp_path.iterdir() if item.name != "workbench-home"] == ["a"]


def test_instants_survive_their_text() -> None:
    for text in ("2026-03-16T10:52:33Z", "2026-03-16T10:52:33.25Z", "1969-12-31T23:59:59Z"):
        assert format_utc(parse_utc(text)) == text


def test_an_offset_is_believed() -> None:
    assert parse_utc("2026-03-16T12:00:00+02:00") == parse_utc("2026-03-16T10:00:00Z")


def test_settings_survive_their_file(tmp_path: Path) -> None:
    settings = Settings(operator="Åse", theme="sunlight").with_recent(tmp_path / "p")
    save_settings(tmp_path, settings)
    assert load_settings(tmp_path) == settings


def test_damaged_settings_are_named(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("theme = 3", encoding="utf-8")
    with pytest.raises(InputError, match=r"settings\.toml"):
        load_settings(tmp_path)


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [kind.code for kind in all_error_types() if kind.__module__ == "workbench.core.errors"]
    assert len(codes) == len(set(codes))
    assert WorkbenchError("a", "b").hint == "b"


def test_a_file_that_is_too_large_is_not_taken_into_memory(tmp_path: Path) -> None:
    path = tmp_path / "trust.json"
    path.write_bytes(b"x" * 100)
    assert read_bounded(path, 100) == b"x" * 100
    with pytest.raises(InputError, match="more than 99 bytes"):
        read_bounded(path, 99)
    with pytest.raises(InputError, match="There is no"):
        read_bounded(tmp_path / "none", 99)


def test_files_are_synced_also_where_no_thread_can_be_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [tmp_path / f"{number}.bin" for number in range(5)]
    for path in files:
        path.write_bytes(b"x")
    synced: list[Path] = []
    real = codec._sync_file

    def sync(path: Path) -> None:
        real(path)
        synced.append(path)

    monkeypatch.setattr(codec, "_sync_file", sync)
    codec.sync_files(files)
    assert sorted(synced) == files
    synced.clear()
    monkeypatch.setattr(threading.Thread, "start", _no_thread)
    codec.sync_files(files)
    assert synced == files
    (tmp_path / "3.bin").unlink()
    with pytest.raises(FileNotFoundError):
        codec.sync_files(files)


def _no_thread(_thread: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")
