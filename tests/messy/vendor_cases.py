"""Shapes of single makers: recorders, fixed columns, historian pairs, annotated CSV, pages and XML named as spreadsheets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from tests.messy.plant import START, Case, Signal, bad_cells, instants, pump, truth_of
from tests.messy.writing import Wide, case, workbook

N = 120


def _file(
    name: str, lines: list[str], times: list[datetime], signals: list[Signal], zone: str | None = None, **truth: object
) -> Case:
    return Case(
        name=name, kind=32, files={"log.csv": "\n".join(lines).encode()}, truth=truth_of(times, signals, **truth), zone=zone
    )


def _cells(signals: list[Signal], row: int, mark: str = ",") -> str:
    return mark.join(one.plain[row] or "" for one in signals)


def recorders() -> Iterator[Case]:
    """Tags and units above date and time, fixed columns with units below, a zone in the head."""
    times = instants(N, 2)
    signals = pump(N, ("Suction P", "Discharge P", "Motor I"))
    later = [instant - timedelta(hours=1) for instant in times]
    head = [
        "Model,DX2000",
        "Serial No.,S5KB12345",
        "Time Zone,+01:00",
        "Data Type,Real",
        "Ch.,CH001,CH002,CH003",
        "Tag,Suction P,Discharge P,Motor I",
    ]
    rows = [f"{t:%Y/%m/%d},{t:%H:%M:%S},{_cells(signals, row)}" for row, t in enumerate(times)]
    yield _file("32_recorder", [*head, "Unit,m3/h,bar,A", "Date,Time,,,", *rows], later, signals)
    fixed = ["DATE       TIME        SUCT_P   DISCH_P   MOT_CUR", "                        M3/H       BAR         A"]
    fixed += [f"{t:%Y-%m-%d %H:%M:%S}" + "".join(f"{one.plain[row]:>10}" for one in signals) for row, t in enumerate(times)]
    named = [
        Signal(name=name, unit=one.unit, plain=one.plain)
        for name, one in zip(("SUCT_P", "DISCH_P", "MOT_CUR"), signals, strict=True)
    ]
    yield _file("32_fixed_columns", fixed, times, named, "UTC")
    yield from _scopes()
    exponents = Wide(
        signals=[Signal(name="p", shown="bar", unit="bar", plain=[f"{5 + row % 9 / 8:.3f}" for row in range(N)])], sep=";"
    )
    lines = [line.replace(".", ",") + ("E+00" if row else "") for row, line in enumerate(exponents.lines())]
    yield _file("32_exponents", lines, exponents.times, exponents.signals)


def _scopes() -> Iterator[Case]:
    """Exports of a PLC's oscilloscope: milliseconds and value of each channel, below a block about the channels."""
    times = instants(N, 2)
    first, second, slow = pump(N, ("MAIN.fFlow", "MAIN.fPress", "MAIN.fAmps"))
    slow.plain = [value if row % 2 == 0 else None for row, value in enumerate(slow.plain)]
    signals = [first, second, slow]
    ticks = int((times[0] - datetime(1601, 1, 1, tzinfo=times[0].tzinfo)).total_seconds()) * 10_000_000
    for name, sep, mark, units in (("tabs", "\t", ",", False), ("commas", ",", ".", True)):
        rows = [["Name", "Pump"], ["Starttime of export", str(ticks)], ["Endtime of export", str(ticks + 9)], []]
        for title, cells in (
            ("Name", [one.name for one in signals]),
            ("SymbolComment", ["", "", ""]),
            ("Data-Type", ["REAL64"] * 3),
            ("SampleTime[ms]", ["2000", "2000", "4000"]),
            *([("Unit", [one.shown for one in signals])] if units else []),
            ("VariableSize", ["8"] * 3),
        ):
            rows.append([part for cell in cells for part in (title, cell)])
        rows.append([])
        for row in range(N):
            pairs = [(one, row) for one in signals[:2]] + ([(slow, 2 * row)] if 2 * row < N else [])
            cells = [cell for one, at in pairs for cell in (str(2000 * at), (one.plain[at] or "").replace(".", mark))]
            rows.append([*cells, *[""] * (6 - len(cells))])
        shown = signals if units else [Signal(name=one.name, plain=one.plain) for one in signals]
        yield _file(f"32_scope_{name}", [*map(sep.join, rows), "EOF"], times, shown)


