"""Work orders and alarm journals in many shapes: columns, doubtful dates, onset intervals, words of the standard."""

from __future__ import annotations

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from workbench.core.errors import LogFormatError
from workbench.logs.events.alarm_journal import is_journal, pair_alarms
from workbench.logs.events.alarm_words import transition_of
from workbench.logs.events.columns import find_asset, guess_columns
from workbench.logs.events.dates import DateRules, orders_of, read_moment
from workbench.logs.events.rows import EventRules, Made, make_events, rules_columns
from workbench.logs.events.tables import EventTable, read_event_table

PUMPS = ("P-2041A", "P-2041B", "P-204")
SAP = """Auftragsliste Werk 1000
Erstellt am 05.04.2026

Auftrag;Auftragsart;Technischer Platz;Kurztext;Meldedatum;Störungsbeginn;Abschlussdatum;Schadensbild;Ursache;Gemeldet von
4000123;Störung;HAV-20-P2041A;Gleitringdichtung undicht;17.03.2026;16.03.2026 22:10;18.03.2026;Leckage;Verschleiß;Müller
4000124;Vorbeugend;HAV-20-P2041B;Lager getauscht nach Plan;20.03.2026;;20.03.2026;;;Schulz
4000125;Störung;HAV-20-K3001;Kompressor;20.03.2026;;21.03.2026;;;Schulz
"""
NORSK = """Ordrenr,Utstyr,Beskrivelse,Rapportert,Sist OK,Funnet,Ferdig,Feilmodus,Vedlikeholdstype,Meldt av
17,P-2041A,Høy vibrasjon DE-lager,2026-03-12 08:00,2026-03-09 07:30,2026-03-12 07:55,2026-03-13 14:00,VIB,Korrektiv,Aas
18,P-2041A,Oppretting av kobling utført,2026-04-02,,,2026-04-02,,Planlagt,Lie
"""


def table_of(text: str, name: str = "orders.csv") -> EventTable:
    return read_event_table(text.encode(), Path(name))


def made_of(table: EventTable, *, zone: str = "UTC", order: str = "dmy") -> Made:
    roles = [one.role for one in guess_columns(table, PUMPS)]
    rules = EventRules(
        columns=rules_columns(roles), dates=DateRules(order=order, zone=ZoneInfo(zone)), assets=PUMPS, asset=None,  # type: ignore[arg-type]
        state="unsure", source="work order",
    )  # fmt: skip
    return make_events(table, rules)


def test_columns_of_a_german_export_are_recognised_below_its_preamble() -> None:
    roles = {one.name: one.role for one in guess_columns(table_of(SAP), PUMPS)}
    assert roles == {
        "Auftrag": "order", "Auftragsart": "type", "Technischer Platz": "asset", "Kurztext": "description",
        "Meldedatum": "reported", "Störungsbeginn": "start", "Abschlussdatum": "fixed", "Schadensbild": "mode",
        "Ursache": "mechanism", "Gemeldet von": "author",
    }  # fmt: skip


def test_columns_of_a_norwegian_export_are_recognised() -> None:
    roles = [one.role for one in guess_columns(table_of(NORSK), PUMPS)]
    assert roles == [
        "order", "asset", "description", "reported", "last_good", "found", "fixed", "mode", "type", "author"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "roles"),
    [
        ("WONUM,ASSETNUM,DESCRIPTION,REPORTDATE,ACTFINISH,FAILURECODE,WORKTYPE",
         ["order", "asset", "description", "reported", "fixed", "mode", "type"]),
        ("Ordre de travail,Équipement,Désignation,Détecté,Réparé,Mode de défaillance,Cause",
         ["order", "asset", "description", "found", "fixed", "mode", "mechanism"]),
        ("Orden de trabajo,Equipo,Descripción,Fecha aviso,Fecha cierre,Modo de fallo,Causa",
         ["order", "asset", "description", "reported", "fixed", "mode", "mechanism"]),
    ],
)  # fmt: skip
def test_columns_in_other_languages_are_recognised(header: str, roles: list[str]) -> None:
    has_cause = "aus" in header.casefold()
    last = "wear" if has_cause else "CM"
    row = f"W{{n}},P-2041A,seal leaks badly again,2026-03-1{{n}},2026-03-2{{n}},ELP,{last}"
    table = table_of("\n".join([header, *(row.format(n=n) for n in range(1, 5))]))
    assert [one.role for one in guess_columns(table, PUMPS)] == roles


