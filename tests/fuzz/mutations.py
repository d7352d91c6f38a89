"""Changes that keep a log a log, more or less: cells, lines and columns are cut, doubled, moved, swollen and swapped."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable

from tests.messy.writing import zipped

CELLS = (
    b"",
    b"-",
    b"nan",
    b"1e400",
    b"-1e-400",
    b"0x1F",
    b"9" * 400,
    b"1,234",
    b"1.234",
    b"1.234.567,8",
    b"'",
    b'"',
    b'""',
    b"=1+1",
    b"\xef\xbb\xbf",
    b"2026-02-30",
    b"99.99.9999 99:99",
    b"24:00",
    b"00:00:60",
    b"12:30:15,250",
    b"31.12.9999 23:59:59",
    b"0001-01-01",
    b"1e10",
    b"1774425600",
    b"46081.5",
    b"True",
    b"ON",
    b"Bad Input",
    b"192",
    b"0x80000000",
    b"Good (192)",
    b"{",
    b"[",
    b"]",
    b"a=b",
    b"a: b, c: d",
    b"\x1a",
    b"\x00\x00",
    b"\xff\xfe",
    b"\xe2\x80\xae",
    b"1" + b".1" * 40,
    b"1 " * 40,
    b"-" * 80,
    b"(" * 60,
    b"+1.5e+99 bar",
    "１２３".encode(),
    "٣٫٥".encode(),
    "²³".encode(),
    b"\r",
    b";" * 300,
)
Mutation = Callable[[bytes, random.Random], bytes]


def mutate(data: bytes, rng: random.Random, other: bytes = b"") -> bytes:
    """A few changes of a log; `other` is a log to splice with."""
    for _ in range(rng.choice((1, 1, 2, 5))):
        data = rng.choice(MUTATIONS)(data, rng) if rng.random() < 0.85 or not other else splice(data, other, rng)
    return data[: 1 << 20]


def _lines(data: bytes) -> list[bytes]:
    return data.split(b"\n")


def _mark(data: bytes) -> bytes:
    return max((b",", b";", b"\t", b"|", b" "), key=data[:4000].count)


def swap_cell(data: bytes, rng: random.Random) -> bytes:
    """Odd text in a cell, or in a column from some row on."""
    lines, mark = _lines(data), _mark(data)
    first = rng.randrange(len(lines))
    last = first + 1 if rng.random() < 0.6 else len(lines)
    text, column = rng.choice(CELLS), rng.randrange(8)
    for number in range(first, last):
        cells = lines[number].split(mark)
        if column < len(cells):
            cells[column] = text
            lines[number] = mark.join(cells)
    return b"\n".join(lines)


def change_lines(data: bytes, rng: random.Random) -> bytes:
    """Lines doubled, left out, moved, reversed or cut."""
    lines = _lines(data)
    at, size = rng.randrange(len(lines)), rng.choice((1, 1, 5, 40))
    part = lines[at : at + size]
    kind = rng.randrange(5)
    if kind == 0:
        lines[at:at] = part
    elif kind == 1:
        del lines[at : at + size]
    elif kind == 2:
        del lines[at : at + size]
        place = rng.randrange(len(lines) + 1)
        lines[place:place] = part
    elif kind == 3:
        lines[at : at + size] = part[::-1]
    else:
        lines[at : at + size] = [line[: rng.randrange(len(line) + 1)] for line in part]
    return b"\n".join(lines)


def change_columns(data: bytes, rng: random.Random) -> bytes:
    """A column left out, doubled or moved in all lines, or from some line on."""
    lines, mark = _lines(data), _mark(data)
    first, column, kind = rng.choice((0, 0, rng.randrange(len(lines)))), rng.randrange(6), rng.randrange(3)
    for number in range(first, len(lines)):
        cells = lines[number].split(mark)
        if column < len(cells):
            cell = cells.pop(column)
            if kind == 1:
                cells[column:column] = [cell, cell]
            elif kind == 2:
                cells.append(cell)
            lines[number] = mark.join(cells)
    return b"\n".join(lines)


def change_marks(data: bytes, rng: random.Random) -> bytes:
    """Another delimiter, decimal mark, line end or quote, in a part or everywhere."""
    old, new = rng.sample((b",", b";", b"\t", b".", b":", b"-", b"/", b" ", b"|", b'"', b"\n", b"\r\n", b"="), 2)
    at = rng.choice((0, rng.randrange(len(data) + 1)))
    return data[:at] + data[at:].replace(old, new, rng.choice((1, 20, -1)))


def change_bytes(data: bytes, rng: random.Random) -> bytes:
    """Cut, flipped, zeroed or repeated bytes."""
    found = bytearray(data)
    at, size = rng.randrange(len(found) + 1), rng.choice((1, 8, 512, 4096))
    kind = rng.randrange(5)
    if kind == 0:
        return bytes(found[:at])
    if kind == 1:
        found[at:at] = bytes(size)
    elif kind == 2:
        found[at:at] = found[at : at + size]
    elif kind == 3 and at < len(found):
        found[at] ^= 1 << rng.randrange(8)
    else:
        del found[at : at + size]
    return bytes(found)


def change_encoding(data: bytes, rng: random.Random) -> bytes:
    """Another encoding than it says, or a mark that it has not."""
    text = data.decode("utf-8", "replace")
    encoding = rng.choice(("utf-16", "utf-16-be", "utf-8-sig", "cp1252", "cp1251", "gb18030", "utf-32", "utf-7"))
    return text.encode(encoding, "replace")


def pack(data: bytes, rng: random.Random) -> bytes:
    """Packed, perhaps twice, perhaps cut."""
    found = rng.choice(
        (
            gzip.compress(data),
            zipped({"a.csv": data}),
            zipped({"a.csv": data, "b/a.csv": data}),
            zipped({"a.zip": zipped({"b": data})}),
        )
    )
    return found[: rng.choice((len(found), len(found), rng.randrange(len(found) + 1)))]


def splice(data: bytes, other: bytes, rng: random.Random) -> bytes:
    """The beginning of one log and the end of another."""
    first, second = _lines(data), _lines(other)
    return b"\n".join([*first[: rng.randrange(len(first) + 1)], *second[rng.randrange(len(second) + 1) :]])


MUTATIONS: tuple[Mutation, ...] = (
    swap_cell,
    swap_cell,
    swap_cell,
    change_lines,
    change_lines,
    change_columns,
    change_columns,
    change_marks,
    change_bytes,
    change_encoding,
    pack,
)
