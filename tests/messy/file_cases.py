"""Kinds 26 and 27, workbooks, and files that are no logs."""

from __future__ import annotations

import gzip
import io
import json
import random
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.messy.layout_cases import parts_of
from tests.messy.plant import ISO_Z, Case, Style, instants, printed, pump, state, truth_of
from tests.messy.writing import Cell, Wide, workbook, zipped

OSLO, BERLIN, PARIS, MADRID = "Europe/Oslo", "Europe/Berlin", "Europe/Paris", "Europe/Madrid"
SEMI = Style(dec=",")
DE = printed("%d.%m.%Y %H:%M:%S", BERLIN)
FROM_1900, FROM_1904 = datetime(1899, 12, 30, tzinfo=UTC), datetime(1904, 1, 1, tzinfo=UTC)


def archives() -> Iterator[Case]:
    """Kind 26: rotating files in archives of archives, out of order, with a header in the first alone."""
    bounds = [(first, first + 60) for first in range(0, 480, 60)]
    for name, table, zone in (
        ("iso", Wide(times=instants(480, 5)), None),
        ("german", Wide(times=instants(480, 5), stamp=DE, sep=";", style=SEMI), BERLIN),
    ):
        for header in ("all", "first"):
            parts = parts_of(table, bounds, header=header)
            order = [3, 7, 0, 5, 1, 6, 2, 4]
            rotated = {f"file{number + 1}(260325_{number}).csv": parts[place] for number, place in enumerate(order)}
            truth = truth_of(table.times, table.signals)
            base = Case(name=f"26_{name}_{header}", kind=26, files={"log.zip": zipped(rotated)}, truth=truth, zone=zone)
            yield base
            yield base.but(f"26_{name}_{header}_loose", rotated)
            yield base.but(
                f"26_{name}_{header}_nested",
                {
                    "log.zip": zipped(
                        {"inner.zip": zipped(dict([*rotated.items()][:4])), "b/more.zip": zipped(dict([*rotated.items()][4:]))}
                    )
                },
            )
            yield base.but(
                f"26_{name}_{header}_gz_in_zip",
                {"log.zip": zipped({f"{file}.gz": gzip.compress(data) for file, data in rotated.items()})},
            )
            yield base.but(
                f"26_{name}_{header}_wrong_name",
                {"log.csv": zipped({file.replace(".csv", ".bin"): data for file, data in rotated.items()})},
            )
            yield base.but(
                f"26_{name}_{header}_with_notes",
                {
                    "log.zip": zipped(
                        {**rotated, "readme.txt": b"Pump 7, station north.\nAsk K. for the rest.\n", "x.pdf": b"%PDF-1.4 x"}
                    )
                },
            )
    table = Wide(times=instants(480, 5))
    truth = truth_of(table.times, table.signals)
    yield Case(name="26_gz", kind=26, files={"log.csv.gz": gzip.compress(table.data())}, truth=truth)
    yield Case(name="26_gz_without_name", kind=26, files={"log.dat": gzip.compress(table.data())}, truth=truth)
    yield Case(
        name="26_gz_members",
        kind=26,
        files={"log.gz": b"".join(gzip.compress(data) for data in parts_of(table, bounds, header="first"))},
        truth=truth,
    )
    overlapping = parts_of(table, [(0, 130), (120, 250), (240, 370), (360, 480)])
    doubled = truth_of(table.times, table.signals, n_duplicates_dropped=30)
    yield Case(
        name="26_overlap",
        kind=26,
        files={"log.zip": zipped({f"{letter}.csv": data for letter, data in zip("dacb", overlapping, strict=True)})},
        truth=doubled,
    )


def labels_beside() -> Iterator[Case]:
    """Kind 27: labels and maintenance records that came along."""
    table = Wide(times=instants(600, 300))
    log = table.data()
    truth = truth_of(table.times, table.signals, notes=["LABELS_ELSEWHERE"])
    windows = [("2026-03-25T10:00:00Z", "2026-03-25T11:30:00Z"), ("2026-03-26T01:00:00Z", "2026-03-26T03:30:00Z")]
    beside = _labels_json(windows) | _labels_text(windows) | _records(table.times)
    for name, data in beside.items():
        yield Case(name=f"27_{name}", kind=27, files={"log.csv": log, name: data}, truth=truth)
    first = beside["windows.csv"]
    yield Case(name="27_labels_first", kind=27, files={"a.csv": first, "log.csv": log}, truth=truth)
    yield Case(
        name="27_in_zip", kind=27, files={"all.zip": zipped({"labels.json": beside["nab.json"], "log.csv": log})}, truth=truth
    )


