"""Kinds 8, 9, 11, 13, 19 and 20: how rows, headers, files and bytes are laid out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from tests.messy.plant import ISO_Z, Case, Signal, Style, bad_cells, instants, printed, pump, signal, state, truth_of
from tests.messy.writing import Wide, case, zipped

OSLO, BERLIN, PARIS = "Europe/Oslo", "Europe/Berlin", "Europe/Paris"
SEMI = Style(dec=",")
DE = printed("%d.%m.%Y %H:%M:%S", BERLIN)


def parts_of(table: Wide, bounds: list[tuple[int, int]], *, header: str = "all") -> list[bytes]:
    """Files of these rows; the header in all of them, in the first alone, or in none."""
    lines = [table.line(table.row(row)) for row in range(len(table.times))]
    head = [*table.before, table.line(table.header()), *(table.line(cells) for cells in table.below)]
    made = []
    for number, (first, end) in enumerate(bounds):
        top = head if header == "all" or (header == "first" and number == 0) else []
        made.append((table.nl.join([*top, *lines[first:end]]) + table.nl).encode(table.enc))
    return made


def boundaries() -> Iterator[Case]:
    """Kind 8: days that repeat each other's edges."""
    shapes = {
        "iso": Wide(sep=";"),
        "german": Wide(stamp=printed("%d.%m.%Y %H:%M:%S"), time_name="Zeit (UTC)", sep=";", style=SEMI),
        "tabs": Wide(sep="\t", stamp=printed("%m/%d/%Y %H:%M:%S"), time_name="Time UTC"),
    }
    for name, table in shapes.items():
        for overlap in (1, 12):
            bounds = [(0, 80 + overlap), (80, 160 + overlap), (160, 240)]
            files = {f"day{number}.csv": data for number, data in enumerate(parts_of(table, bounds), 1)}
            truth = truth_of(table.times, table.signals, n_duplicates_dropped=2 * overlap)
            made = Case(name=f"08_{name}_{overlap}", kind=8, files=files, truth=truth)
            yield made
            turned = ("day3.csv", "day1.csv", "day2.csv")
            yield made.but(f"08_{name}_{overlap}_turned", files, turned)
            yield made.but(f"08_{name}_{overlap}_zip", {"days.zip": zipped(files)})


def header_rows() -> Iterator[Case]:
    """Kind 9: names, units, descriptions in any order, with or without a word in front, in brackets or not."""
    units = {"plain": "{unit}", "square": "[{unit}]", "round": "({unit})"}
    texts = ["Discharge flow", "Discharge pressure", "Motor current"]
    for mark, pattern in units.items():
        for first in ("", "Unit", "Einheit", "Unités"):
            table = Wide(head="{name}", below=[[first, *(pattern.format(unit=one.shown) for one in pump(3))]])
            yield case(f"09_units_{mark}_{first or 'none'}", 9, table)
    table = Wide(head="{name}")
    table.below = [["", *texts], table.unit_row()]
    yield case("09_descriptions_first", 9, table)
    table = Wide(head="{name}")
    table.below = [table.unit_row(), ["", *texts]]
    yield case("09_units_first", 9, table)
    named = Wide(head="{name}", time_name="Tag")
    named.below = [["Beschreibung", "Förderstrom", "Förderdruck", "Motorstrom"], named.unit_row(first=("Einheit",))]
    yield case("09_word_in_front_german", 9, named)
    four = Wide(head="{name}", time_name="Timestamp")
    four.below = [["", *texts], four.unit_row(), ["", "0", "0", "0"], ["", "500", "16", "100"]]
    yield case("09_ranges", 9, four)
    above = Wide(head="{name}", time_name="Time")
    above.before = (",".join(["", *texts]), ",".join(above.unit_row()))
    yield case("09_names_last", 9, above)
    odd = Wide(
        head="{name}",
        signals=_us_pump(),
        below=[["", "GPM", "PSI", "DEG F", "AMPS"], ["", *texts, "BEARING TEMP"]],
        time_name="TIME",
        stamp=printed("%Y-%m-%d %H:%M:%S", "America/Chicago"),
    )
    yield case("09_us", 9, odd, "America/Chicago")
    spelled = {
        "m3/h": ["m³/h", "m3/hr", "CBM/H", "m^3/h", "m³·h⁻¹", "M3/H"],
        "bar": ["BAR", "bar(g)", "barg", "Bar", "bar g", "bara"],
        "A": ["Amp", "AMPS", "Ampere", "amps", "Ampère", "A"],
    }
    for number in range(6):
        signals = pump(120)
        for one in signals:
            one.shown = spelled[one.unit or ""][number]
        yield case(f"09_spelled_{number}", 9, Wide(signals=signals, head="{name}", below=[["", *(one.shown for one in signals)]]))
    yield from _spelled_in_brackets()


