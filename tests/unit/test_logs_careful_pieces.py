"""Packed logs on the way to blocks, and what is cut, weighed and read many cells at once: as one by one."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.unit.test_logs_careful_stream import check_same, comma_rows, read_on_disk, stamp, tiny, write_rows
from workbench.core.errors import LogFormatError
from workbench.logs.careful import fill
from workbench.logs.careful.careful_import import find_sources
from workbench.logs.careful.cell_numbers import read_column, read_texts
from workbench.logs.careful.scratch import ScratchArray
from workbench.logs.careful.stamp_columns import scaled_column
from workbench.logs.careful.texts import TextColumn
from workbench.logs.checks import quality
from workbench.logs.checks.quality import find_quality
from workbench.logs.parse import ParseOptions
from workbench.logs.times.scales import scaled

__all__ = ["tiny"]  # used by every test here
HEADER = "Zeit;Druck [bar];Strom [A];Pumpe läuft"
ZONE = ParseOptions(zone="Europe/Berlin")


def in_zip(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return out.getvalue()


def in_tar(files: dict[str, bytes], mode: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


def in_zstd(data: bytes) -> bytes:
    out = pa.BufferOutputStream()
    with pa.CompressedOutputStream(out, "zstd") as stream:
        stream.write(data)
    return bytes(out.getvalue())


def rotated(data: bytes, mode: str) -> bytes:
    """Two halves of a log, the newer one first and packed again, with a picture and a hidden file beside them."""
    head, *lines = data.split(b"\n")
    first, second = (b"\n".join([head, *part]) + b"\n" for part in (lines[:350], lines[350:-1]))
    files = {"logs/b.csv.gz": gzip.compress(second), "logs/a.csv": first, "logs/.hidden": b"1", "logs/p.png": b"\x89PNG\r\n"}
    return in_tar(files, mode)


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "log.csv.gz": gzip.compress, "log.zip": lambda data: in_zip("log.csv", data), "log.csv.bz2": bz2.compress,
    "log.csv.xz": lzma.compress, "two.csv.xz": lambda data: lzma.compress(data[:5000]) + lzma.compress(data[5000:]),
    "log.csv.zst": in_zstd, "log.tar": lambda data: rotated(data, "w"), "log.tgz": lambda data: rotated(data, "w:gz"),
    "log.tar.xz": lambda data: rotated(data, "w:xz"),
}  # fmt: skip


@pytest.mark.parametrize("name", PACKERS)
def test_a_packed_log_is_unpacked_on_the_way(name: str, tmp_path: Path) -> None:
    path = write_rows(tmp_path / "log.csv", HEADER, comma_rows())
    packed = tmp_path / "packed" / name
    packed.parent.mkdir()
    packed.write_bytes(PACKERS[name](path.read_bytes()))
    check_same([packed], ZONE, tmp_path)
    assert not list((tmp_path / "work").rglob("*.bin")), "what was unpacked, and its blocks, are removed"


@pytest.mark.parametrize("name", [name for name in PACKERS if name != "log.zip"])
def test_a_packed_log_that_is_cut_short_is_refused_by_name(name: str, tmp_path: Path) -> None:
    path = write_rows(tmp_path / "log.csv", HEADER, comma_rows())
    packed = tmp_path / "packed" / name
    packed.parent.mkdir()
    data = PACKERS[name](path.read_bytes())
    packed.write_bytes(data[: len(data) * 6 // 10])
    with pytest.raises(LogFormatError, match=name.split(".")[0]):
        read_on_disk([packed], ZONE, tmp_path)


def odd_lines() -> list[str]:
    """Quotes, remarks, blanks, short and long rows, a header again, between regular rows."""
    rows = [f'"{stamp(k)}";"{k % 13},{k % 100:02d}";{k % 7},5;Ein;' for k in range(600)]
    rows[40] = f'"{stamp(40)}";"a;b";1,5;Ein;'
    rows[77] = f'"{stamp(77)}";"5\n6";1,5;Ein;'
    rows[99] = f"{stamp(99)};1,5"
    rows[120] = "Kommentar"
    rows[200] = ""
    rows[240] = HEADER + ";"
    rows[300] = f"{stamp(300)};1,5;2,5;Aus;mehr"
    rows[333] = f'{stamp(333)};1,5;2"5;Aus;'
    rows[350] = f" {stamp(350)} ; 1,5 ; 2,5 ;Aus;"
    return rows


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_lines_of_other_kinds_between_regular_ones_are_read_in_their_place(encoding: str, tmp_path: Path) -> None:
    check_same([write_rows(tmp_path / "log.csv", HEADER + ";", odd_lines(), encoding)], ZONE, tmp_path)


def test_columns_between_blanks_are_cut_alike(tmp_path: Path) -> None:
    rows = [f"{stamp(k, '%Y-%m-%d')}\t{stamp(k, '%H:%M:%S')}   {k % 9}.{k % 10}    {k % 4}" for k in range(700)]
    rows[90] = "  " + rows[90] + "  "
    check_same([write_rows(tmp_path / "log.txt", "Date Time P T", rows)], ZONE, tmp_path)


@pytest.mark.parametrize("is_long", [False, True])
def test_a_word_is_the_opposite_of_the_only_other_one_in_every_block(tmp_path: Path, *, is_long: bool) -> None:
    words = ["Zurrunba" if 300 < k < 500 else "Marcha" for k in range(700)]
    wide = [f"{stamp(k)};{k % 13},5;{words[k]}" for k in range(700)]
    long = [f"{stamp(k)};{tag};{value}" for k in range(700) for tag, value in (("FT-1", f"{k % 13},5"), ("XS-1", words[k]))]
    header, rows = ("Hora;Tag;Valor", long) if is_long else ("Hora;Caudal;Bomba 1", wide)
    channel = check_same([write_rows(tmp_path / "log.csv", header, rows)], ZONE, tmp_path).recordings[0].facts.channels[-1]
    assert (channel.n_good, channel.min, channel.max, channel.mean) == (700, 0.0, 1.0, pytest.approx(501 / 700))


@pytest.mark.parametrize("mark", [".", ","])
def test_texts_of_a_column_are_read_at_once_as_one_by_one(mark: str, tmp_path: Path) -> None:
    plain = [f"{k % 997 - 400}{mark}{k % 1000:03d}" for k in range(1500)]
    odd = [
        "",
        " ",
        "Bad",
        "-",
        "+5",
        "1e5",
        "1E999",
        "5 bar",
        "1.234,5",
        "1,234.5",
        "(5)",
        "5-",
        "+   5.2",
        "-  1,5",
        "--1",
        "1.2.3",
        "nan",
        "  7  ",
    ]
    odd += ["+   5.2", "-  1,5", "\u0663", "." * 9]
    for texts in (plain, [*plain, *odd, *odd], odd, ["7"] * 40, [*plain[:50], "1" * 70]):
        values, others = read_column(TextColumn(pa.array(texts)), mark)  # type: ignore[arg-type]
        alone, readings = read_texts(texts, mark)  # type: ignore[arg-type]
        np.testing.assert_array_equal(values, alone)
        rows = {row: others.readings[code] for row, code in zip(others.rows.tolist(), others.cells.codes.tolist(), strict=True)}
        assert {row: repr(one) for row, one in rows.items()} == {row: repr(one) for row, one in readings.items()}


COUNTS = (
    [f"17672{k:05d}" for k in range(900)], [f"17672{k:05d}.{k % 1000:03d}" for k in range(900)],
    [f"17672{k:05d},5" for k in range(90)], ["1767200000", "", "x", "-5", "1767200001.0000000001"], ["9" * 18, "1"],
    [f"17672{k:05d}.5" if k % 3 else "17672" for k in range(90)],
)  # fmt: skip


@pytest.mark.parametrize("texts", COUNTS)
def test_counts_since_an_epoch_are_read_at_once_as_one_by_one(texts: list[str], tmp_path: Path) -> None:
    together = scaled_column(TextColumn(pa.array(texts)), 1_000_000_000, 7, is_absolute=True)
    single = scaled(texts, 1_000_000_000, 7, is_absolute=True)
    np.testing.assert_array_equal(together.ns, single.ns)
    np.testing.assert_array_equal(together.is_good, single.is_good)
    np.testing.assert_array_equal(together.is_absolute, single.is_absolute)


def test_a_column_on_disk_holds_what_was_written_however_it_came(tmp_path: Path) -> None:
    column: ScratchArray[np.int64] = ScratchArray(tmp_path / "column", np.dtype(np.int64))
    wanted = np.zeros(0, np.int64)
    for size in (3, 0, 5000, 7, 2048, 1):
        wanted = np.append(wanted, np.arange(size))
        column.append(np.arange(size))
        column.write(1, np.array([-size]))
        wanted[1] = -size
        np.testing.assert_array_equal(column.read(0, len(column)), wanted)


def test_a_plants_channels_are_checked_some_at_a_time_and_the_clock_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    times = np.arange(4000) * 1_000_000_000
    times[2000:] += 7 * 86_400 * 1_000_000_000
    columns = {f"TI-{number}": np.random.default_rng(number).normal(50, 1, 4000) for number in range(7)}
    units: dict[str, str | None] = dict.fromkeys(columns, "degC")
    together = find_quality(times, columns, units)
    done: list[float] = []
    monkeypatch.setattr(quality, "MAX_TOGETHER", 3)
    assert find_quality(times, columns, units, done.append) == together
    assert done == sorted(done)
    assert len(done) == 7


def test_how_far_several_logs_are_is_told_by_their_bytes(tmp_path: Path) -> None:
    write_rows(tmp_path / "a.csv", HEADER, [f"{stamp(k)};{k},5;2,25;ja" for k in range(100)])
    write_rows(tmp_path / "b.csv", HEADER, [f"{stamp(k)};{k},5;2,25;ja" for k in range(100, 1000)])
    sources = find_sources([tmp_path / "a.csv", tmp_path / "b.csv"])
    assert sources is not None
    said: list[tuple[float, str]] = []
    filled = fill.Filled(tmp_path)
    fill.fill(filled, sources, lambda *told: said.append(told))
    fractions = [fraction for fraction, _ in said]
    assert fractions == sorted(fractions)
    assert max(fraction for fraction, words in said if words.startswith("a.csv")) == pytest.approx(0.1, abs=0.01)
    assert fractions[-1] == pytest.approx(1.0)


def test_times_that_stand_across_are_read_tag_by_tag(tmp_path: Path) -> None:
    times = ";".join(stamp(60 * k) for k in range(40))
    values = [
        ";".join("Comm Fail" if k % 9 == row else "" if k == 20 else f"{row}{k % 10},5" for k in range(40)) for row in (2, 3)
    ]
    lines = [f"Messstelle;Bezeichnung;Einheit;{times}", *(f"PI-{row};Druck;bar;{cells}" for row, cells in enumerate(values))]
    parsed = check_same([write_rows(tmp_path / "quer.csv", "Stundenwerte", lines)], ZONE, tmp_path)
    (recording,) = parsed.recordings
    assert [(one.name, one.unit, one.n_good, one.bad) for one in recording.facts.channels] == [
        ("PI-0", "bar", 35, {"comm fail": 5}),
        ("PI-1", "bar", 34, {"comm fail": 5}),
    ]
    assert recording.facts.rows == 40
