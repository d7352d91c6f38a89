"""Archives that are unpacked onto the disk give what they give in memory, keep to their limits, and leave nothing."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import shutil
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.contracts.reader_files import write_csv, write_hdf5, write_wav
from tests.unit.test_logs_careful_stream import check_same
from workbench.core.errors import DiskFull, JobCancelled, LogFormatError
from workbench.logs.careful.careful_import import find_sources, read_carefully
from workbench.logs.parse import ParseOptions, parse_logs
from workbench.logs.readers import unpack
from workbench.logs.readers.byte_stream import StreamSource

OPTIONS = ParseOptions(zone="UTC")


def made(write: Callable[[Path], None], path: Path) -> bytes:
    write(path)
    data = path.read_bytes()
    path.unlink()
    return data


def tar_of(members: dict[str, bytes], mode: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def zip_of(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def logs(tmp_path: Path) -> dict[str, bytes]:
    return {"P-1.csv": made(write_csv, tmp_path / "a"), "P-3.wav": made(write_wav, tmp_path / "c")}


@pytest.mark.parametrize("mode", ["w:", "w:gz", "w:bz2", "w:xz"])
def test_a_tar_of_logs_is_read_from_the_disk_as_from_memory(mode: str, tmp_path: Path) -> None:
    members = {
        **logs(tmp_path),
        "photo.png": b"\x89PNG" + b"\x00" * 99,
        ".hidden.csv": b"time,p\n",
        "../../up/P-4.csv": b"no log",
    }
    path = tmp_path / "logs.tar"
    path.write_bytes(tar_of(members, mode))
    check_same([path], OPTIONS, tmp_path / "disk")
    assert not (tmp_path.parent / "up").exists()


def test_an_archive_in_an_archive_is_read_from_the_disk_as_from_memory(tmp_path: Path) -> None:
    inner = zip_of({"inner.h5": made(write_hdf5, tmp_path / "b")})
    path = tmp_path / "logs.zip"
    path.write_bytes(zip_of({"more.zip": inner, "P-3.wav": made(write_wav, tmp_path / "c")}))
    check_same([path], OPTIONS, tmp_path / "disk")


@pytest.mark.parametrize("pack", [bz2.compress, lzma.compress])
def test_one_packed_file_is_read_from_the_disk_as_from_memory(pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    path = tmp_path / "P-2041A.csv.packed"
    path.write_bytes(pack(made(write_csv, tmp_path / "a")))
    check_same([path], OPTIONS, tmp_path / "disk")


def from_disk(path: Path, work: Path) -> None:
    work.mkdir()
    sources = find_sources([path])
    assert sources is not None
    with read_carefully(sources, OPTIONS, work, lambda *_: None):
        pass


def test_archives_in_archives_in_archives_are_refused_on_the_disk_too(tmp_path: Path) -> None:
    data = zip_of({"log.csv": made(write_csv, tmp_path / "a")})
    for _ in range(3):
        data = zip_of({"more.zip": data})
    path = tmp_path / "deep.zip"
    path.write_bytes(data)
    for read in (lambda: parse_logs([path], OPTIONS), lambda: from_disk(path, tmp_path / "work")):
        with pytest.raises(LogFormatError, match="archives in archives in archives"):
            read()


def test_what_swells_up_without_measure_is_refused_while_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xz"
    path.write_bytes(lzma.compress(b"\x00" * (40 << 20)))
    with pytest.raises(LogFormatError, match="that is no log"):
        from_disk(path, tmp_path / "work")
    assert sum(one.stat().st_size for one in (tmp_path / "work").rglob("*") if one.is_file()) <= 20 << 20


def test_a_disk_without_room_for_what_is_packed_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "log.csv.bz2"
    path.write_bytes(bz2.compress(made(write_csv, tmp_path / "a")))
    monkeypatch.setattr(unpack.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9 - 100, 100))  # type: ignore[attr-defined]
    with pytest.raises(DiskFull, match=r"log\.csv\.bz2 unpacks to more than the project's disk has room for"):
        from_disk(path, tmp_path / "work")


def test_unpacking_can_be_cancelled(tmp_path: Path) -> None:
    path = tmp_path / "log.csv.bz2"
    path.write_bytes(bz2.compress(made(write_csv, tmp_path / "a")))
    sources = find_sources([path])
    assert sources is not None

    def cancel(_fraction: float, words: str) -> None:
        if words.startswith("unpacking"):
            raise JobCancelled

    (tmp_path / "work").mkdir()
    with pytest.raises(JobCancelled):
        read_carefully(sources, OPTIONS, tmp_path / "work", cancel)


def crooked_tar(size: int, kind: bytes) -> bytes:
    """A tar whose second header claims a size that can't be, in GNU's binary notation."""
    head = bytearray(tarfile.TarInfo("P-1.csv").tobuf(tarfile.GNU_FORMAT))
    head[156:157] = kind
    head[124:136] = (size & (1 << 96) - 1 | (1 << 95 if size > 0 else 0)).to_bytes(12, "big")
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\x00 " % sum(head[:512])
    return tarfile.TarInfo("P-0.csv").tobuf(tarfile.GNU_FORMAT) + bytes(head) + bytes(1024)


@pytest.mark.parametrize(("size", "kind"), [(-512, b"0"), (1 << 85, b"0"), (1 << 70, b"L"), (1 << 70, b"x")])
def test_a_tar_with_a_size_that_cant_be_is_refused_and_not_gone_round_in(size: int, kind: bytes, tmp_path: Path) -> None:
    path = tmp_path / "logs.tar"
    path.write_bytes(crooked_tar(size, kind))
    for read in (lambda: parse_logs([path], OPTIONS), lambda: from_disk(path, tmp_path / "work")):
        # a tarfile that does not go round itself (CVE-2025-8194 mended) takes a size below zero for the end of the archive
        with pytest.raises(LogFormatError, match=r"logs\.tar (can't be unpacked: a size in it can't be|holds no log files)"):
            read()


def test_a_zip_whose_members_share_their_bytes_does_not_fill_the_disk(tmp_path: Path) -> None:
    """Each of them is no bomb by itself (D. Fifield, A better zip bomb, 2019)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("log.csv", "time,p\n" + "2026-01-01T00:00:00Z,1.5\n" * 8000)
        archive.filelist.extend([archive.filelist[0]] * 400)
    path, outer = tmp_path / "bomb.zip", tmp_path / "bomb.tar"
    path.write_bytes(out.getvalue())
    outer.write_bytes(tar_of({"bomb.zip": out.getvalue()}, "w:"))
    with pytest.raises(LogFormatError, match="that is no log"):
        from_disk(path, tmp_path / "work")
    with pytest.raises(LogFormatError, match="holds no log files"):
        from_disk(outer, tmp_path / "more")
    written = [one.stat().st_size for folder in ("work", "more") for one in (tmp_path / folder).rglob("*") if one.is_file()]
    assert sum(written) < 1 << 20