SPELLED = {
    "l/min": "L/min",
    "L/Min.": "L/min",
    "lpm": "L/min",
    "l/s": "L/s",
    "US gpm": "gpm",
    "USGPM": "gpm",
    "mbar": "mbar",
    "hPa": "mbar",
    "kPa": "kPa",
    "kPag": "kPa",
    "psig": "psi",
    "kg/cm²": "kgf/cm2",
    "kgf/cm2": "kgf/cm2",
    "kp/cm²": "kgf/cm2",
    "V": "V",
    "kW": "kW",
    "°C": "degC",
    "ºC": "degC",
    "℃": "degC",
    "Grad C": "degC",
    "degC": "degC",
    "°F": "degF",
    "℉": "degF",
    "1/min": "rpm",
    "U/min": "rpm",
    "min⁻¹": "rpm",
    "min-1": "rpm",
    "tr/min": "rpm",
    "o/min": "rpm",
    "об/мин": "rpm",
    "r/min": "rpm",
    "RPM": "rpm",
    "giri/min": "rpm",
    "obr/min": "rpm",
    "mm/s": "mm/s",
    "mm/s RMS": "mm/s",
    "мм/с": "mm/s",
    "мм/с СКЗ": "mm/s",
    "in/s": "in/s",
    "ips": "in/s",
    "%": "%",
    "m": "m",
    "mWS": "m",
    "м³/ч": "m3/h",
    "м3/ч": "m3/h",
    "бар": "bar",
    "кПа": "kPa",
    "кВт": "kW",
    "А": "A",
    "В": "V",
    "кгс/см²": "kgf/cm2",
    "л/мин": "L/min",
    "л/с": "L/s",
    "Nm³/h": "m3/h",
    "m³/Std": "m3/h",
    "m3/godz": "m3/h",
    "МПа": "MPa",
    "MPa": "MPa",
    "°С": "degC",
}
"""Unit as printed, and what it is."""


def _spelled_in_brackets() -> Iterator[Case]:
    for shown, unit in SPELLED.items():
        for brackets in ("{name} [{unit}]", "{name} ({unit})"):
            one = signal("X1", shown, unit, 50.0, 1.0, 1, 60)
            yield case(
                f"09_bracket_{'round' if '(' in brackets else 'square'}_{shown.replace('/', '-')}",
                9,
                Wide(signals=[one, state("Run", ("OFF", "ON"), 60)], head=brackets),
            )
    for pattern in ("{name}, {unit}", "{name} in {unit}", "{name} / {unit}", "{name} - {unit}"):
        table = Wide(head=pattern, sep=";", signals=pump(60))
        for one in table.signals:
            one.also = (table.title(one),)
            one.unit = None
        yield case(f"09_other_{ord(pattern[6])}_{len(pattern)}", 9, table)


def _us_pump() -> list[Signal]:
    return [
        signal("FI2041", "", "gpm", 1318.0, 6.0, 1, 240),
        signal("PI2042", "", "psi", 97.5, 0.5, 2, 240),
        signal("TI2043", "", "degF", 137.2, 0.4, 1, 240),
        signal("II2044", "", "A", 42.0, 0.3, 2, 240),
    ]