def _labels_json(windows: list[tuple[str, str]]) -> dict[str, bytes]:
    return {
        "nab.json": json.dumps({"log.csv": windows}).encode(),
        "list.json": json.dumps([{"start": a, "end": b, "label": "cavitation"} for a, b in windows]).encode(),
        "german.json": json.dumps(
            [{"von": a, "bis": b, "Störung": "Kavitation"} for a, b in windows], ensure_ascii=False
        ).encode(),
        "nested.json": json.dumps({"anomalies": {"P-101": [{"from": a, "to": b} for a, b in windows]}}).encode(),
        "points.json": json.dumps({"log.csv": [a for a, _ in windows]}).encode(),
        "epochs.json": json.dumps(
            [{"start": 1774432800 + 7200 * k, "end": 1774436400 + 7200 * k, "type": "fault"} for k in range(3)]
        ).encode(),
        "label_studio.json": json.dumps(
            [
                {
                    "id": 1,
                    "annotations": [
                        {"result": [{"value": {"start": a, "end": b, "timeserieslabels": ["leak"]}} for a, b in windows]}
                    ],
                }
            ]
        ).encode(),
    }


def _labels_text(windows: list[tuple[str, str]]) -> dict[str, bytes]:
    return {
        "windows.csv": ("start,end,label\n" + "".join(f"{a},{b},cavitation\n" for a, b in windows)).encode(),
        "german.csv": (
            "Von;Bis;Störung;Bemerkung\n"
            "25.03.2026 11:00;25.03.2026 12:30;Kavitation;Ventil zu\n"
            "26.03.2026 02:00;26.03.2026 04:30;Leckage;\n"
        ).encode("cp1252"),
        "maintenance.csv": (
            b"Order,Date,Equipment,Description,Status\n"
            b"4711,2026-03-25 10:00,P-101,Seal replaced after leak,CLOSED\n"
            b"4712,2026-03-26 02:00,P-101,Bearing greased,CLOSED\n"
        ),
        "french.csv": (
            "Début;Fin;Défaut\n25/03/2026 11:00;25/03/2026 12:30;Cavitation\n26/03/2026 02:00;26/03/2026 04:30;Fuite garniture\n"
        ).encode(),
        "spanish.csv": (
            "Inicio;Fin;Avería\n25/03/2026 11:00;25/03/2026 12:30;Cavitación\n26/03/2026 02:00;26/03/2026 04:30;Fuga de sello\n"
        ).encode(),
        "norwegian.csv": (
            b"Fra;Til;Hendelse\n25.03.2026 11:00;25.03.2026 12:30;Kavitasjon\n26.03.2026 02:00;26.03.2026 04:30;Lekkasje\n"
        ),
        "russian.csv": (
            "Начало;Конец;Неисправность\n25.03.2026 11:00;25.03.2026 12:30;Кавитация\n26.03.2026 02:00;26.03.2026 04:30;Утечка\n"
        ).encode(),
    }


def _records(times: Sequence[datetime]) -> dict[str, bytes]:
    """What people and control systems note down, sample by sample or work by work."""
    return {
        "journal.txt": (
            b"2026-03-25 10:00 operator heard rattling at pump P-101\n2026-03-26 01:00 seal leaks, ordered a new one\n"
        ),
        "faults.csv": (
            b"timestamp,fault\n2026-03-25T10:00:00Z,cavitation\n2026-03-26T01:00:00Z,leak\n2026-03-26T09:00:00Z,none\n"
        ),
        "alarms.csv": (
            b"Time,Tag,Priority,Message,State\n"
            b"2026-03-25 10:00:01,P101,High,Vibration high,ACT\n"
            b"2026-03-25 10:20:01,P101,High,Vibration high,RTN\n"
            b"2026-03-26 01:00:00,P101,Low,Seal pot level low,ACT\n"
        ),
        "per_sample.csv": (
            "timestamp,anomaly\n" + "".join(f"{ISO_Z(t)},{int(30 <= row < 50)}\n" for row, t in enumerate(times))
        ).encode(),
        "failure_dates.csv": b"pump,failure_date,mode\nP-101,2026-03-26,seal leak\nP-102,2026-05-01,bearing\n",
        "orders.xlsx": workbook(
            {
                "Orders": [
                    [("s", "Order"), ("s", "Start"), ("s", "End"), ("s", "Text")],
                    [("n", "4711"), ("s", "2026-03-25 10:00"), ("s", "2026-03-25 12:00"), ("s", "Seal replaced")],
                    [("n", "4712"), ("s", "2026-03-26 02:00"), ("s", "2026-03-26 03:00"), ("s", "Bearing greased")],
                ]
            }
        ),
    }