def historians() -> Iterator[Case]:
    """Times of each tag's own beside its values; annotated CSV with the bounds of the query in front."""
    times = instants(N, 60)
    first, second = pump(N, ("PI-101", "PI-102", "PI-103"))[:2]
    second.bad = bad_cells({7: "Bad Input"})
    rows = [
        f"{t:%d-%b-%y %H:%M:%S},{first.plain[row]},{t + timedelta(seconds=13):%d-%b-%y %H:%M:%S},{second.cell(row, Wide().style)}"
        for row, t in enumerate(times)
    ]
    every = sorted([*times, *(instant + timedelta(seconds=13) for instant in times)])
    merged = [Signal(name=one.name, unit=one.unit, plain=[]) for one in (first, second)]
    for instant in every:
        row = (instant - START) // timedelta(seconds=60)
        is_first = instant in times
        merged[0].plain.append(first.plain[row] if is_first else None)
        merged[1].plain.append(None if is_first else second.plain[row])
    bad_row = every.index(times[7] + timedelta(seconds=13))
    merged[1].bad = {bad_row: ("Bad Input", "bad input")}
    yield _file("32_pairs_of_columns", ["PI-101,,PI-102,", "m3/h,,bar,", *rows], every, merged, "UTC")
    note = [
        "#group,false,false,true,true,false,false,true,true",
        "#datatype,string,long,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339,double,string,string",
        "#default,_result,,,,,,,",
        ",result,table,_start,_stop,_time,_value,_field,_measurement",
    ]
    bounds = "2026-03-25T00:00:00Z,2026-03-26T00:00:00Z"
    fields = [Signal(name=name, plain=one.plain) for name, one in zip(("flow", "pressure"), (first, second), strict=True)]
    rows = [
        f",,{number},{bounds},{t:%Y-%m-%dT%H:%M:%SZ},{one.plain[row]},{one.name},pumps"
        for number, one in enumerate(fields)
        for row, t in enumerate(times)
    ]
    yield _file("32_annotated", [*note, *rows], times, fields, n_backward_steps=0)
    both = [*note, *rows[:N], "", *note, *rows[N:]]
    yield _file("32_annotated_twice", both, times, fields, n_backward_steps=0)


def pages() -> Iterator[Case]:
    """Tables of web pages and of XML spreadsheets; workbooks whose numbers are text with a comma."""
    table = Wide()
    rows = table.rows()
    html = "<html><head><style>td {color: red}</style></head><body><h1>Export</h1><table>" + "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>\n" for row in rows
    )
    made = case("32_page", 32, table)
    yield made.but("32_page", {"log.xls": (html + "</table></body></html>").encode()})
    xml = '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
    xml += '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet><Table>'
    xml += "".join(
        "<Row>" + "".join(f'<Cell><Data ss:Type="String">{cell}</Data></Cell>' for cell in row) + "</Row>\n" for row in rows
    )
    yield made.but("32_xml_spreadsheet", {"log.xls": (xml + "</Table></Worksheet></Workbook>").encode()})
    for one in table.signals:
        one.unit = None
    records = [
        {
            "time": f"/Date({int(instant.timestamp()) * 1000}{zone})/",
            **{one.name: float(one.plain[row] or 0) for one in table.signals},
        }
        for zone in ("", "+0200")
        for row, instant in enumerate(table.times)
    ]
    bare = case("32_dotnet", 32, table)
    yield bare.but("32_dotnet", {"log.json": json.dumps(records[: len(table.times)]).encode()})
    yield bare.but("32_dotnet_offset", {"log.json": json.dumps(records[len(table.times) :]).encode()})
    sheet = [
        [("s", cell.replace(".", ",") if number and column else cell) for column, cell in enumerate(row)]
        for number, row in enumerate(rows)
    ]
    yield made.but("32_text_with_commas", {"log.xlsx": workbook({"S": sheet})})