def pairs() -> Iterator[Case]:
    """Kind 11: names and values in one row."""
    n = 240
    signals = pump(n, ("plc.flow", "plc.pdis", "plc.temp"))
    for one in signals:
        one.unit = None
    signals[2].plain = [digits if row % 4 == 0 else None for row, digits in enumerate(signals[2].plain)]
    times = instants(n, 15)
    shapes = {
        "semicolons": (";", ";", ";", "", "."),
        "commas": (",", ",", ",", "", "."),
        "equals": (" ", "=", " ", "", "."),
        "equals_semicolon": (";", "=", ";", "", "."),
        "equals_comma": (",", "=", ",", "", "."),
        "colons": (" ", ":", " ", "", "."),
        "colons_comma": (", ", ": ", ", ", "", "."),
        "tabs": ("\t", "\t", "\t", "", "."),
        "german": (";", ";", ";", "", ","),
        "german_equals": (";", "=", ";", "", ","),
        "bars": ("|", "=", "|", "", "."),
        "spaced": (" ", " = ", "; ", "", "."),
        "prefix": (" ", "=", " ", "RTU7 INFO ", "."),
        "device": (";", ";", ";", "", "."),
    }
    for name, (after, between, sep, prefix, dec) in shapes.items():
        style = Style(dec=dec)
        lines = []
        for row in range(n):
            found = [f"{one.name}{between}{one.cell(row, style)}" for one in signals if one.plain[row] is not None]
            if row % 7 == 3:
                found.reverse()
            lines.append(
                ISO_Z(times[row]) + after + prefix + sep.join(found) + (sep.strip() if name in ("semicolons", "german") else "")
            )
        yield Case(
            name=f"11_{name}", kind=11, files={"rtu.log": ("\n".join(lines) + "\n").encode()}, truth=truth_of(times, signals)
        )
    yield from _other_pairs(times, signals)


def _other_pairs(times: list[datetime], signals: list[Signal]) -> Iterator[Case]:
    n = len(times)
    bracket = [
        f"[{ISO_Z(times[row])}] " + " ".join(f"{one.name}={one.plain[row]}" for one in signals if one.plain[row])
        for row in range(n)
    ]
    yield Case(name="11_brackets", kind=11, files={"rtu.log": "\n".join(bracket).encode()}, truth=truth_of(times, signals))
    ts = [
        f"ts={ISO_Z(times[row])} " + " ".join(f"{one.name}={one.plain[row]}" for one in signals if one.plain[row])
        for row in range(n)
    ]
    yield Case(name="11_time_too", kind=11, files={"rtu.log": "\n".join(ts).encode()}, truth=truth_of(times, signals))
    influx = [
        f"pump,site=north flow={signals[0].plain[row]},pdis={signals[1].plain[row]},starts={row}i {times[row].timestamp():.0f}"
        + "0" * 9
        for row in range(n)
    ]
    fields = [
        Signal(name="flow", plain=signals[0].plain),
        Signal(name="pdis", plain=signals[1].plain),
        Signal(name="starts", plain=[str(row) for row in range(n)]),
    ]
    yield Case(name="11_line_protocol", kind=11, files={"export.lp": "\n".join(influx).encode()}, truth=truth_of(times, fields))
    with_units = [
        f"{ISO_Z(times[row])} P7: flow = {signals[0].plain[row]} m³/h; pdis = {signals[1].plain[row]} bar; state = Bad Input"
        for row in range(n)
    ]
    fields = [
        Signal(name="flow", unit="m3/h", plain=signals[0].plain),
        Signal(name="pdis", unit="bar", plain=signals[1].plain),
        Signal(name="state", plain=["0"] * n, bad=bad_cells(dict.fromkeys(range(n), "Bad Input"))),
    ]
    yield Case(
        name="11_units_in_cells", kind=11, files={"rtu.log": "\n".join(with_units).encode()}, truth=truth_of(times, fields)
    )
    called = [Signal(name=name, plain=one.plain) for name, one in zip(("Sensor 1", "Over", "Wire temp"), signals, strict=True)]
    lines = [";".join([ISO_Z(at), *(f"{o.name};{o.plain[r]}" for o in called if o.plain[r])]) for r, at in enumerate(times)]
    yield Case(name="11_names", kind=11, files={"rtu.log": "\n".join(lines).encode()}, truth=truth_of(times, called))
    json_lines = [
        "{"
        + ", ".join([f'"time": "{ISO_Z(times[row])}"', *(f'"{one.name}": {one.plain[row]}' for one in signals if one.plain[row])])
        + "}"
        for row in range(n)
    ]
    yield Case(name="11_json_lines", kind=11, files={"rtu.log": "\n".join(json_lines).encode()}, truth=truth_of(times, signals))