def _serial(instant: datetime, zone: str, epoch: datetime) -> str:
    local = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=UTC)
    return repr((local - epoch) / timedelta(days=1))


def workbooks() -> Iterator[Case]:
    """Workbooks: dates as dates and as text, both epochs, titles above, several sheets, formulas, errors."""
    table = Wide(times=instants(120, 600))
    signals = table.signals
    head: list[Cell] = [("s", title) for title in table.header()]

    def rows(kind: str, stamp: object, number: str = "n") -> list[list[Cell]]:
        return [[(kind, stamp(t)), *((number, one.plain[row] or "") for one in signals)] for row, t in enumerate(table.times)]  # type: ignore[operator]

    def from_1900_text(t: datetime) -> str:
        return _serial(t, OSLO, FROM_1900)

    def from_1904_text(t: datetime) -> str:
        return _serial(t, OSLO, FROM_1904)

    dates = rows("d", from_1900_text)
    truth = truth_of(table.times, signals)
    truth["recordings"][0]["tolerance_ns"] = 50_000_000
    base = Case(name="28_dates", kind=28, files={"log.xlsx": workbook({"Sheet1": [head, *dates]})}, truth=truth, zone=OSLO)
    yield base
    yield base.but("28_1904", {"log.xlsx": workbook({"Sheet1": [head, *rows("d", from_1904_text)]}, is_1904=True)})
    yield base.but("28_1904_bare_serials", {"log.xlsx": workbook({"Sheet1": [head, *rows("n", from_1904_text)]}, is_1904=True)})
    yield base.but("28_bare_serials", {"log.xlsx": workbook({"Sheet1": [head, *rows("n", from_1900_text)]})})
    yield base.but("28_text_dates", {"log.xlsx": workbook({"Sheet1": [head, *rows("s", printed("%d.%m.%Y %H:%M:%S", OSLO))]})})
    yield base.but("28_text_numbers", {"log.xlsx": workbook({"Sheet1": [head, *rows("d", from_1900_text, "s")]})})
    yield base.but("28_formulas", {"log.xlsx": workbook({"Sheet1": [head, *rows("d", from_1900_text, "f")]})})
    title: list[list[Cell]] = [[("s", "Pump house 7: trend export")], [("s", "Created 26.03.2026 by K. Nordmann")], []]
    yield base.but("28_titles", {"log.xlsx": workbook({"Sheet1": [*title, head, *dates]}, merged=("A1:D1", "A2:D2"))})
    names: list[Cell] = [("s", "Zeit"), *(("s", one.name) for one in signals)]
    units: list[Cell] = [("", ""), *(("s", one.shown) for one in signals)]
    yield base.but("28_unit_row", {"log.xlsx": workbook({"Sheet1": [names, units, *dates]})})
    moved = [[("", ""), ("", ""), *row] for row in [head, *dates]]
    yield base.but("28_moved", {"log.xlsx": workbook({"Sheet1": [[], [], *moved]})})
    note: list[list[Cell]] = [[("s", "Readme")], [("s", "This workbook holds the trend of pump 7.")]]
    yield base.but("28_note_sheet", {"log.xlsx": workbook({"Info": note, "Data": [head, *dates]})})
    yield base.but("28_two_sheets", {"log.xlsx": workbook({"Day 1": [head, *dates[:60]], "Day 2": [head, *dates[60:]]})})
    yield base.but("28_wrong_name", {"log.csv": workbook({"Sheet1": [head, *dates]})})
    yield from _odd_cells(base, table, head, dates)