@pytest.mark.parametrize("pack", ["zip", "tar.gz", "csv.gz"])
def test_how_far_unpacking_is_is_told_by_the_bytes_that_were_read(
    pack: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpack, "CHUNK_BYTES", 4096)
    small, large = random_bytes(60_000, 1), random_bytes(540_000, 2)
    data = {"zip": zip_of, "tar.gz": lambda members: tar_of(members, "w:gz"), "csv.gz": lambda _: gzip.compress(small + large)}
    path = tmp_path / f"logs.{pack}"
    path.write_bytes(data[pack]({"a.csv": small, "b.csv": large}))
    source = StreamSource(name=path.name, path=path, packing="archive", size_bytes=path.stat().st_size)
    said: list[tuple[float, str]] = []
    (tmp_path / "work").mkdir()
    unpack.unpack([source], tmp_path / "work", lambda *told: said.append(told))
    fractions = [fraction for fraction, _ in said]
    assert fractions == sorted(fractions)
    assert len(set(fractions)) > 50
    assert 0.99 < fractions[-1] <= 1.0
    if pack == "zip":
        assert max(fraction for fraction, words in said if words.endswith("a.csv")) == pytest.approx(0.1, abs=0.01)


def random_bytes(count: int, seed: int) -> bytes:
    """Lines of numbers that no packing makes much smaller than half."""
    return "".join(f"{value}\n" for value in np.random.default_rng(seed).random(count // 19)).encode()