def test_an_onset_is_the_interval_from_last_known_good_to_found() -> None:
    first = made_of(table_of(NORSK)).events[0]
    assert (first.last_good_utc, first.found_utc) == ("2026-03-09T07:30:00Z", "2026-03-12T07:55:00Z")
    assert (first.start_utc, first.end_utc) == ("2026-03-09T07:30:00Z", "2026-03-13T14:00:00Z")
    assert (first.kind, first.mode, first.order, first.author, first.name) == ("failure", "VIB", "17", "Aas", "vibration")


def test_planned_work_on_a_part_is_preventive_and_no_failure() -> None:
    orders = [*made_of(table_of(NORSK)).events, *made_of(table_of(SAP)).events]
    planned = [(one.kind, one.action, one.mode) for one in orders if one.kind not in {"failure", ""}]
    assert planned == [("maintenance", "alignment", ""), ("preventive", "bearing", "")]


def test_words_of_a_german_order_become_codes_of_the_standard() -> None:
    made = made_of(table_of(SAP))
    (leak,) = [one for one in made.events if one.kind == "failure"]
    assert (leak.asset, leak.mode, leak.mechanism) == ("P-2041A", "ELP", "2.4")
    assert made.left_out == {"HAV-20-K3001 is no pump of this project": 1}


def test_a_date_without_time_of_day_is_a_whole_day_in_the_zone_of_the_clock() -> None:
    rules = DateRules(order="dmy", zone=ZoneInfo("Europe/Oslo"))
    moment = read_moment("29.03.2026", rules)  # 23 hours long: the clocks go forward
    assert moment is not None
    assert moment.last_ns - moment.first_ns == (23 * 3600 - 1) * 10**9


def test_dates_that_exist_in_two_orders_are_said_to() -> None:
    assert orders_of(["03/04/2026", "05/06/2026"]) == ["dmy", "mdy"]
    assert orders_of(["03/04/2026", "25/06/2026"]) == ["dmy"]
    assert orders_of(["03.04.2026"]) == ["dmy"]
    assert orders_of(["2026-04-03"]) == ["dmy"]


def test_a_tag_within_a_longer_one_is_no_match() -> None:
    assert find_asset("HAV-20-P2041A", PUMPS) == "P-2041A"
    assert find_asset("P-2041", PUMPS) is None
    assert find_asset("P 204", PUMPS) == "P-204"


def test_json_of_a_service_is_flattened() -> None:
    records = [
        {"id": 7, "asset": {"tag": "P-2041B"}, "description": "Pump trips", "reported": "2026-03-01T10:00:00Z", "tags": ["a"]}
    ]
    table = table_of(json.dumps({"d": {"results": records}}), "orders.json")
    assert table.columns == ("id", "asset.tag", "description", "reported", "tags")
    made = made_of(table)
    assert [(one.asset, one.mode, one.found_utc) for one in made.events] == [("P-2041B", "UST", "2026-03-01T10:00:00Z")]


