"""Logs of 27 kinds of mess in other vendors' shapes and other languages: exact, or the right question; never silently wrong.

The variants and their truth are made in `tests/messy`, which no code of the program takes part in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.messy import (
    daily_cases,
    dump_cases,
    export_cases,
    file_cases,
    glued_cases,
    layout_cases,
    logger_cases,
    long_cases,
    mixed_cases,
    neighbour_cases,
    notation_cases,
    number_cases,
    odd_cases,
    quality_cases,
    report_cases,
    script_cases,
    time_cases,
    tongue_cases,
    vendor_cases,
    words_cases,
    world_cases,
)
from tests.messy.judge import differences
from tests.messy.plant import Case
from tests.unit.test_logs_careful_stream import check_same
from workbench.core.errors import WorkbenchError
from workbench.logs.careful import fill
from workbench.logs.careful.careful_import import find_sources
from workbench.logs.parse import ParseOptions, parse_logs
from workbench.logs.readers import byte_stream

NOW_NS = 1_780_000_000 * 10**9

GROUPS: dict[str, Callable[[], Iterator[Case]]] = {
    "1 state words": words_cases.states,
    "2 spreadsheet errors": words_cases.spreadsheet_errors,
    "3 keywords": words_cases.keywords,
    "4 gated zeros": words_cases.gated_zeros,
    "5 quality beside": quality_cases.beside,
    "5 quality for all": quality_cases.one_for_all,
    "6 bad holds last": quality_cases.holds_last,
    "7 notations of time": notation_cases.notations,
    "7 decimal commas": notation_cases.decimal_commas,
    "8 boundaries": layout_cases.boundaries,
    "9 header rows": layout_cases.header_rows,
    "10 preambles": logger_cases.preambles,
    "11 name-value rows": layout_cases.pairs,
    "12 long tables": long_cases.long_tables,
    "13 on change": layout_cases.on_change,
    "14 summer time": time_cases.summer_time,
    "15 mixed offsets": time_cases.mixed_offsets,
    "16 serials": time_cases.serials,
    "17 day and month": time_cases.day_and_month,
    "18 encodings": script_cases.encodings,
    "19 damage": layout_cases.damage,
    "20 headers again": layout_cases.headers_again,
    "21 and 22 clocks": time_cases.clocks,
    "23 rails": number_cases.rails,
    "24 thousands and states": number_cases.thousands,
    "25 indexes": number_cases.indexes,
    "26 archives": file_cases.archives,
    "27 labels beside": file_cases.labels_beside,
    "mixtures": mixed_cases.mixtures,
    "odd tables": odd_cases.odd_tables,
    "recorders": vendor_cases.recorders,
    "historians": vendor_cases.historians,
    "pages": vendor_cases.pages,
    "scripts of many tongues": tongue_cases.scripts,
    "notations of many tongues": tongue_cases.notations,
    "digits and states of many tongues": tongue_cases.numbers,
    "columns of many tongues": tongue_cases.columns,
    "tables of the world": world_cases.wide,
    "long tables of the world": world_cases.long,
    "states half known": world_cases.half_known,
    "workbooks": file_cases.workbooks,
    "exports": export_cases.exports,
    "dumps": dump_cases.dumps,
    "reports": report_cases.reports,
    "months of neighbours": neighbour_cases.neighbour_months,
    "two encodings": glued_cases.two_encodings,
    "captures": glued_cases.captures,
    "names of nodes": glued_cases.node_ids,
    "dates once a day": daily_cases.date_lines,
    "preambles each day": daily_cases.preambles,
    "dates in bare digits": daily_cases.bare_dates,
    "lost hours": daily_cases.lost_hours,
    "no logs": file_cases.unusable,
}


def judged(case: Case, folder: Path) -> list[str]:
    """What is wrong with the reading of a case."""
    home = folder / case.name
    for name, data in case.files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    try:
        parsed = parse_logs([home / name for name in case.given or case.files], ParseOptions(zone=case.zone))
    except WorkbenchError as error:
        if case.truth["expect"] != "error":
            return [f"refused: {error}"]
        return [] if any(Path(name).name in str(error) for name in case.files) else [f"no file is named: {error}"]
    return ["accepted, but it is no log"] if case.truth["expect"] == "error" else differences(case, parsed)


@pytest.mark.parametrize("group", sorted(GROUPS))
def test_variants_of_a_kind_are_read_exactly_or_asked_about(group: str, tmp_path: Path) -> None:
    wrong = {case.name: found for case in GROUPS[group]() if (found := judged(case, tmp_path))}
    assert wrong == {}


@pytest.fixture
def tiny_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of 50 rows, so that a small file goes the way of a large one."""
    monkeypatch.setattr(fill, "SMALL_BYTES", 200)
    monkeypatch.setattr(fill, "MAX_BLOCK_ROWS", 50)
    monkeypatch.setattr(byte_stream, "CHUNK_BYTES", 4096)


@pytest.mark.usefixtures("tiny_blocks")
def test_a_variant_in_tiny_blocks_gives_what_the_reader_in_memory_gives(tmp_path: Path) -> None:
    cases = [case for number, case in enumerate(every_case()) if number % 12 == 0 and case.truth["expect"] != "error"]
    for case in cases:
        home = tmp_path / case.name
        home.mkdir()
        for name, data in case.files.items():
            (home / name).write_bytes(data)
        paths = [home / name for name in case.given or case.files]
        is_page = any(data.lstrip().startswith(b"<") for data in case.files.values())  # as large as that they are refused
        if find_sources(paths) is not None and not is_page:
            check_same(paths, ParseOptions(zone=case.zone, now_ns=NOW_NS), home / "work")


def every_case() -> Iterator[Case]:
    """All variants."""
    for group in sorted(GROUPS):
        yield from GROUPS[group]()