def _odd_cells(base: Case, table: Wide, head: list[Cell], dates: list[list[Cell]]) -> Iterator[Case]:
    """Errors, booleans, and a date beside a time of day."""
    signals = table.signals
    bad = [list(row) for row in dates]
    errors = ["#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!"]
    marked = pump(120)
    for number, row in enumerate(range(5, 115, 9)):
        bad[row][1 + number % 3] = ("e", errors[number % 7])
        marked[number % 3].bad[row] = (errors[number % 7], errors[number % 7].lower())
    marked[0].bad[50] = ("Bad Input", "bad input")
    bad[50][1] = ("s", "Bad Input")
    found = truth_of(table.times, marked)
    found["recordings"][0]["tolerance_ns"] = 50_000_000
    yield Case(name="28_errors", kind=28, files={"log.xlsx": workbook({"Sheet1": [head, *bad]})}, truth=found, zone=OSLO)
    flags = [*signals, state("Running", ("0", "1"), 120)]
    with_flag = [[*row, ("b", flags[3].plain[number] or "")] for number, row in enumerate(dates)]
    found = truth_of(table.times, flags)
    found["recordings"][0]["tolerance_ns"] = 50_000_000
    yield Case(
        name="28_booleans",
        kind=28,
        files={"log.xlsx": workbook({"Sheet1": [[*head, ("s", "Running")], *with_flag]})},
        truth=found,
        zone=OSLO,
    )
    two: list[list[Cell]] = []
    for row, t in enumerate(table.times):
        local = t.astimezone(ZoneInfo(OSLO)).replace(tzinfo=UTC)
        serial = (local - FROM_1900) / timedelta(days=1)
        two.append(
            [
                ("d", repr(float(int(serial)))),
                ("d", repr(serial - int(serial))),
                *(("n", one.plain[row] or "") for one in signals),
            ]
        )
    yield base.but("28_date_and_clock", {"log.xlsx": workbook({"Sheet1": [[("s", "Date"), ("s", "Time"), *head[1:]], *two]})})


def unusable() -> Iterator[Case]:
    """Files that are no logs: refused, the file named."""
    rng = random.Random(9)
    noise = bytes(rng.randrange(256) for _ in range(4000))
    files: dict[str, bytes] = {
        "empty.csv": b"",
        "blank.csv": b"\n\n  \n",
        "nul.csv": b"\0" * 5000,
        "header.csv": b"Time,Flow [m3/h],Pressure [bar]\n",
        "noise.csv": noise,
        "letter.txt": b"Dear colleague,\nplease find attached the results.\nBest regards\n",
        "page.html": b"<!DOCTYPE html><html><body><p>Login</p></body></html>",
        "report.pdf": b"%PDF-1.7\n" + noise,
        "picture.csv": b"\x89PNG\r\n\x1a\n" + noise,
        "words.csv": b"a,b,c\nfoo,bar,baz\nqux,quux,corge\n",
        "broken.zip": b"PK\x03\x04" + noise,
        "broken.gz": b"\x1f\x8b\x08" + noise,
        "broken.xlsx": zipped({"[Content_Types].xml": b"<x/>"}),
        "empty.zip": zipped({}),
        "words.zip": zipped({"readme.txt": b"nothing here"}),
        "null.json": b"null",
        "words.json": b'{"a": "b"}',
        "cut.json": b'[{"time": "2026-',
        "error.xml": b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>",
        "one_row.csv": b"12,13,14\n",
        "no_time.csv": b"Time,Flow\nyesterday,1\ntoday,2\ntomorrow,3\n",
        "both_commas.csv": (
            "Zeit,Druck,Strom\n" + "".join(f"25.03.2026 08:{row:02d}:00,5,4{row % 10},33,{row % 10}\n" for row in range(60))
        ).encode(),
        "half_commas.csv": (
            "Zeit,Druck\n" + "".join(f"25.03.2026 08:{row:02d}:00,5,4{row % 10}\n" for row in range(60))
        ).encode(),
        "program.exe": b"MZ\x90\x00" + noise,
        "parquet.parquet": b"PAR1" + noise + b"PAR1",
        "old.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + noise,
    }
    for name, data in files.items():
        yield Case(name=f"29_{name}", kind=29, files={name: data}, truth={"expect": "error"})
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.csv", b"0" * (80 << 20))
    yield Case(name="29_bomb", kind=29, files={"bomb.zip": held.getvalue()}, truth={"expect": "error"})
    deep = zipped({"log.csv": Wide().data()})
    for _ in range(8):
        deep = zipped({"deeper.zip": deep})
    yield Case(name="29_deep", kind=29, files={"deep.zip": deep}, truth={"expect": "error"})
    yield Case(name="29_gz_bomb", kind=29, files={"bomb.gz": gzip.compress(b"\n" * (60 << 20))}, truth={"expect": "error"})
