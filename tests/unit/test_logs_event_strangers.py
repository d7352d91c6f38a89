"""Exports of maintenance and alarm systems as strangers have them: SAP PM, Maximo, IFS, PI, DeltaV, Experion, Ignition, WinCC."""

from __future__ import annotations

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from workbench.logs.events.alarm_journal import is_journal, pair_alarms
from workbench.logs.events.alarm_words import transitions_of
from workbench.logs.events.columns import guess_columns
from workbench.logs.events.date_names import date_role
from workbench.logs.events.dates import DateRules
from workbench.logs.events.event import Event
from workbench.logs.events.rows import EventRules, Made, make_events, rules_columns
from workbench.logs.events.tables import EventTable, read_event_table

PUMPS = ("P-2041A", "P-2041B", "P-2051A")


def read(text: str, *, order: str = "dmy") -> tuple[dict[str, str], Made]:
    """Roles by column, and the events: as a journal where it is one."""
    table = read_event_table(text.encode(), Path("stranger.csv"))
    columns = guess_columns(table, PUMPS)
    roles = [one.role for one in columns]
    place = roles.index("alarm_state") if "alarm_state" in roles else 0
    is_alarms = is_journal(roles, table.columns[place], table.column(place))
    rules = EventRules(
        columns=rules_columns(roles), dates=DateRules(order=order, zone=ZoneInfo("UTC")), assets=PUMPS, asset=None,  # type: ignore[arg-type]
        state="unsure", source="alarm journal" if is_alarms else "work order",
    )  # fmt: skip
    return {one.name: one.role for one in columns}, (pair_alarms if is_alarms else make_events)(table, rules)


def spans(events: list[Event]) -> list[tuple[str, str, str, str]]:
    return [(one.asset, one.name, one.start_utc[:16], one.end_utc[:16]) for one in events]


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Störende", "end"), ("Störbeginn", "start"), ("Störungsende", "end"), ("Ende der Störung", "end"), ("Malf. End", "end"),
        ("Feilslutt", "end"), ("Fel slut", "end"), ("Fin panne", "end"), ("Fecha fin avería", "end"), ("Fine guasto", "end"),
        ("Fim da falha", "end"), ("Einde storing", "end"), ("EndTime", "end"), ("Enddatum", "end"), ("RTN time", "end"),
        ("Clear time", "end"), ("Wiederanlauf", "end"), ("Date début panne", "start"), ("Begin storing", "start"),
        ("Inizio guasto", "start"), ("ACTSTART", "work_start"), ("Act. start", "work_start"), ("Arbeitsbeginn", "work_start"),
        ("Actual finish", "fixed"), ("Act. finish", "fixed"), ("Utført dato", "fixed"), ("Åtgärdat", "fixed"),
        ("Gereed datum", "fixed"), ("Data chiusura", "fixed"), ("Data de conclusão", "fixed"), ("Behoben am", "fixed"),
        ("Bas. start date", None), ("Basic fin. date", None), ("SCHEDFINISH", None), ("TARGCOMPDATE", None), ("Changed on", None),
        ("Ack time", None), ("Acknowledged Date", None), ("STATUSDATE", None), ("Neste frist", None),
        ("Date demande", "reported"),
        ("Meldedatum", "reported"), ("Created on", "reported"), ("Anmäld", "reported"), ("Data segnalazione", "reported"),
        ("Last inspection", "last_good"), ("Letzte Prüfung", "last_good"), ("Sist OK", "last_good"),
        ("Date of failure", "found"), ("Festgestellt am", "found"), ("Oppdaget", "found"), ("Plant time", None), ("Batch", None),
    ],
)  # fmt: skip
def test_the_name_of_a_column_of_dates_says_what_they_are(name: str, role: str | None) -> None:
    assert date_role(name) == role


@pytest.mark.parametrize(
    "header",
    [
        "Auftrag;Anlage;Kurztext;Art;Störbeginn;Störende;Meldedatum;Behoben am;Schadensursache",
        "N° OT;Équipement;Libellé;Nature;Date début panne;Date fin panne;Date demande;Date clôture;Cause",
        "Orden;Equipo;Descripción;Tipo;Fecha inicio avería;Fecha fin avería;Fecha aviso;Fecha cierre;Causa",
        "OS;Equipamento;Descrição;Tipo;Início da falha;Fim da falha;Data de abertura;Data de conclusão;Causa",
        "Werkorder;Installatie;Omschrijving;Type;Begin storing;Einde storing;Meldingsdatum;Gereed datum;Oorzaak",
        "ODL;Impianto;Descrizione;Tipo;Inizio guasto;Fine guasto;Data segnalazione;Data chiusura;Causa",
        "Arbetsorder;Utrustning;Beskrivning;Typ;Fel start;Fel slut;Anmäld;Åtgärdat;Orsak",
        "Melding;Utstyr;Beskrivelse;Ordretype;Feilstart;Feilslutt;Meldingsdato;Utført dato;Årsak",
    ],
)
def test_work_orders_of_eight_languages_end_where_the_fault_ended(header: str) -> None:
    fault = "1;P-2041A;seal leaks;Reparatur;02.03.2026 14:20;05.03.2026 09:15;02.03.2026;06.03.2026;wear\n"
    planned = "2;P-2041B;bearing replaced;Förebyggande;;;15.02.2026;13.03.2026;\n"
    roles, made = read(f"{header}\n{fault}{planned}")
    assert list(roles.values()) == ["order", "asset", "description", "type", "start", "end", "reported", "fixed", "mechanism"]
    assert spans(made.events) == [
        ("P-2041A", "process leak", "2026-03-02T14:20", "2026-03-05T09:15"),
        ("P-2041B", "bearing, preventive", "2026-03-13T00:00", "2026-03-13T23:59"),
    ]
    assert (made.events[0].mechanism, made.events[1].kind, made.events[1].found_utc) == ("2.4", "preventive", "")


