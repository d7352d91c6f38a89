"""Archives of logs: zip, tar, gzip, bzip2, xz; what would fill the memory is refused."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contracts.reader_files import PRESSURE, write_csv, write_parquet
from workbench.core.errors import LogFormatError
from workbench.logs.careful.fill import Filled, fill
from workbench.logs.parse import ParseOptions, parse_logs
from workbench.logs.readers import sources
from workbench.logs.readers.byte_stream import find_stream_sources
from workbench.logs.tables import preview
from workbench.logs.tables.preview import preview_file


def tar_of(files: dict[str, bytes], mode: str = "w") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


def csv_bytes(folder: Path) -> bytes:
    write_csv(folder / "made.csv")
    return (folder / "made.csv").read_bytes()


PACKERS: tuple[tuple[str, Callable[[bytes], bytes]], ...] = (
    ("log.csv.gz", gzip.compress),
    ("log.csv.bz2", bz2.compress),
    ("log.csv.xz", lzma.compress),
    ("log.tar", lambda data: tar_of({"box/log.csv": data, "box/readme.pdf": b"%PDF-1.7"})),
    ("log.tgz", lambda data: tar_of({"log.csv": data}, "w:gz")),
    ("log.tar.bz2", lambda data: tar_of({"log.csv": data}, "w:bz2")),
    ("log.tar.xz", lambda data: tar_of({"log.csv": data}, "w:xz")),
    ("log.tgz", lambda data: tar_of({"day1.csv.gz": gzip.compress(data)}, "w:gz")),
)


@pytest.mark.parametrize(("name", "pack"), PACKERS, ids=[f"{number}-{name}" for number, (name, _) in enumerate(PACKERS)])
def test_a_log_in_an_archive_is_read_and_previewed(name: str, pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    path = tmp_path / "packed" / name
    path.parent.mkdir()
    path.write_bytes(pack(csv_bytes(tmp_path)))
    (recording,) = parse_logs([path]).recordings
    assert recording.columns["PI-1"].tolist() == PRESSURE.tolist()
    assert "PI-1" in {column.name for column in preview_file(path, ParseOptions()).columns}


def zip_of(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("log.zip", lambda data: zip_of({"0.pdf": b"%PDF-1.7", "1.txt": b"read me\n", "2.csv": data})),
        *[(name, pack) for name, pack in PACKERS if not name.endswith("csv.gz")][:-1],
    ],
)
def test_a_large_archive_is_previewed_by_the_heads_of_its_members(
    name: str, pack: Callable[[bytes], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    path = tmp_path / "packed" / name
    path.parent.mkdir()
    path.write_bytes(pack(csv_bytes(tmp_path)))
    monkeypatch.setattr(preview, "WHOLE_ARCHIVE_BYTES", 10)
    monkeypatch.setattr(preview, "load_file", None)  # it is never read whole
    assert "PI-1" in {column.name for column in preview_file(path, ParseOptions()).columns}


def test_a_large_archive_that_is_damaged_is_refused_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "log.tgz"
    path.write_bytes(tar_of({"log.csv": csv_bytes(tmp_path)}, "w:gz")[:-200])
    monkeypatch.setattr(preview, "WHOLE_ARCHIVE_BYTES", 10)
    with pytest.raises(LogFormatError, match=r"log\.tgz"):
        preview_file(path, ParseOptions())


def test_the_preview_shows_the_first_log_of_an_archive_whatever_lies_before_it(tmp_path: Path) -> None:
    windows = b'[["2026-03-01T00:00:00Z", "2026-03-01T01:00:00Z"]]'
    (tmp_path / "stick.tar").write_bytes(tar_of({"0.json": windows, "1.txt": b"read me first\n", "2.csv": csv_bytes(tmp_path)}))
    assert "PI-1" in {column.name for column in preview_file(tmp_path / "stick.tar", ParseOptions()).columns}


def test_a_log_without_header_is_previewed_below_the_names_of_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "bare.csv"
    path.write_text("".join(f"2026-03-01 00:{m:02}:00,3.{m},300\n" for m in range(60)), encoding="utf-8")
    assert preview_file(path, ParseOptions()).rows[:2] == (
        ("time", "column 2", "column 3"),
        ("2026-03-01 00:00:00", "3.0", "300"),
    )


def test_the_list_of_a_zip_of_many_members_is_read_a_few_times_in_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    path, data = tmp_path / "hours.zip", csv_bytes(tmp_path)
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(20):
            archive.writestr(f"hour-{number:02d}.csv", data)
    listed: list[object] = []
    read_list = zipfile.ZipFile._RealGetContents  # type: ignore[attr-defined] # there is no other place where it is read

    def count(archive: zipfile.ZipFile) -> None:
        listed.append(archive)
        read_list(archive)

    monkeypatch.setattr(zipfile.ZipFile, "_RealGetContents", count)
    found = find_stream_sources(path)
    assert found is not None and len(found) == 20
    n_to_find = len(listed)
    (tmp_path / "blocks").mkdir()
    fill(Filled(tmp_path / "blocks"), found, lambda fraction, words: None)
    assert n_to_find <= 3
    assert len(listed) == n_to_find + 1


def test_a_tar_of_several_formats_joins_what_belongs_together(tmp_path: Path) -> None:
    write_parquet(tmp_path / "b.parquet")
    files = {"a.csv": csv_bytes(tmp_path), "b.parquet": (tmp_path / "b.parquet").read_bytes()}
    (tmp_path / "logs.tar").write_bytes(tar_of(files))
    assert {one.facts.rows for one in parse_logs([tmp_path / "logs.tar"]).recordings} == {240}


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress], ids=["gzip", "bzip2", "xz"])
def test_zeros_that_unpack_without_end_are_refused(
    pack: Callable[[bytes], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """64 MB of zeros pack into some kilobytes: over 500 to one."""
    monkeypatch.setattr(sources, "MAX_UNPACKED_BYTES", 1 << 25)
    (tmp_path / "bomb.gz").write_bytes(pack(b"1" + bytes(1 << 26)))
    with pytest.raises(LogFormatError, match="bomb"):
        parse_logs([tmp_path / "bomb.gz"])


def test_a_tar_that_claims_too_much_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    member = tarfile.TarInfo("log.csv")
    member.size = 1 << 40
    (tmp_path / "a.tar").write_bytes(member.tobuf(tarfile.GNU_FORMAT) + bytes(1024))
    with pytest.raises(LogFormatError, match=r"a\.tar"):
        parse_logs([tmp_path / "a.tar"])


def test_links_and_devices_in_a_tar_are_passed_over(tmp_path: Path) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            member = tarfile.TarInfo("log.csv")
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
    (tmp_path / "a.tar").write_bytes(out.getvalue())
    with pytest.raises(LogFormatError, match=r"a\.tar holds no log files"):
        parse_logs([tmp_path / "a.tar"])


@pytest.mark.parametrize("cut", [0.2, 0.6, 0.95])
@pytest.mark.parametrize(("name", "pack"), PACKERS[:7], ids=[name for name, _ in PACKERS[:7]])
def test_a_cut_archive_is_refused_by_name(name: str, pack: Callable[[bytes], bytes], cut: float, tmp_path: Path) -> None:
    data = pack(csv_bytes(tmp_path))
    path = tmp_path / "packed" / f"cut-{name}"
    path.parent.mkdir()
    end = len(data) if name != "log.tar" else data.index(b"%PDF") - 512  # a tar ends in kilobytes of nothing
    path.write_bytes(data[: int(cut * end)])
    with pytest.raises(LogFormatError, match="cut-log"):
        parse_logs([path])


def test_archives_in_archives_in_archives_are_refused(tmp_path: Path) -> None:
    inner = csv_bytes(tmp_path)
    for _ in range(4):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("log", inner)
        inner = out.getvalue()
    (tmp_path / "deep.zip").write_bytes(inner)
    with pytest.raises(LogFormatError, match="archives in archives"):
        parse_logs([tmp_path / "deep.zip"])