def on_change() -> Iterator[Case]:
    """Kind 13: a row when any tag changes."""
    for name, absent, sep, dec in (
        ("null", "null", ",", "."),
        ("blank", "", ",", "."),
        ("dash", "-", ";", ","),
        ("backslash", "\\N", "\t", "."),
        ("nan", "NaN", ";", ","),
    ):
        times = [t for row, t in enumerate(instants(900, 7)) if (row * 7919) % 11 < 5]
        signals = pump(len(times))
        for shift, one in enumerate(signals):
            one.plain = [
                digits if (row + shift) % 3 == 0 or (row * 31 + shift) % 7 == 0 else None for row, digits in enumerate(one.plain)
            ]
        used = [row for row in range(len(times)) if any(one.plain[row] for one in signals)]
        times = [times[row] for row in used]
        for one in signals:
            one.plain = [one.plain[row] for row in used]
        yield case(
            f"13_{name}", 13, Wide(times=times, signals=signals, sep=sep, style=Style(dec=dec, absent=absent)), on_change=True
        )


def damage() -> Iterator[Case]:
    """Kind 19: NUL bytes, mixed line ends, lines cut short."""
    for name, head in (("lf", b"\n"), ("crlf", b"\r\n"), ("cr", b"\r"), ("mixed", b"")):
        table = Wide(sep=";", head="{name} [{unit}]")
        lines = [line.encode() for line in table.lines()]
        ends = [head or (b"\r\n" if row % 3 else b"\n") for row in range(len(lines))]
        lines.append(b"2026-03-25T12:00:00Z;28")
        data = b"".join(line + end for line, end in zip(lines, [*ends, b""], strict=True))
        truth = truth_of(table.times, table.signals)
        yield Case(name=f"19_cut_{name}", kind=19, files={"log.csv": data}, truth=truth)
        middle = b"".join(line + end for line, end in zip(lines[:120], ends, strict=False))
        rest = b"".join(line + end for line, end in zip(lines[120:240], ends[120:], strict=False))
        cut = truth_of(table.times[:239], [Signal(name=one.name, unit=one.unit, plain=one.plain[:239]) for one in table.signals])
        yield Case(name=f"19_nul_{name}", kind=19, files={"log.csv": middle + b"\0" * 1024 + rest}, truth=cut)
        yield Case(name=f"19_nul_end_{name}", kind=19, files={"log.csv": middle + rest + b"\0" * 4096}, truth=cut)
        yield Case(name=f"19_ctrl_z_{name}", kind=19, files={"log.csv": middle + rest + b"\x1a"}, truth=cut)
        yield Case(
            name=f"19_half_line_{name}",
            kind=19,
            files={"log.csv": middle + b"2026-03-25T09:5" + (head or b"\n") + rest},
            truth=cut,
        )
        nul_in_line = middle + b"2026-03-25T09:58:30Z;28" + b"\0" * 512 + rest
        yield Case(name=f"19_nul_in_line_{name}", kind=19, files={"log.csv": nul_in_line}, truth=cut)
    wide = Wide(sep="\t", enc="utf-16", stamp=printed("%Y-%m-%d %H:%M:%S", OSLO))
    yield case("19_utf16_odd_end", 19, wide, OSLO).but("19_utf16_odd_end", {"log.csv": wide.data()[:-1]}, **_without_last(wide))


def _without_last(table: Wide) -> dict[str, object]:
    """The cut took the line end alone, so that nothing is lost."""
    return truth_of(table.times, table.signals)


PLAIN = Style()