def test_what_was_planned_in_an_order_list_of_sap_is_no_date_of_the_fault() -> None:
    roles, made = read(
        "Order;Description;Functional Loc.;Bas. start date;Basic fin. date;Actual start;Actual finish;Created on;Entered by\n"
        "4000123;Seal leak;SITE-P-2041A;10.03.2026;25.03.2026;04.03.2026;05.03.2026;02.03.2026;MUELLERH\n"
        "4000125;High vibration;SITE-P-2051A;00.00.0000;00.00.0000;17.03.2026;18.03.2026;16.03.2026;SCHMIDT\n"
    )
    assert (roles["Bas. start date"], roles["Basic fin. date"], roles["Entered by"]) == ("ignore", "ignore", "author")
    assert [(start, end) for *_, start, end in spans(made.events)] == [
        ("2026-03-02T00:00", "2026-03-05T23:59"), ("2026-03-16T00:00", "2026-03-18T23:59")
    ]  # fmt: skip


def test_a_name_with_points_is_read_whole_before_its_last_part() -> None:
    roles, _ = read(
        "Order;Equipment;Description;Malfunct.start;Malfunct.end;Notif.date\n"
        "1;P-2041A;Seal leak;22.03.2026 14:20;25.03.2026 09:15;22.03.2026\n"
    )
    assert list(roles.values())[3:] == ["start", "end", "reported"]


def test_confirmations_of_work_have_the_span_of_the_work() -> None:
    _, made = read(
        "Order\tOpr. short text\tEquipment\tAct. start\tAct. strtTime\tAct. finish\tAct.fin.time\n"
        "4000123\tReplace mechanical seal\tP-2041A\t04.03.2026\t07:00:00\t05.03.2026\t09:15:00\n"
    )
    assert spans(made.events) == [("P-2041A", "seal, maintenance", "2026-03-04T07:00", "2026-03-05T09:15")]


def test_a_preventive_order_of_maximo_is_as_long_as_its_work_and_failure_reports_are_read_from_its_json() -> None:
    orders = {
        "member": [
            {"wonum": "1", "description": "Annual overhaul, seal renewed", "assetnum": "P-2041B", "worktype": "PM",
             "status_description": "Closed", "reportdate": "2026-02-02T08:00:00Z", "actstart": "2026-03-13T06:00:00Z",
             "actfinish": "2026-03-13T15:00:00Z"},
            {"wonum": "2", "description": "Tripped", "assetnum": "P-2041A", "worktype": "CM", "status_description": "Completed",
             "reportdate": "2026-03-02T08:15:00Z", "failurereport": [{"type": "PROBLEM", "failurecode": "VIB"},
                                                                      {"type": "CAUSE", "failurecode": "WEAR"}]},
        ]
    }  # fmt: skip
    _, made = read(json.dumps(orders))
    assert spans(made.events) == [
        ("P-2041B", "seal, preventive", "2026-03-13T06:00", "2026-03-13T15:00"),
        ("P-2041A", "vibration", "2026-03-02T08:15", "2026-03-02T08:15"),
    ]
    assert (made.events[1].mode, made.events[1].mechanism, made.events[1].note) == ("VIB", "2.4", "Tripped")


def test_event_frames_are_called_as_their_template_and_an_open_end_is_none() -> None:
    _, made = read(
        "Name,Start Time,End Time,Template,Primary Referenced Element\n"
        "EF_001,3/22/2026 10:00:00 AM,3/22/2026 2:30:00 PM,Cavitation,\\\\AF\\Site\\P-2041A\n"
        "EF_002,3/23/2026 10:00:00 AM,1/1/1970 12:00:00 AM,Cavitation,\\\\AF\\Site\\P-2041A\n"
        "EF_003,3/24/2026 10:00:00 AM,12/31/9999 11:59:59 PM,Cavitation,\\\\AF\\Site\\P-2041A\n",
        order="mdy",
    )
    assert [(name, start[8:], end[8:]) for _, name, start, end in spans(made.events)] == [
        ("Cavitation", "22T10:00", "22T14:30"), ("Cavitation", "23T10:00", "23T10:00"), ("Cavitation", "24T10:00", "24T10:00")
    ]  # fmt: skip