def test_json_lines_and_a_workbook_are_read(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    from datetime import datetime

    lines = '{"asset": "P-204", "found": "2026-03-01"}\n{"asset": "P-204", "found": "2026-03-05"}\n'
    assert len(table_of(lines, "a.jsonl").rows) == 2
    book = openpyxl.Workbook()
    book.active.append(["Equipment", "Found", "Description"])
    book.active.append(["P-2041A", datetime(2026, 3, 5, 12, 30), "noise"])  # noqa: DTZ001 - as workbooks store it
    book.save(tmp_path / "a.xlsx")
    made = made_of(read_event_table((tmp_path / "a.xlsx").read_bytes(), Path("a.xlsx")))
    assert [(one.found_utc, one.mode) for one in made.events] == [("2026-03-05T12:30:00Z", "NOI")]


def test_a_file_without_a_table_is_refused() -> None:
    with pytest.raises(LogFormatError, match="has no table"):
        table_of("hello\nworld\n")


def test_a_row_whose_end_lies_before_its_start_is_left_out_and_counted() -> None:
    text = "asset,description,found,fixed\nP-2041A,leak,2026-03-05,2026-03-01\n"
    made = made_of(table_of(text))
    assert (made.events, list(made.left_out.values())) == ([], [1])


JOURNAL = """Time,Source,Message,State,Priority
2026-03-01 10:00:00,P-2041A,VIBRATION HH,UNACK_ALM,1
2026-03-01 10:02:00,P-2041A,VIBRATION HH,ACK_ALM,1
2026-03-01 10:30:00,P-2041A,VIBRATION HH,ACK_RTN,1
2026-03-01 10:30:20,P-2041A,VIBRATION HH,UNACK_ALM,1
2026-03-01 10:40:00,P-2041A,VIBRATION HH,UNACK_RTN,1
2026-03-01 12:00:00,P-2041A,SEAL PRESSURE LO,UNACK_ALM,2
2026-03-01 13:00:00,P-2041B,TRIP,UNACK_RTN,1
"""


def test_an_alarm_journal_is_paired_into_intervals() -> None:
    table = table_of(JOURNAL)
    roles = [one.role for one in guess_columns(table, PUMPS)]
    assert roles[1:4] == ["asset", "alarm", "alarm_state"]
    assert is_journal(roles, table.columns[3], table.column(3))
    rules = EventRules(
        columns=rules_columns(roles), dates=DateRules(order="dmy", zone=ZoneInfo("UTC")), assets=PUMPS, asset=None,
        state="unsure", source="alarm journal",
    )  # fmt: skip
    made = pair_alarms(table, rules)
    assert [(one.name, one.start_utc[11:16], one.end_utc[11:16], one.kind) for one in made.events] == [
        ("VIBRATION HH", "10:00", "10:40", "alarm"), ("SEAL PRESSURE LO", "12:00", "13:00", "alarm")
    ]  # fmt: skip
    assert "2 activations" in made.events[0].note
    assert "did not return" in made.events[1].note
    assert made.left_out == {"returned to normal, but was not seen active": 1}


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("ACT/UNACK", "active"), ("ACK", "ack"), ("RTN", "normal"), ("Cleared", "normal"), ("Kommt", "active"),
        ("Geht", "normal"), ("Quittiert", "ack"), ("INACTIVE", "normal"), ("UNACK_RTN", "normal"), ("Return to normal", "normal"),
        ("Acknowledged", "ack"), ("ON", "active"), ("OFF", "normal"), ("", ""), ("Operator note", ""),
    ],
)  # fmt: skip
def test_words_of_alarm_systems_are_transitions(word: str, kind: str) -> None:
    assert transition_of(word) == kind


MAXIMO = """"WONUM","DESCRIPTION","ASSETNUM","LOCATION","STATUS","WORKTYPE","REPORTDATE","ACTSTART","ACTFINISH","PROBLEMCODE"
"1001","P-2041A seal leaking","11430","HAV-P-2041A","CLOSE","CM","3/9/26 6:30 AM","3/9/26 8:00 AM","3/10/26 4:15 PM","ELP"
"3","Bearing replaced","11430","HAV-P-2041A","CLOSE","CM","3/13/26 7:00 AM","3/13/26 8:00 AM","3/14/26 11:00 AM","VIB"
"""


def test_the_start_of_the_repair_is_not_the_start_of_the_failure() -> None:
    roles = {one.name: one.role for one in guess_columns(table_of(MAXIMO), PUMPS)}
    assert (roles["LOCATION"], roles["ASSETNUM"], roles["ACTSTART"], roles["PROBLEMCODE"]) == (
        "asset",
        "ignore",
        "work_start",
        "mode",
    )
    made = made_of(table_of(MAXIMO), order="mdy")
    assert [(one.start_utc, one.kind, one.action) for one in made.events] == [
        ("2026-03-09T06:30:00Z", "failure", ""), ("2026-03-13T07:00:00Z", "failure", "bearing")
    ]  # fmt: skip


