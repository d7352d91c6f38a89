"""Reports and small loggers: what is printed once for many rows, beside the time, above pairs of columns, or apart by blanks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.messy.plant import ISO_Z, Case, Signal, Style, instants, printed, pump, signal, truth_of
from tests.messy.writing import Wide, case

N = 120
_CLOCK = printed("%d.%m.%Y %H:%M:%S")
_LONG_NIGHT = datetime(2026, 3, 25, 20, 30, tzinfo=UTC)


def reports() -> Iterator[Case]:
    """Kinds 5, 7, 9 to 12, 15 and 24 in the shapes of reports."""
    yield from _times()
    yield from _levels()
    yield from _groups()
    yield from _statuses()
    yield from _units_and_names()
    yield from _names_in_rows()
    yield from _zeros_beside_a_stop()
    yield from _marks()


def _bare(signals: Sequence[Signal]) -> list[Signal]:
    return [replace(one, unit=None) for one in signals]


def _case(
    name: str, lines: Sequence[str], times: Sequence[datetime], signals: Sequence[Signal], zone: str | None = None
) -> Case:  # fmt: skip
    found = truth_of(times, signals, n_backward_steps=0)
    return Case(name=name, kind=10, files={"report.txt": ("\n".join(lines) + "\n").encode()}, truth=found, zone=zone)


def _rows(signals: Sequence[Signal], row: int, sep: str, style: Style | None = None) -> str:
    return sep.join(one.cell(row, style or Style()) for one in signals)


def _times() -> Iterator[Case]:
    """A date once a day, halves of the day and seconds since 1970 in columns of their own, digits without zeros in front."""
    times, signals = instants(N, 300, _LONG_NIGHT), pump(N)
    plain = _bare(signals)
    names = ",".join(one.name for one in signals)
    lines = [f"Date,Time,{names}"]
    for row, t in enumerate(times):
        is_new = row == 0 or t.date() != times[row - 1].date()
        lines.append(f"{t:%Y-%m-%d},{t:%H:%M:%S}," if is_new else f",{t:%H:%M:%S},")
        lines[-1] += _rows(signals, row, ",")
    yield _case("35_date_once", lines, times, plain, "UTC")
    halves = [f"{t:%m/%d/%Y};{t:%I:%M:%S};{t:%p};{_rows(signals, row, ';')}" for row, t in enumerate(times)]
    yield _case("35_half_of_day", [f"Date;Time;AM/PM;{names.replace(',', ';')}", *halves], times, plain, "UTC")
    counted = [
        f"{t - timedelta(hours=5):%Y-%m-%d %H:%M:%S},{t.timestamp():.0f},{_rows(signals, row, ',')}"
        for row, t in enumerate(times)
    ]
    yield _case("35_epoch_beside", [f"local,epoch,{names}", *counted], times, plain)
    short = [
        f"{t.day}.{t.month}.{t.year};{t.hour}:{t.minute}:{t.second};{_rows(signals, row, ';')}" for row, t in enumerate(times)
    ]
    yield _case("35_no_zeros", [f"Datum;Uhrzeit;{names.replace(',', ';')}", *short], times, plain, "UTC")
    for name, stamp in (
        ("tight", lambda t: t.strftime("%d%b%y").upper() + t.strftime(" %H:%M:%S")),
        ("day_of_year", lambda t: t.strftime("%Y/%j:%H:%M:%S")),
        ("formula", lambda t: f'="{t:%Y-%m-%d %H:%M:%S}"'),
        ("no_zeros_in_one", lambda t: f"{t.year}-{t.month}-{t.day} {t.hour}:{t.minute}:{t.second}"),
    ):
        yield case(f"35_stamp_{name}", 7, Wide(signals=signals, times=times, stamp=stamp, sep=";"), "UTC")


def _levels() -> Iterator[Case]:
    """Tags above pairs of value and quality."""
    times, signals = instants(N), _bare(pump(N))
    signals[1].quality_bad = frozenset({7, 8, 50})
    names = [one.name for one in signals]
    rows = [
        ",".join([_CLOCK(t), *(f"{one.plain[row]},{'Bad' if row in one.quality_bad else 'Good'}" for one in signals)])
        for row, t in enumerate(times)
    ]
    described = ["Description", *(cell for word in ("Feed flow", "Discharge", "Motor") for cell in (word, ""))]
    tags = [cell for name in names for cell in (name, "")]
    heads = {
        "described": [["Point Name", *tags], described, ["Date/Time", *["Value", "Quality"] * 3]],
        "below": [["Timestamp", *tags], ["", *["Value", "Status"] * 3]],
        "tags_over_time": [["", *tags], ["Zeit", *["Wert", "Status"] * 3]],
    }
    for name, head in heads.items():
        yield _case(f"35_levels_{name}", [*map(",".join, head), *rows], times, signals, "UTC")


def _groups() -> Iterator[Case]:
    """Machines over what is measured at each; channel numbers and tags over a row that names only date, time and milliseconds."""
    times = instants(N)
    signals = pump(N, ("P-101 Flow", "P-101 Head", "P-101 Amps")) + pump(N, ("P-102 Flow", "P-102 Head", "P-102 Amps"))
    inner = [one.name.partition(" ")[2] for one in signals]
    with_units = [f"{name} [{one.shown}]" for name, one in zip(inner, signals, strict=True)]
    heads = {
        "brackets": [["Time", "P-101", "", "", "P-102", "", ""], ["", *with_units]],
        "units_below": [
            ["", *["P-101"] * 3, *["P-102"] * 3], ["", *inner], ["", *(one.shown for one in signals)], ["Time", *[""] * 6],
        ],
        "statistics": [["Time", "P-101", "", "", "P-102", "", ""], ["", *inner], ["", *(one.shown for one in signals)]],
    }  # fmt: skip
    rows = [f"{ISO_Z(t)},{_rows(signals, row, ',')}" for row, t in enumerate(times)]
    for name, head in heads.items():
        yield _case(f"35_groups_{name}", [*map(",".join, head), *rows], times, signals)
    tagged = signals[:3]
    head_rows = [
        ["Start Time", "2026/03/25", "08:00:00"],
        ["Channel No.", "", "", "CH0001", "CH0002", "CH0003"],
        ["Tag No.", "", "", *(one.name for one in tagged)],
        ["Tag String", "", "", "Feed flow", "Discharge head", "Motor current"],
        ["Span Upper", "", "", "500.0", "10.0", "60.0"],
        ["Unit", "", "", *(one.shown for one in tagged)],
        ["Date", "Time", "msec", "", "", ""],
    ]
    rows = [f"{t:%Y/%m/%d},{t:%H:%M:%S},000,{_rows(tagged, row, ',')}" for row, t in enumerate(times)]
    yield _case("35_groups_recorder", [*map(",".join, head_rows), *rows], times, tagged, "UTC")
    late = [f"{row + 1},{ISO_Z(t)},{_rows(tagged, row, ',')}" + (",010012345" if row == 0 else "") for row, t in enumerate(times)]
    shown = ",".join(f'"{one.name}, {one.shown} (LGR S/N: 1, SEN S/N: 2)"' for one in tagged)
    events = ",".join(f'"{word} (LGR S/N: 1)"' for word in ("Coupler Attached", "Host Connected", "Stopped", "End Of File"))
    marked = [f"{row + 1},{t:%m/%d/%y %I:%M:%S %p},{_rows(tagged, row, ',')},,,," for row, t in enumerate(times)]
    plotted = _case(
        "35_event_columns", ['"Plot Title: P3"', f'"#","Date Time, GMT+00:00",{shown},{events}', *marked], times, tagged
    )
    plotted.truth["recordings"][0]["optional"] = [word.strip('"') for word in events.split(",")]
    yield plotted
    titles = ",".join(f"{one.name} ({one.shown})" for one in tagged)
    yield _case("35_serial_in_first_row", [f"No.,Time,{titles},Serial Number", *late], times, tagged)


def _statuses() -> Iterator[Case]:
    """Words of one system beside each value: columns that all have one name, and such in which even good is a word of its own."""
    times = instants(N)
    for name, words, title in (
        ("one_name", ("OK", "Leitungsbruch", "Messbereich"), "Status"),
        ("braces", ("{ok}", "{down}", "{fault}"), "{name} Status"),
        ("own", ("RUNOK", "BAD", "ERROR"), "{name}_STS"),
    ):
        signals = _bare(pump(N))
        signals[0].quality_bad, signals[2].quality_bad = frozenset({3, 4, 40}), frozenset({60, 61})

        def word(one: Signal, row: int, words: tuple[str, str, str] = words) -> str:
            return words[1 + row % 2] if row in one.quality_bad else words[0]

        signals[1].quality_bad = frozenset({90, 91})
        yield case(f"35_status_{name}", 5, Wide(signals=signals, times=times, quality=word, quality_name=title, head="{name}"))


def _units_and_names() -> Iterator[Case]:
    """Units in front of names, in columns without a name, names of several words between blanks."""
    times, signals = instants(N), pump(N)
    yield case("35_unit_in_front", 9, Wide(signals=signals, times=times, head="[{unit}] {name}", sep=";"))
    beside = [";".join([ISO_Z(t), *(f"{one.plain[row]};{one.shown}" for one in signals)]) for row, t in enumerate(times)]
    yield _case("35_units_beside", [f"Time;{';;'.join(one.name for one in signals)};", *beside], times, signals)
    called = [
        replace(one, name=name, unit=None) for one, name in zip(signals, ("Flow rate", "Disch. press", "Motor I"), strict=True)
    ]
    head = f"{'Date':<11}{'Time':<8}" + "".join(f"{one.name:>16}" for one in called)
    lines = [f"{t:%Y-%m-%d} {t:%H:%M:%S}" + "".join(f"{one.plain[row]:>16}" for one in called) for row, t in enumerate(times)]
    yield _case("35_names_of_words", [head, *lines], times, called, "UTC")


def _names_in_rows() -> Iterator[Case]:
    """Name, value and unit in a row; lines of Graphite and OpenTSDB; messages of gateways; two tables below a title each."""
    times, signals = instants(N), pump(N, ("flow", "pressure", "amps"))
    plain = _bare(signals)
    triples = [
        ";".join([ISO_Z(t), *(f"{one.name};{one.plain[row]};{one.shown}" for one in signals)]) for row, t in enumerate(times)
    ]
    yield _case("35_triples", triples, times, signals)
    dotted = [replace(one, name=f"pump.p1.{one.name}") for one in plain]
    graphite = [f"{one.name} {one.plain[row]} {t.timestamp():.0f}" for row, t in enumerate(times) for one in dotted]
    yield _case("35_graphite", graphite, times, dotted)
    logged = []
    for row, t in enumerate(times):
        said = " ".join(f"{one.name}={one.plain[row]}" for one in plain[:2])
        logged.append(f'ts={ISO_Z(t)} level=info caller=poll.go:{row % 7} {said} msg="poll ok, {row % 3} of 3 answered"')
    yield _case("35_logfmt", logged, times, plain[:2])
    worded = [
        f"{t.timestamp():.0f}|{one.name}|{one.name} of pump one|{one.plain[row]}|Good"
        for row, t in enumerate(times)
        for one in dotted
    ]
    yield _case("35_words_beside_epoch", ["epoch|tag|description|value|status", *worded], times, dotted)
    put = [f"put {one.name} {t.timestamp():.0f} {one.plain[row]} host=a" for row, t in enumerate(times) for one in dotted]
    yield _case("35_put", put, times, dotted)
    alone = [f"{ISO_Z(t)},P-101 sensor 3,{signals[0].plain[row]}" for row, t in enumerate(times)]
    yield _case("35_one_sensor", [f"Time,Sensor Name,{signals[0].name} [m3/h]", *alone], times, signals[:1])
    unknown = [f"{one.name};{_CLOCK(t)};{one.plain[row]}" for row, t in enumerate(times) for one in plain]
    yield _case("35_called_otherwise", ["Objekt;Stempel;Messung", *unknown], times, plain, "UTC")
    tables = [
        line
        for one in plain
        for line in (one.name, "Time,Value", *(f"{ISO_Z(t)},{one.plain[row]}" for row, t in enumerate(times)))
    ]
    yield _case("35_titles", tables, times, plain)
    signals[0].quality_bad = plain[0].quality_bad = frozenset({9, 10})
    messages = [
        {
            "timestamp": round(t.timestamp() * 1000),
            "values": [{"id": one.name, "v": float(one.plain[row] or 0), "q": row not in one.quality_bad} for one in plain],
        }
        for row, t in enumerate(times)
    ]
    found = truth_of(
        times, [replace(one, quality_bad=signals[0].quality_bad if one.name == "flow" else frozenset()) for one in plain]
    )
    yield Case(name="35_messages", kind=12, files={"mqtt.jsonl": "\n".join(map(json.dumps, messages)).encode()}, truth=found)


def _zeros_beside_a_stop() -> Iterator[Case]:
    """Zeros of a lost link while the speed goes on; a stop before, in which the pump runs down and the head stays, is none."""
    n = 600
    signals = [
        signal("Flow", "L/s", "L/s", 82.0, 0.8, 1, n), signal("Head", "bar", "bar", 6.1, 0.05, 2, n),
        signal("Speed", "rpm", "rpm", 1440.0, 6.0, 0, n),
    ]  # fmt: skip
    for row, share in zip(range(96, 124), [0.6, 0.3, 0.1, 0.02, *[0.0] * 22, 0.5, 0.9], strict=True):
        for one, low in zip(signals, (0.0, 1.7, 0.0), strict=True):
            places = len((one.plain[row] or "").partition(".")[2])
            one.plain[row] = f"{low + share * (float(one.plain[row] or 0) - low) + (0.01 * (row % 5) if low else 0):.{places}f}"
    for row in (*range(300, 322), *range(420, 425)):
        signals[0].plain[row] = signals[1].plain[row] = "0"
    flags = [(["Flow", "Head"], ("ZERO_SUSPECTED", "FLAT_LINE"))]
    yield case("35_zeros_beside_a_stop", 4, Wide(signals=signals, sep=";", style=Style(dec=",")), flags=flags)


def _marks() -> Iterator[Case]:
    """Thousands that stand apart in one column tell that the comma of another is that of decimals."""
    times, signals = instants(N), pump(N)
    signals[0].plain = [f"{12000 + 7 * row}" for row in range(N)]
    table = Wide(signals=signals[:2], times=times, sep=";", style=Style(dec=",", thou=" "))
    yield case("35_thousands_apart", 24, table)