def test_a_list_with_an_alarm_a_row_is_from_its_activation_to_its_return() -> None:
    _, made = read(
        "Alarm,Pump,Alarm time,Ack time,RTN time\n"
        "High vibration,P-2041A,2026-03-22 10:00:00,2026-03-22 10:01:00,2026-03-22 10:05:00\n"
    )
    assert spans(made.events) == [("P-2041A", "High vibration", "2026-03-22T10:00", "2026-03-22T10:05")]
    assert made.events[0].kind == "alarm"


JOURNALS = {
    "DeltaV": """Date/Time,Event Type,Module,Attribute,State
2026-03-22 10:00:00,ALARM,P-2041A,HI_ALM,ACT/UNACK
2026-03-22 10:01:00,ALARM,P-2041A,HI_ALM,ACT/ACK
2026-03-22 10:05:00,ALARM,P-2041A,HI_ALM,INACT/ACK
""",
    "Experion, where a new alarm has no action": """Date & Time,Location Tag,Condition,Action
2026-03-22 10:00:00,P-2041A,HI_ALM,
2026-03-22 10:01:00,P-2041A,HI_ALM,ACK
2026-03-22 10:05:00,P-2041A,HI_ALM,OK
""",
    "Ignition": """eventtime,eventtype,source,displaypath
2026-03-22 10:00:00,0,prov:tag:P-2041A/PI,HI_ALM
2026-03-22 10:01:00,2,prov:tag:P-2041A/PI,HI_ALM
2026-03-22 10:05:00,1,prov:tag:P-2041A/PI,HI_ALM
""",
    "WinCC": """Nr.;Datum;Uhrzeit;Status;Meldetext;Störort
1;22.03.26;10:00:00;K;HI_ALM;P-2041A
1;22.03.26;10:01:00;KQ;HI_ALM;P-2041A
1;22.03.26;10:05:00;KQG;HI_ALM;P-2041A
""",
    "WinCC Comfort": """StateAfter;MsgNumber;TimeString;MsgText
1;12;2026-03-22 10:00:00;P-2041A HI_ALM
3;12;2026-03-22 10:01:00;P-2041A HI_ALM
2;12;2026-03-22 10:05:00;P-2041A HI_ALM
""",
}


@pytest.mark.parametrize("text", JOURNALS.values(), ids=JOURNALS.keys())
def test_journals_of_five_systems_give_one_interval(text: str) -> None:
    _, made = read(text)
    assert spans(made.events) == [("P-2041A", "HI_ALM", "2026-03-22T10:00", "2026-03-22T10:05")]
    assert made.left_out == {}


def test_acknowledging_what_has_already_returned_is_no_error_and_two_tags_of_one_pump_are_two_alarms() -> None:
    _, made = read(
        "Time,Source,Condition,State\n"
        "2026-03-22T10:00:00Z,P-2041A.PI1,PVHI,UNACK/ALM\n2026-03-22T10:01:00Z,P-2041A.TI2,PVHI,UNACK/ALM\n"
        "2026-03-22T10:05:00Z,P-2041A.PI1,PVHI,UNACK/RTN\n2026-03-22T10:06:00Z,P-2041A.PI1,PVHI,ACK/RTN\n"
        "2026-03-22T10:09:00Z,P-2041A.TI2,PVHI,ACK/RTN\n"
    )
    assert [(one.order, one.start_utc[11:16], one.end_utc[11:16]) for one in made.events] == [
        ("P-2041A.PI1", "10:00", "10:05"), ("P-2041A.TI2", "10:01", "10:09")
    ]  # fmt: skip
    assert made.left_out == {}


def test_a_journal_with_the_newest_first_keeps_what_happened_within_one_second_in_order() -> None:
    _, made = read(
        "Time,Pump,Alarm,State\n2026-03-22 11:00:00,P-2041A,Trip,RTN\n2026-03-22 10:00:00,P-2041A,Low,RTN\n"
        "2026-03-22 10:00:00,P-2041A,Low,ALM\n2026-03-22 09:00:00,P-2041A,Trip,ALM\n"
    )
    assert [(one.name, one.note) for one in made.events] == [("Trip", ""), ("Low", "")]
    assert made.left_out == {}


def test_an_empty_state_is_a_new_alarm_only_where_none_says_so() -> None:
    assert transitions_of("Action", ["", "ACK", "OK"]) == ["active", "ack", "normal"]
    assert transitions_of("State", ["", "ACT", "RTN"]) == ["", "active", "normal"]


def test_a_row_that_says_no_more_than_when_has_a_name() -> None:
    table: EventTable = read_event_table(b"Asset,When\nP-2041A,2026-03-22\n", Path("x.csv"))
    assert table.columns == ("Asset", "When")
    _, made = read("Asset,When\nP-2041A,2026-03-22\n")
    assert [one.name for one in made.events] == ["work order"]
