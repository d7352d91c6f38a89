"""Kinds mixed as they come in practice: a seed chooses language, notation, marks, encoding, header, quality, damage, packing."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator
from datetime import UTC, datetime

from tests.messy.lands import LANDS, Land
from tests.messy.notation_cases import NOTATIONS
from tests.messy.plant import START, Case, Signal, Stamp, Style, bad_cells, instants, signal, state
from tests.messy.quality_cases import CODES, verdicts
from tests.messy.words_cases import STATE_WORDS
from tests.messy.writing import Wide, case, zipped

N = 140


def _signals(land: Land, rng: random.Random) -> list[Signal]:
    big = rng.random() < 0.4
    centres = ((4860.0 if big else 286.0, 9.0, 1), (6.1, 0.05, 2), (38.4, 0.4, 1))
    units = (("l/min", "L/min") if big else ("m3/h", "m3/h"), ("bar", "bar"), ("A", "A"))
    made = [signal(name, *unit, *centre, N) for name, unit, centre in zip(land.names, units, centres, strict=True)]
    words = rng.sample(STATE_WORDS[land.words], 3)
    if rng.random() < 0.6:
        for shift, one in enumerate(made):
            one.bad = bad_cells({row: words[row % 3] for row in range(11 + shift, N, rng.choice((13, 29)))})
    return made


def _shown(stamp: Stamp) -> str:
    """'S' where a stamp shows seconds."""
    return "S" if stamp(START) != stamp(START.replace(second=7)) else ""


def mixed(number: int) -> Case:
    """The case of a seed."""
    rng = random.Random(number)
    key = sorted(LANDS)[number % len(LANDS)]
    land = LANDS[key]
    stamp, zone = NOTATIONS[rng.choice(land.stamps)]
    signals = _signals(land, rng)
    table = Wide(
        signals=signals,
        times=instants(
            N, rng.choice((60, 600) if "S" not in _shown(stamp) else (1, 10, 60, 600)), datetime(2026, 5, 13, 9, tzinfo=UTC)
        ),
        stamp=stamp,
        time_name=land.time,
    )
    table.sep = rng.choice((";", "\t", "|") if land.dec == "," else (",", ";", "\t"))
    table.style = Style(dec=land.dec, thou=rng.choice(land.thou))
    table.enc, table.nl = rng.choice(land.encodings), rng.choice(("\n", "\r\n"))
    table.trailing = rng.choice(("", "", table.sep))
    table.quote_all = rng.random() < 0.2
    table.index = rng.choice((None, None, "Nr"))
    if rng.random() < 0.5:
        table.before = (land.note, "Export 2.1", *([""] if rng.random() < 0.5 else []))
    _choose_header(table, land, rng)
    if rng.random() < 0.4:
        table.signals.append(state("Pump 1", land.on_off, N))
    elif rng.random() < 0.5:
        _add_quality(table, land, rng)
    try:
        table.data()
    except UnicodeEncodeError:
        table.enc = "utf-8"  # what a code page lacks, it can't have written
    made = case(f"30_mixed_{number:03d}_{key}", 30, table, zone)
    return _packed(made, table, rng)


def _choose_header(table: Wide, land: Land, rng: random.Random) -> None:
    kind = rng.choice(("square", "round", "row", "row_word", "row_brackets"))
    if kind in ("square", "round"):
        table.head = "{name} [{unit}]" if kind == "square" else "{name} ({unit})"
        return
    table.head = "{name}"
    index = [] if table.index is None else [""]
    pattern = "[{unit}]" if kind == "row_brackets" else "{unit}"
    table.below = [table.unit_row(pattern, first=(*index, land.unit_word if kind == "row_word" else ""))]


def _add_quality(table: Wide, land: Land, rng: random.Random) -> None:
    words = {
        "german": "Qualität",
        "french": "Qualité",
        "spanish": "Calidad",
        "italian": "Qualità",
        "portuguese": "Qualidade",
        "dutch": "Kwaliteit",
        "norwegian": "Kvalitet",
        "polish": "Jakość",
        "russian": "Качество",
        "chinese": "质量",
    }
    codes = CODES[rng.choice((land.quality, "da", "ua_hex"))]
    cells = {one.name: verdicts(one, codes, shift) for shift, one in enumerate(table.signals)}
    for one in table.signals:
        one.quality_bad |= frozenset(row for row in one.quality_bad if row < N)

    def cell(one: Signal, row: int) -> str:
        return cells[one.name](row)

    table.quality, table.quality_name = cell, "{name} " + words.get(land.quality, "Quality")
    if table.below:
        unit = iter(table.below[0])
        front = len(table.stamps) + (table.index is not None)
        row = [next(unit) for _ in range(front)]
        for text in unit:
            row += [text, ""]
        table.below = [row]


def _packed(made: Case, table: Wide, rng: random.Random) -> Case:
    kind = rng.choice(("plain", "plain", "gz", "zip", "cut", "again"))
    (file, data), *_ = made.files.items()
    if kind == "gz":
        return made.but(made.name + "_gz", {"log.dat": gzip.compress(data)})
    if kind == "zip":
        return made.but(made.name + "_zip", {"log.csv": zipped({"export/" + file: data})})
    if kind == "cut":
        half = table.line(table.row(N - 1))[: len(table.stamps[0](START)) + 2]
        return made.but(
            made.name + "_cut",
            {file: data + half.encode(table.enc.removesuffix("-sig") if table.enc != "utf-16" else "utf-16-le")},
        )
    if kind == "again":
        head = [table.line(table.header()), *(table.line(cells) for cells in table.below)]
        table.between = {60: head, 100: head}
        return made.but(made.name + "_again", {file: table.data()})
    return made


def mixtures() -> Iterator[Case]:
    """Nine seeds a country."""
    for number in range(99):
        yield mixed(number)
