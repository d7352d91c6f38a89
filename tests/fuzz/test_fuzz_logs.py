"""Damaged logs: whatever happens to the bytes, the importer reads them or refuses them with an error of ours."""

from __future__ import annotations

import contextlib
import gzip
import io
import random
import zipfile
from pathlib import Path

import pytest

from workbench.core.errors import WorkbenchError
from workbench.logs.parse import ParseOptions, parse_logs
from workbench.logs.tables.preview import preview_file

ROUNDS = 30
INSERTS = (
    b",",
    b";",
    b"\n",
    b'"',
    b"\0",
    b"-",
    b"e",
    b"9" * 40,
    b"\xff",
    b"1e400",
    b"nan",
    b"2026-99-99",
    b"\t",
    b"(",
    b"[",
    b"0x",
    b"1e99999999",
)


def logs() -> dict[str, bytes]:
    stamps = [f"{1 + row // 48:02d}.03.2026 {row // 2 % 24:02d}:{row % 2 * 30:02d}:00" for row in range(400)]
    german = "Zeit;Förderdruck [bar];Pumpe\n" + "".join(f"{stamp};5,{row % 97:02d};ON\n" for row, stamp in enumerate(stamps))
    long = "Tag,Time,Value,Quality\n" + "".join(
        f"F{row % 3},2026-03-05T{row // 60 % 24:02d}:{row % 60:02d}:00Z,{row}.5,192\n" for row in range(400)
    )
    pairs = "".join(f"2026-03-05 {row // 60:02d}:{row % 60:02d}:00;a;{row};b;{row}.5;\n" for row in range(300))
    toa5 = '"TOA5","CR6"\n"TIMESTAMP","RECORD","F"\n"TS","RN","L/s"\n"","","Avg"\n' + "".join(
        f'"2026-03-05 {row // 60:02d}:{row % 60:02d}:00",{row},{row}.5\n' for row in range(200)
    )
    epoch = "ts,a1\n" + "".join(f"{1772697600 + row},{row}.5\n" for row in range(300))
    return {
        "german": german.encode("cp1252"), "utf16": german.encode("utf-16"), "long": long.encode(), "pairs": pairs.encode(),
        "toa5": toa5.encode(), "epoch": epoch.encode(), "gzip": gzip.compress(long.encode()),
        "json": b'[{"start":"2026-03-05T08:00:00Z","end":"2026-03-05T09:00:00Z"}]',
    }  # fmt: skip


def damage(data: bytes, rng: random.Random) -> bytes:
    """Cut, flip, insert, repeat or swap bytes."""
    found = bytearray(data[: rng.choice([300, 2000, len(data)])])
    for _ in range(rng.choice([1, 3, 20, 100])):
        at = rng.randrange(len(found)) if found else 0
        kind = rng.randrange(5)
        if kind == 0 and found:
            found[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del found[at : at + rng.randrange(1, 60)]
        elif kind == 2:
            found[at:at] = rng.choice(INSERTS)
        elif kind == 3 and found:
            start = rng.randrange(len(found))
            found[at:at] = found[start : start + rng.randrange(1, 200)]
        elif kind == 4:
            found[at : at + 2] = found[at : at + 2][::-1]
    return bytes(found)


@pytest.mark.parametrize("kind", sorted(logs()))
def test_damaged_logs_never_crash_the_importer(kind: str, tmp_path: Path) -> None:
    rng = random.Random(kind)
    path = tmp_path / "damaged.csv"
    for _ in range(ROUNDS):
        path.write_bytes(damage(logs()[kind], rng))
        options = ParseOptions(zone=rng.choice([None, "Europe/Oslo"]))
        with contextlib.suppress(WorkbenchError):
            parse_logs([path], options)
        with contextlib.suppress(WorkbenchError):
            preview_file(path, options)


def test_an_archive_whose_member_has_no_name_is_refused(tmp_path: Path) -> None:
    """Found by the coverage-guided fuzzer: the standard library asks for the last letter of the name."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("a", "Time,Flow\n2026-03-05T08:00:00Z,1\n")
    data = held.getvalue()
    at = data.index(b"PK\x01\x02") + 28
    nameless = bytearray(data[:at] + b"\0\0" + data[at + 2 : at + 18] + data[at + 19 :])
    nameless[nameless.index(b"PK\x05\x06") + 12] -= 1  # the directory is one letter shorter
    path = tmp_path / "nameless.zip"
    path.write_bytes(nameless)
    with pytest.raises(WorkbenchError):
        parse_logs([path], ParseOptions())
