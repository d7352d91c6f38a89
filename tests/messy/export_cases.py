"""Shapes that vendors' exports have and that no rule of the other cases covers: odd header rows, tags one below the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tests.messy.plant import Case, Signal, instants, printed, pump, truth_of
from tests.messy.writing import Wide, case, zipped

N = 60
_ISO = printed("%Y-%m-%dT%H:%M:%SZ")
_LOCAL = printed("%Y-%m-%d %H:%M:%S")
_UNKNOWN = ["ZONE_UNKNOWN"]


def exports() -> Iterator[Case]:
    """Header rows in another order, stacked tags, dates in parts, times of their own, quoted words, short daily files."""
    yield from _header_rows()
    yield from _stacked_tags()
    yield from _dates_in_parts()
    yield from _other_tables()
    yield from _short_files()
    yield from _clocks_and_words()
    yield from _series()
    yield from _numbered_channels()


def _case(
    name: str, kind: int, lines: Sequence[str], times: Sequence[datetime], signals: Sequence[Signal], **more: object
) -> Case:
    return Case(
        name=name, kind=kind, files={"export.txt": ("\n".join(lines) + "\n").encode()},
        truth=truth_of(times, signals, **more),  # type: ignore[arg-type]
    )  # fmt: skip


def _bare(signals: Sequence[Signal]) -> list[Signal]:
    return [replace(one, unit=None) for one in signals]


def _rows(signals: Sequence[Signal], times: Sequence[datetime], sep: str = ",") -> list[str]:
    return [sep.join([_ISO(t), *(one.plain[row] or "" for one in signals)]) for row, t in enumerate(times)]


def _header_rows() -> Iterator[Case]:
    times, signals = instants(N), pump(N, ("F1", "P1", "I1"))
    rows = _rows(signals, times)
    names, units = ",".join(one.name for one in signals), ",".join(one.shown for one in signals)
    heads = {
        "time_named_last": [f"Tagname,{names}", "Description,Feed flow,Feed pressure,Motor", f"Units,{units}", "Timestamp,,,"],
        "columns_of_two_levels": [f"tag,{names}", f"unit,{units}", "time,,,"],
        "units_above_names": [f"Unit,{units}", f"Tag,{names}"],
        "name_in_a_comment": ["# operator: J. Doe, rate=1/60 Hz", f"#,time,{','.join(f'{s.name}[{s.shown}]' for s in signals)}"],
    }
    heads["numbers_above_names"] = [
        "Time,1,2,3", f",{names}", ",COM2,COM2,COM2", ",D100,D102,D104", ",REAL,REAL,INT", ",FLT,FLT,S16", f",{units}", "",
    ]  # fmt: skip
    described = "Bezeichnung,Durchfluss,Druck,Strom"
    heads["blank_row_above_rows"] = [f"Messstelle,{names}", described, f"Einheit,{units}", ",,,", " , , , "]
    for name, head in heads.items():
        yield _case(f"33_{name}", 9, [*head, *rows], times, signals)
    triggered = [*(row + ",0," for row in rows)]
    kinds = "DATETIME[YYYY/MM/DD hh:mm:ss],REAL[DEC.1],REAL[DEC.2],REAL[DEC.2],WORD[HEX],TRIGGER[*]"
    with_start = [*_bare(signals), Signal(name="Start", plain=["0"] * N)]
    found = _case(
        "33_types_with_trigger", 9, ["[LOGGING],QD81,1", kinds, f"TIME,{names},Start,Trig", *triggered], times, with_start
    )
    found.truth["recordings"][0]["optional"] = ["Trig"]
    yield found
    typed = [
        "[LOGGING],RD81,2,3,4,,",
        "DATETIME[YYYY/MM/DD hh:mm:ss],INDEX,FLOAT[DEC.3],FLOAT[DEC.3],FLOAT[DEC.3],",
        f"TIME,INDEX,{names},",
    ]
    numbered = [f"{t:%Y/%m/%d %H:%M:%S},{row + 1},{rows[row].partition(',')[2]}," for row, t in enumerate(times)]
    yield _case("33_types_above_names", 10, [*typed, *numbered], times, _bare(signals), notes=_UNKNOWN)


def _stacked_tags() -> Iterator[Case]:
    times = instants(N)
    signals = _bare(pump(N, ("P102:FT", "P102:PT", "P102:IT")))
    lines = [f"{one.name},{t:%d-%b-%y %H:%M:%S}.00000,{one.plain[row]}" for one in signals for row, t in enumerate(times)]
    yield _case("33_stacked_without_header", 12, lines, times, signals, notes=_UNKNOWN, n_backward_steps=0)
    prompt = [
        "* (sys - TAGS) shell> @mode list",
        "* (sys - TAGS) shell> @ostr tag,time,value",
        "* (sys - TAGS) shell> @istr tag,start",
    ]
    yield _case("33_stacked_below_a_prompt", 12, [*prompt, *lines], times, signals, notes=_UNKNOWN, n_backward_steps=0)
    signals = _bare(pump(N, ("101", "102", "103")))
    lines = [f"{one.name},{_ISO(t)},{one.plain[row]}" for row, t in enumerate(times) for one in signals]
    yield _case("33_tags_that_are_numbers", 12, ["tag_id,ts,val", *lines], times, signals, n_backward_steps=0)
    signals = _bare(pump(N, ("flow", "pressure", "current")))
    lines = [f"P-1,{one.name},{_LOCAL(t)}.000000000,{one.plain[row]}" for one in signals for row, t in enumerate(times)]
    head = "asset,measure_name,time,measure_value::double"
    yield _case("33_stacked_measures", 12, [head, *lines], times, signals, notes=_UNKNOWN, n_backward_steps=0)


def _dates_in_parts() -> Iterator[Case]:
    times, signals = instants(N, 600), _bare(pump(N))
    names = ",".join(one.name for one in signals)
    cells = [row.partition(",")[2] for row in _rows(signals, times)]
    parts = [f"{t.year},{t.month},{t.day},{t.hour},{t.minute},{t.second},{cells[row]}" for row, t in enumerate(times)]
    yield _case("33_six_columns", 17, [f"Year,Month,Day,Hour,Minute,Second,{names}", *parts], times, signals, notes=_UNKNOWN)
    dated = [f"{row},{t:%Y,%m,%d},{t:%H:%M:%S},{cells[row]}" for row, t in enumerate(times)]
    yield _case("33_date_in_three_columns", 17, [f"no,Jahr,Monat,Tag,Uhrzeit,{names}", *dated], times, signals, notes=_UNKNOWN)
    day = [f"{t.year},{t.timetuple().tm_yday},{t.hour * 100 + t.minute},{cells[row]}" for row, t in enumerate(times)]
    yield _case("33_day_of_year", 17, [f"Year,DOY,HHMM,{names}", *day], times, signals, notes=_UNKNOWN)
    head = f"Year_RTM,Day_RTM,Hour_Minute_RTM,{names}"
    yield _case("33_day_of_year_in_words_of_a_logger", 17, [head, *day], times, signals, notes=_UNKNOWN)


def _other_tables() -> Iterator[Case]:
    times, signals = instants(N), pump(N, ("flow", "pd", "amps"))
    words = ['"time" "flow" "pd"']
    words += [f'"{row + 1}" "{_LOCAL(t)}" {signals[0].plain[row]} {signals[1].plain[row]}' for row, t in enumerate(times)]
    yield _case("33_quoted_words_and_row_names", 25, words, times, _bare(signals[:2]), notes=_UNKNOWN)
    suffixed = ["time;flow;pd"]
    suffixed += [f"{_ISO(t)};{signals[0].plain[row]} m3/h;{signals[1].plain[row]} bar" for row, t in enumerate(times)]
    yield _case("33_digit_in_suffix", 24, suffixed, times, signals[:2])
    first, second = instants(N, 4), [t + timedelta(seconds=1) for t in instants(N, 4)]
    pairs = ["Flow Time,flow [m3/h],Pressure Time,pd [bar]"]
    pairs += [f"{_ISO(first[row])},{signals[0].plain[row]},{_ISO(second[row])},{signals[1].plain[row]}" for row in range(N)]
    merged = sorted([*first, *second])
    own = [
        replace(one, plain=[one.plain[mine.index(t)] if t in mine else None for t in merged])
        for one, mine in zip(signals[:2], (first, second), strict=True)
    ]
    yield _case("33_times_a_second_apart", 12, pairs, merged, own)


def _short_files() -> Iterator[Case]:
    times = [t + timedelta(days=day) for day in range(3) for t in instants(N)]
    signals = pump(3 * N)
    head = "time," + ",".join(f"{one.name} [{one.shown}]" for one in signals)
    rows = _rows(signals, times)
    members = {f"{day}.csv": "\n".join([head, *rows[day * N : day * N + N], ""]).encode() for day in (2, 0, 1)}
    yield Case(name="33_an_hour_a_day", kind=26, files={"days.zip": zipped(members)}, truth=truth_of(times, signals))


def _clocks_and_words() -> Iterator[Case]:
    times, signals = instants(N, 2), pump(N, ("F1", "P1", "I1"))
    cells = [row.partition(",")[2] for row in _rows(signals, times)]
    names = ",".join(f"{one.name} [{one.shown}]" for one in signals)
    dotted = [f"{t:%d-%m-%Y},{t:%H.%M.%S},{cells[row]}" for row, t in enumerate(times)]
    yield _case("33_dots_in_the_clock", 7, [f"Date,Time,{names}", *dotted], times, signals, notes=_UNKNOWN)
    unnamed = [f"{t:%d-%m-%Y}\t{t:%H.%M.%S}\t{cells[row]}".replace(",", "\t") for row, t in enumerate(instants(N, 20))]
    head = f"Aika 1\tAika 2\t{names}".replace(",", "\t")
    yield _case("33_dots_in_a_clock_of_any_name", 7, [head, *unnamed], instants(N, 20), signals, notes=_UNKNOWN)
    dashed = [f"{t:%d.%m.%Y - %H:%M:%S},{cells[row]}" for row, t in enumerate(times)]
    yield _case("33_dash_before_the_clock", 22, [f"Time,{names}", *dashed], times, signals, notes=_UNKNOWN)
    finer = instants(N, 2.5)
    split = [f"{int(t.timestamp())},{t.microsecond // 1000},{cells[row]}" for row, t in enumerate(finer)]
    yield _case("33_seconds_and_milliseconds", 22, [f"TIMESTAMP_S,TIMESTAMP_MS,{names}", *split], finer, signals)
    split = [f"{int(t.timestamp())},{t.microsecond},{cells[row]}" for row, t in enumerate(finer)]
    yield _case("33_seconds_and_microseconds", 22, [f"tv_sec,tv_usec,{names}", *split], finer, signals)
    remarks = ["% export", f"t,{names}", "% data follows"]
    yield _case("33_remark_below_names", 10, [*remarks, *_rows(signals, times)], times, signals)
    spooled = ["TS                       F1         P1", "------------------- ---------- ----------"]
    spooled += [f"{_LOCAL(t)}      {signals[0].plain[row]}      {signals[1].plain[row]}" for row, t in enumerate(times)]
    yield _case("33_spooled_query", 10, [*spooled, "", "60 rows selected."], times, _bare(signals[:2]), notes=_UNKNOWN)
    paired = [";F1;;P1", "Timestamp;Value;Timestamp;Value"]
    paired += [f"{_ISO(t)};{signals[0].plain[row]};{_ISO(t)};{signals[1].plain[row]}" for row, t in enumerate(times)]
    yield _case("33_tags_above_value_value", 9, paired, times, _bare(signals[:2]))
    many = replace(signals[0], plain=[f"1234{row + 10}.5" for row in range(N)])
    lakhs = [f'{_ISO(t)},"1,23,4{row + 10}.5",{signals[1].plain[row]}' for row, t in enumerate(times)]
    yield _case("33_lakhs", 24, ["time,F1 [m3/h],P1 [bar]", *lakhs], times, [many, signals[1]])
    shown = [f"{t:%Y/%m/%d},{t:%H:%M:%S},{signals[0].plain[row]}" for row, t in enumerate(times)]
    japanese = "\n".join(["日付,時刻,流量[m3/h]", *shown]).encode("cp932")
    found = truth_of(times, [replace(signals[0], name="流量")], notes=_UNKNOWN)
    yield Case(name="33_shift_jis", kind=18, files={"log.csv": japanese}, truth=found)


def _series() -> Iterator[Case]:
    times, signals = instants(N), _bare(pump(N, ("flow", "pdis", "amps")))
    counts = [int(t.timestamp()) * 1000 for t in times]
    shown = ["# TYPE flow gauge"]
    shown += [f'{one.name}{{pump="P1"}} {one.plain[row]} {count}' for row, count in enumerate(counts) for one in signals]
    yield _case("33_exposition", 11, shown, times, signals)
    lines = [f"{one.name},pump=P1 value={one.plain[row]} {count}000000" for row, count in enumerate(counts) for one in signals]
    yield _case("33_measurements_of_a_value", 11, lines, times, signals)
    tags = r"pump,site=North\ Side,unit=P1"
    flow = signals[0].plain
    escaped = [f'{tags} flow={flow[row]},note="a, b" {count}000000' for row, count in enumerate(counts)]
    found = _case("33_escaped_tags", 11, escaped, times, signals[:1])
    found.truth["recordings"][0]["optional"] = ["note"]
    yield found
    pumps = [replace(one, name=f"P{number}.flow") for number, one in enumerate(signals[:2], 1)]
    lines = [
        f"pump,asset=P{number} flow={one.plain[row]} {count}000000"
        for row, count in enumerate(counts)
        for number, one in enumerate(signals[:2], 1)
    ]
    yield _case("33_tags_that_differ", 11, lines, times, pumps)
    signals = pump(N)
    alarms = ["Time;Tag;Priority;Message;State"]
    alarms += [
        f"{_LOCAL(t)};TT-201;{1 + row % 3};Bearing temperature high;{('ACT', 'RTN')[row % 2]}" for row, t in enumerate(times[:14])
    ]
    head = "time," + ",".join(f"{one.name} [{one.shown}]" for one in signals)
    files = {
        "log.csv": "\n".join([head, *_rows(signals, times), ""]).encode(), "alarms.csv": "\n".join(alarms).encode(),
    }  # fmt: skip
    yield Case(name="33_alarm_list", kind=27, files=files, truth=truth_of(times, signals, notes=["LABELS_ELSEWHERE"]))


def _numbered_channels() -> Iterator[Case]:
    """Kind 9: a recorder numbers its channels in the first row, and names them below among addresses, kinds and units."""
    for name, rows in {
        "names_next": (("{name}",) * 3, ("AI",) * 3, ("AD10", "AD11", "AD12")),
        "slots_next": (("slot 1",) * 3, ("{name}",) * 3, ("R400", "R401", "R402")),
    }.items():
        signals = pump(120, names=("Tulovirtaus", "Imupaine", "Moottorivirta"))
        table = Wide(signals=signals, sep=";", time_name=("Päivä", "Klo"), stamp=(printed("%Y-%m-%d"), printed("%H:%M:%S")))
        texts = [["", "", *(cell.format(name=one.name) for one, cell in zip(signals, row, strict=True))] for row in rows]
        table.value_name = "{name}"
        table.below = [*texts, ["", "", *(one.shown for one in signals)]]
        lines = table.lines()
        lines[0] = "Päivä;Klo;1;2;3"
        made = case(f"09_numbered_{name}", 9, table, "UTC")
        yield made.but(made.name, {"log.csv": "\n".join(lines).encode()})