def _glued(
    name: str,
    changes: list[tuple[int, list[int]]],
    sep: str = ",",
    style: Style = PLAIN,
    blank: bool = False,
    note: str = "",
    zone: str | None = None,
    stamp: object = ISO_Z,
) -> Case:
    signals = [*pump(240), signal("VT-1", "mm/s", "mm/s", 1.5, 0.1, 2, 240)]
    times = instants(240, 600)
    lines: list[str] = []
    bounds = [first for first, _ in changes] + [240]
    for (first, order), end in zip(changes, bounds[1:], strict=True):
        table = Wide(signals=[signals[index] for index in order], times=times, sep=sep, style=style, stamp=stamp)  # type: ignore[arg-type]
        lines += ([note] if note else []) + [table.line(table.header())]
        lines += [table.line(table.row(row)) for row in range(first, end)] + ([""] if blank else [])
        for index in set(range(4)) - set(order):
            signals[index].plain[first:end] = [None] * (end - first)
    used = [one for one in signals if any(one.plain)]
    return Case(
        name=name, kind=20, files={"week.csv": ("\n".join(lines) + "\n").encode()}, truth=truth_of(times, used), zone=zone
    )


def headers_again() -> Iterator[Case]:
    """Kind 20: days glued together, each with its header; a column comes, goes, moves or changes its unit."""
    yield _glued("20_same", [(0, [0, 1, 2]), (80, [0, 1, 2]), (160, [0, 1, 2])])
    yield _glued("20_comes", [(0, [0, 1]), (80, [0, 1]), (160, [0, 1, 3])])
    yield _glued("20_comes_german", [(0, [0, 1]), (80, [0, 1]), (160, [0, 1, 3])], sep=";", style=SEMI, zone=BERLIN, stamp=DE)
    yield _glued("20_goes", [(0, [0, 1, 2, 3]), (80, [0, 1, 2, 3]), (160, [0, 1, 2])])
    yield _glued("20_moves", [(0, [0, 1, 2]), (80, [2, 0, 1]), (160, [1, 2, 0])])
    yield _glued("20_in_the_middle", [(0, [0, 1]), (120, [0, 3, 1])])
    yield _glued("20_swapped_for_another", [(0, [0, 1, 2]), (120, [0, 1, 3])])
    yield _glued("20_blank_lines", [(0, [0, 1]), (80, [0, 1]), (160, [0, 1, 3])], blank=True)
    yield _glued("20_notes", [(0, [0, 1]), (80, [0, 1]), (160, [0, 1, 3])], blank=True, note="Station 7, pump 2")
    for name, head, first in (("commented", "# ", "# "), ("commented_later", "# ", ""), ("commented_first", "", "# ")):
        table = Wide(signals=pump(240, ("flow", "dp", "amps")), head="{name}", time_name="time", times=instants(240, 1), sep=" ")
        for one in table.signals:
            one.unit = None
        table.between = {row: [f"{head}time flow dp amps"] for row in (80, 160)}
        lines = table.lines()
        data = "\n".join(["# logger v2.1", f"{first}{lines[0]}", *lines[1:]]).encode()
        yield Case(name=f"20_{name}", kind=20, files={"log.dat": data}, truth=truth_of(table.times, table.signals))
    yield _glued("20_comments", [(0, [0, 1, 2]), (80, [0, 1, 2])], note="# new day")
    yield _unit_changes()


def _unit_changes() -> Case:
    two = Wide(signals=pump(240), times=instants(240, 600))
    changed = two.lines()
    later = Wide(
        signals=[
            signal("FT-101", "L/s", None, 0, 0, 0, 0),
            signal("PT-102", "kPa", None, 0, 0, 0, 0),
            signal("IT-103", "A", None, 0, 0, 0, 0),
        ]
    )
    for one, source, factor, places in zip(later.signals, two.signals, (1 / 3.6, 100.0, 1.0), (4, 1, 2), strict=True):
        one.plain = [f"{float(digits or 0) * factor:.{places}f}" for digits in source.plain]
        source.plain = [
            digits if row < 120 else repr(float(one.plain[row] or 0) / factor) for row, digits in enumerate(source.plain)
        ]
    later.times = two.times
    lines = [*changed[:121], *(later.line(later.row(row)) for row in range(120, 240))]
    lines.insert(121, later.line(later.header()))
    return Case(
        name="20_unit_changes",
        kind=20,
        files={"week.csv": "\n".join(lines).encode()},
        truth=truth_of(two.times, two.signals, questions=["UNIT_MIXED"]),
    )