def test_a_date_and_a_time_of_day_in_two_columns_are_one_instant() -> None:
    text = (
        "Date;Time;Point;Event type;Condition;Description\n"
        "09/03/2026;06:10:11,200;VI-2041A;ALARM;PVHI;P-2041A vibration\n"
        "09/03/2026;06:42:00,000;VI-2041A;RTN;PVHI;P-2041A vibration\n"
    )
    table = table_of(text)
    assert table.columns[:2] == ("Date", "Point")
    roles = [one.role for one in guess_columns(table, PUMPS)]
    assert roles == ["found", "alarm", "alarm_state", "alarm", "description"]
    rules = EventRules(
        columns=rules_columns(roles), dates=DateRules(order="dmy", zone=ZoneInfo("UTC")), assets=PUMPS, asset=None,
        state="unsure", source="alarm journal",
    )  # fmt: skip
    (one,) = pair_alarms(table, rules).events
    assert (one.asset, one.name, one.start_utc) == ("P-2041A", "VI-2041A PVHI", "2026-03-09T06:10:11.2Z")


def test_letters_of_german_controllers_are_transitions_and_the_pump_stands_in_the_text() -> None:
    text = "Zeitstempel;Zustand;Meldetext;Anlage\n" + "".join(
        f"12.03.2026 10:{minute}:00;{state};Pumpe P-2041A Motorschutz;U20\n"
        for minute, state in ((15, "K"), (20, "Q"), (30, "G"))
    )
    table = table_of(text)
    roles = [one.role for one in guess_columns(table, PUMPS)]
    assert roles == ["found", "alarm_state", "alarm", "ignore"]
    assert is_journal(roles, table.columns[1], table.column(1))


def test_meldung_is_the_text_of_an_alarm_where_it_is_words_and_the_number_of_an_order_where_it_is_one() -> None:
    journal = "Datum;Meldung;Zustand\n" + "".join(
        f"12.03.2026 06:{minute}:10;P-2041A Schwingung hoch;{state}\n" for minute, state in ((10, "K"), (20, "Q"), (30, "G"))
    )
    assert [one.role for one in guess_columns(table_of(journal), PUMPS)] == ["found", "alarm", "alarm_state"]
    orders = "Meldung;Technischer Platz;Kurztext;Meldedatum\n10001;P-2041A;Lager laut;12.03.2026\n10002;P-2041A;Leck;13.03.2026\n"
    assert guess_columns(table_of(orders), PUMPS)[0].role == "order"


def test_planned_alignment_is_work_also_without_a_word_for_doing_it_but_not_a_check_of_it() -> None:
    text = "Utstyr;Beskrivelse;Utbedret;Vedlikeholdstype\n" + "".join(
        f"P-2041A;{words};18.03.2026;Forebyggende\n" for words in ("Oppretting av kobling", "Kontroll av oppretting")
    )
    made = made_of(table_of(text)).events
    assert [(one.kind, one.action, one.fixed_utc) for one in made] == [
        ("maintenance", "alignment", "2026-03-18T23:59:59Z"), ("maintenance", "", "2026-03-18T23:59:59Z"),
    ]  # fmt: skip


def test_a_sensor_that_was_replaced_was_no_vibration_of_the_pump() -> None:
    text = "asset,description,found,type\nP-2041A,Vibration sensor replaced,2026-03-05,Corrective\n"
    assert [(one.mode, one.action) for one in made_of(table_of(text)).events] == [("AIR", "sensor")]


def test_two_words_of_one_flattened_name_are_told_apart() -> None:
    records = [{"type": {"name": "Preventive"}, "asset": {"tag": "P-204"}, "found": "2026-03-01", "description": "seal replaced"}]
    made = made_of(table_of(json.dumps(records), "a.json"))
    assert [(one.asset, one.kind, one.action) for one in made.events] == [("P-204", "preventive", "seal")]
