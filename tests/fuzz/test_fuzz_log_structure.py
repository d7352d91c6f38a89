"""Logs of all kinds, changed in their structure, are read, asked about or refused; hostile files end in bounded memory."""

from __future__ import annotations

import contextlib
import gzip
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.mutations import mutate
from tests.messy.writing import workbook, zipped
from tests.unit.test_logs_variants import GROUPS
from workbench.core.errors import WorkbenchError
from workbench.logs.parse import ParseOptions, parse_logs
from workbench.logs.tables.preview import preview_file

ROUNDS = 12
LIMIT_BYTES = 2 << 30
"""Address space of the child: numpy, pyarrow and their threads take some 700 MB of it before a log is read."""
SECONDS = 60


def seeds(group: str) -> list[bytes]:
    """A few small logs of a kind."""
    found: list[bytes] = []
    for case in GROUPS[group]():
        found += [data for data in case.files.values() if len(data) < 60_000][:1]
        if len(found) >= 6:
            break
    return found


@pytest.mark.parametrize("group", sorted(GROUPS))
def test_a_log_of_changed_structure_is_read_or_refused(group: str, tmp_path: Path) -> None:
    rng = random.Random(group)
    logs = seeds(group)
    path = tmp_path / "changed.csv"
    for _ in range(ROUNDS):
        path.write_bytes(mutate(rng.choice(logs), rng, rng.choice(logs)))
        options = ParseOptions(zone=rng.choice([None, "Europe/Oslo"]))
        with contextlib.suppress(WorkbenchError):
            parse_logs([path], options)
        with contextlib.suppress(WorkbenchError):
            preview_file(path, options)


def hostile() -> dict[str, bytes]:
    """Files that would take all memory or all time of a careless reader."""
    stamp = b"2026-03-25T08:00:00Z"
    deep = b"x"
    for _ in range(40):
        deep = zipped({"a.zip": deep})
    return {
        "many_columns.csv": b"Time" + b",c" * 100_000 + b"\n" + (stamp + b",1" * 100_000 + b"\n") * 3,
        "one_line.csv": b"1,2," * 2_500_000,
        "one_cell.csv": b"Time,Flow\n" + stamp + b"," + b"9" * 10_000_000 + b"\n",
        "open_quote.csv": b"Time,Flow\n" + b'2026-03-25T08:00:00Z,"1\n' * 200_000,
        "many_quotes.csv": b'Time,Flow\n2026-03-25T08:00:00Z,"' + b'""' * 400_000 + b"\n",
        "delimiters.csv": b";" * 3_000_000 + b"\n" + b";" * 3_000_000,
        "deep.json": b"[" * 2_000_000,
        "deep_objects.json": b'{"a":' * 500_000 + b"1" + b"}" * 500_000,
        "wide.json": b"[" + b",".join(b'{"time":"2026-03-25T08:00:00Z","k%d":1}' % number for number in range(10_000)) + b"]",
        "many_tags.csv": b"Tag,Time,Value\n" + b"".join(b"T%d,%b,1\n" % (number, stamp) for number in range(60_000)),
        "many_names.log": b"".join(b"%b n%d=1 m%d=2\n" % (stamp, number, number) for number in range(30_000)),
        "dots.csv": b"Time,Flow\n" + b"".join(stamp + b",1" + b".1" * 25 + b"x\n" for _ in range(10_000)),
        "blanks.csv": b"Time,Flow\n" + b"".join(stamp + b"," + b" " * 50 + b"x" + b" 1" * 20 + b"\n" for _ in range(10_000)),
        "months.csv": b"Time,Flow\n" + b"".join(b"de de de de %d de de de,1\n" % number for number in range(10_000)),
        "pairs.log": b"".join(stamp + b" a=" + b" b" * 1500 + b"\n" for _ in range(300)),
        "nul.csv": b"\0" * 30_000_000,
        "bomb.gz": gzip.compress(b"Time,Flow\n" + (stamp + b",1\n") * 1_000_000),
        "zeros.gz": gzip.compress(bytes(200_000_000), 9),
        "deep.zip": deep,
        "many.zip": zipped({f"{number}.csv": b"x" for number in range(8000)}),
        "far.xlsx": workbook({"S": [[("s", "Time")], [("", "")] * 16_000 + [("n", "1")]] + [[]] * 100_000 + [[("n", "1")]]}),
        "fullwidth.csv": b"Time,Flow\n" + ("２０２６-03-25T08:00:00Z,１２\n" * 5_000).encode(),
    }  # fmt: skip


CHILD = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
from workbench.core.errors import WorkbenchError
from workbench.logs.parse import ParseOptions, parse_logs
from workbench.logs.tables.preview import preview_file
from pathlib import Path
try:
    parse_logs([sys.argv[2]], ParseOptions(zone="Europe/Oslo"))
    print("read")
except WorkbenchError as error:
    assert Path(sys.argv[2]).stem in str(error), error
    print("refused", error)
try:
    preview_file(Path(sys.argv[2]), ParseOptions())
except WorkbenchError:
    pass
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits no address space")
@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(hostile()))
def test_a_hostile_file_ends_soon_and_within_its_memory(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(hostile()[name])
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(LIMIT_BYTES), str(path)], capture_output=True, text=True, timeout=SECONDS
    )
    assert done.returncode == 0, done.stderr[-1500:]
