"""Kind 10: data loggers, panels and database prompts with headers, footers and rules of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from tests.messy.plant import Case, Signal, Style, instants, printed, pump, truth_of
from tests.messy.writing import Wide, case

OSLO, BERLIN, PARIS, MADRID = "Europe/Oslo", "Europe/Berlin", "Europe/Paris", "Europe/Madrid"
SEMI = Style(dec=",")
DE = printed("%d.%m.%Y %H:%M:%S", BERLIN)


def preambles() -> Iterator[Case]:
    """Kind 10: data loggers with their own headers."""
    n = 200
    nan = {20: ("NAN", "nan"), 21: ("NAN", "nan")}
    for name, enough in (("toa5", ("Avg", "Avg", "Smp")), ("toaci1", None)):
        signals = pump(n, ("Flow_Avg", "DisPress_Avg", "Curr"))
        signals[1].bad = dict.fromkeys(nan, ('"NAN"', "nan"))
        head = [
            '"TOA5","CR1000X","CR1000X","12345","CR1000X.Std.05.01","CPU:pump.CR1X","55317","TenMin"'
            if enough
            else '"TOACI1","CR10X","TenMin"',
            '"TIMESTAMP","RECORD","Flow_Avg","DisPress_Avg","Curr"',
        ]
        if enough:
            head += ['"TS","RN","m3/h","bar","Amps"', '"","","Avg","Avg","Smp"']
        else:
            for one in signals:
                one.unit = None
        times = instants(n, 600)
        rows = [
            f'"{printed("%Y-%m-%d %H:%M:%S", OSLO)(t)}",{40000 + row},' + ",".join(one.cell(row, Style()) for one in signals)
            for row, t in enumerate(times)
        ]
        found = truth_of(times, signals)
        found["recordings"][0]["optional"] = ["RECORD"]
        yield Case(name=f"10_{name}", kind=10, files={"TenMin.dat": "\r\n".join([*head, *rows]).encode()}, truth=found, zone=OSLO)
    notes = {
        "yokogawa": [
            "Device Type,GX20",
            "Serial No.,S5L700",
            "File Message,Pump house",
            "Time Correction,None",
            "Starting Condition,Manual",
            "",
            "",
        ],
        "wincc": ["Archiv: ProcessValueArchive", "Erstellt am: 25.03.2026 12:00:00", ""],
        "comment": ["# exported by tool 1.2", "# asset: P-101", "# rows: 240", "#"],
        "slashes": ["// Export", "// P-101"],
        "key_value": ["Station;Pump house 7", "Serial;00123", "Interval;60", "Operator;K. Nordmann", ""],
        "json": ['{"asset": "P-101"}', ""],
        "percent": ["% logger 7", "% volts 12.6"],
        "dated": ["Report created 2026-03-26 06:00:00", "Period 2026-03-25 08:00:00 - 2026-03-25 12:00:00", ""],
        "long": [f"Channel {number};Type K;{number}.5;ok" for number in range(60)],
    }
    for name, lines in notes.items():
        yield case(f"10_note_{name}", 10, Wide(sep=";", before=tuple(lines)))
    yield case("10_footer", 10, Wide(sep=";", after=("", "End of export", "240 rows", "Min;276;5,9;37", "Max;299;6,3;40")))
    yield case(
        "10_footer_stats",
        10,
        Wide(sep=",", after=("Average,287.1,6.10,38.4", "Minimum,276.2,5.9,37.2", "Maximum,298.4,6.3,39.7")),
    )
    yield case(
        "10_footer_german", 10, Wide(sep=";", style=SEMI, stamp=DE, after=("Mittelwert;287,1;6,10;38,4", "Summe;1;2;3")), BERLIN
    )
    yield case("10_sep", 10, Wide(sep=";", style=SEMI, before=("sep=;",), stamp=DE), BERLIN)
    yield from _dated_preambles()
    yield from _more_loggers()


def _dated_preambles() -> Iterator[Case]:
    """The span of the measurement in the head, as wide as half a row, with tables of settings below."""
    for name, sep, mark in (("comma", ",", "."), ("tab", "\t", ",")):
        span = [sep.join((word, "2026-03-25", "08:00:00")) for word in ("Start time", "Trigger time", "End time")]
        settings = [sep.join(row) for row in (("CH", "Signal", "Input", "Range"), ("CH1", "Flow", "DC", "10V"))]
        head = (sep.join(("Model", "LR-9")), *span, *settings, "Data")
        table = Wide(
            sep=sep, style=Style(dec=mark), before=head, index="No.", time_name="Date&Time", head="{name}",
            stamp=printed("%Y-%m-%d %H:%M:%S"),
        )  # fmt: skip
        table.below = [table.unit_row(first=("", "Time"))]
        yield case(f"10_span_{name}", 10, table, "UTC")


def _more_loggers() -> Iterator[Case]:
    times = instants(200, 1)
    signals = pump(200, ("Flow", "Pressure", "Current"))
    for one in signals:
        one.unit = None
    yield from _labview(times, signals)
    yield from _panels(times, signals)
    yield from _printed_tables(times, signals)


def _labview(times: Sequence[datetime], signals: Sequence[Signal]) -> Iterator[Case]:
    lvm = [
        "LabVIEW Measurement\t",
        "Writer_Version\t2",
        "Reader_Version\t2",
        "Separator\tTab",
        "Decimal_Separator\t.",
        "Multi_Headings\tNo",
        "X_Columns\tOne",
        "Time_Pref\tAbsolute",
        "Operator\tA",
        "Date\t2026/03/25",
        "Time\t08:00:00.0000000",
        "***End_of_Header***\t",
        "\t",
        "Channels\t3\t\t\t",
        "Samples\t200\t200\t200\t",
        "Date\t2026/03/25\t2026/03/25\t2026/03/25\t",
        "Time\t08:00:00.0000000\t08:00:00.0000000\t08:00:00.0000000\t",
        "Y_Unit_Label\tm3/h\tbar\tA\t",
        "X_Dimension\tTime\tTime\tTime\t",
        "X0\t0.0000000000000000E+0\t0.0E+0\t0.0E+0\t",
        "Delta_X\t1.000000\t1.000000\t1.000000\t",
        "***End_of_Header***\t\t\t\t",
        "X_Value\tFlow\tPressure\tCurrent\tComment",
    ]
    body = [f"{row}.000000\t" + "\t".join(one.plain[row] or "" for one in signals) + "\t" for row in range(200)]
    with_units = [
        Signal(name=one.name, unit=unit, plain=one.plain, also=(one.name,))
        for one, unit in zip(signals, ("m3/h", "bar", "A"), strict=True)
    ]
    found = truth_of(times, with_units, notes=["ZONE_UNKNOWN"])
    yield Case(name="10_lvm", kind=10, files={"run.lvm": "\n".join([*lvm, *body]).encode()}, truth=found)


def _panels(times: Sequence[datetime], signals: Sequence[Signal]) -> Iterator[Case]:
    hobo = [
        '"Plot Title: pump 7"',
        '"#","Date Time, GMT+01:00","Flow, m3/h (LGR S/N: 1)","Pressure, bar (LGR S/N: 1)","Host Connected (LGR S/N: 1)"',
    ]
    rows = [
        f"{row + 1},{printed('%m/%d/%y %I:%M:%S %p', 'Etc/GMT-1')(t)},{signals[0].plain[row]},{signals[1].plain[row]},"
        for row, t in enumerate(times)
    ]
    names = [
        Signal(name="Flow", unit="m3/h", plain=signals[0].plain),
        Signal(name="Pressure", unit="bar", plain=signals[1].plain),
    ]
    found = truth_of(times, names)
    found["recordings"][0]["optional"] = ["Host Connected (LGR S/N: 1)"]
    yield Case(name="10_hobo", kind=10, files={"hobo.csv": "\n".join([*hobo, *rows]).encode()}, truth=found)
    factory = ["Date;Time;Millitm;Marker;Flow;Pressure;Current"]
    rows = [
        f"{t:%m/%d/%Y};{t:%H:%M:%S};{t.microsecond // 1000};{'B' if row == 0 else ''};"
        + ";".join(one.plain[row] or "" for one in signals)
        for row, t in enumerate(times)
    ]
    found = truth_of(times, signals)
    found["recordings"][0]["optional"] = ["Marker"]
    yield Case(
        name="10_factorytalk", kind=10, files={"datalog.csv": "\n".join([*factory, *rows]).encode()}, truth=found, zone="UTC"
    )
    grafana = ['"Time","Flow","Pressure"']
    rows = [f'"{t:%Y-%m-%d %H:%M:%S}",{signals[0].plain[row]} m³/h,{signals[1].plain[row]} bar' for row, t in enumerate(times)]
    names = [
        Signal(name="Flow", unit="m3/h", plain=signals[0].plain),
        Signal(name="Pressure", unit="bar", plain=signals[1].plain),
    ]
    yield Case(
        name="10_grafana",
        kind=10,
        files={"panel.csv": "\n".join([*grafana, *rows]).encode()},
        truth=truth_of(times, names),
        zone="UTC",
    )
    old = ["Series;Time;Value"]
    rows = [f"{one.name};{t:%Y-%m-%dT%H:%M:%S+00:00};{one.plain[row]}" for one in signals for row, t in enumerate(times)]
    yield Case(
        name="10_grafana_series",
        kind=10,
        files={"panel.csv": "\n".join([*old, *rows]).encode()},
        truth=truth_of(times, signals, n_backward_steps=0),
    )


def _printed_tables(times: Sequence[datetime], signals: Sequence[Signal]) -> Iterator[Case]:
    aligned = [f"{'Datum':<12}{'Uhrzeit':<10}{'Flow':>10}{'Pressure':>10}{'Current':>10}"]
    aligned += [
        f"{t:%d.%m.%Y}  {t:%H:%M:%S}  " + "".join(f"{(one.plain[row] or '').replace('.', ','):>10}" for one in signals)
        for row, t in enumerate(times)
    ]
    yield Case(
        name="10_fixed_width",
        kind=10,
        files={"panel.prn": "\r\n".join(aligned).encode()},
        truth=truth_of(times, signals),
        zone="UTC",
    )
    ruled = [
        "+---------------------+-------+----------+---------+",
        "| Time                | Flow  | Pressure | Current |",
        "+---------------------+-------+----------+---------+",
    ]
    ruled += [
        f"| {t:%Y-%m-%d %H:%M:%S} | {signals[0].plain[row]} | {signals[1].plain[row]}    | {signals[2].plain[row]}   |"
        for row, t in enumerate(times)
    ]
    yield Case(
        name="10_ruled",
        kind=10,
        files={"query.txt": "\n".join([*ruled, ruled[0]]).encode()},
        truth=truth_of(times, signals),
        zone="UTC",
    )
    psql = [" time                | flow  | pressure ", "---------------------+-------+----------"]
    psql += [f" {t:%Y-%m-%d %H:%M:%S} | {signals[0].plain[row]} |    {signals[1].plain[row]}" for row, t in enumerate(times)]
    names = [Signal(name="flow", plain=signals[0].plain), Signal(name="pressure", plain=signals[1].plain)]
    yield Case(
        name="10_psql",
        kind=10,
        files={"query.txt": "\n".join([*psql, "(200 rows)", ""]).encode()},
        truth=truth_of(times, names),
        zone="UTC",
    )
