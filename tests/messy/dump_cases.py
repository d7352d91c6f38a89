"""Dumps of archives and answers of interfaces: a block for each tag, names beside values under a header, series in JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from tests.messy.plant import ISO_Z, Case, Signal, Style, bad_cells, instants, printed, pump, truth_of
from tests.messy.writing import Wide, case

N = 90
_LOCAL = printed("%d.%m.%Y %H:%M:%S", "Europe/Oslo")


def dumps() -> Iterator[Case]:
    """Kinds 11, 12 and 15 in the shapes of archives and of their interfaces."""
    yield from _blocks()
    yield from _named_values()
    yield from _json_series()
    yield from _two_notations()


def _sparse(names: Sequence[str] = ("FT-7", "PT-8", "IT-9")) -> tuple[list[datetime], list[Signal]]:
    """Instants, and signals of which the last is due every third of them."""
    signals = pump(N, names)
    signals[2].plain = [digits if row % 3 == 0 else None for row, digits in enumerate(signals[2].plain)]
    return instants(N, 20), signals


def _blocks() -> Iterator[Case]:
    """A title, a header of time and value, and rows: for each tag, and once more when the archive begins a second part."""
    times, signals = _sparse()
    semi = Style(dec=",")
    shapes: dict[str, tuple[tuple[str, ...], str, str, Style]] = {
        "keyed": (("", "Point: {name}", "Eng Units: {unit}"), "Time,Value", ",", Style()),
        "cells": (("Messstelle;{name}", "Einheit;{unit}", "Zeit;Wert"), "", ";", semi),
        "one_line": (("TAG = {name}, UNIT = {unit}", "Timestamp,Value"), "", ",", Style()),
        "comment": (("# {name} [{unit}]",), "time\tvalue", "\t", Style()),
        "section": (("[{name}]",), "Date/Time;Reading", ";", Style()),
        "plain": (("{name} {unit}",), "Time|Value", "|", Style()),
    }
    for name, (title, header, sep, style) in shapes.items():
        shown = signals if "{unit}" in "".join(title) else [replace(one, unit=None) for one in signals]
        lines = ["Archive export 2026-03-26 06:00"]
        for part in (range(N // 2), range(N // 2, N)):
            for one in signals:
                lines += [line.format(name=one.name, unit=one.shown) for line in (*title, header) if line or line == title[0]]
                lines += [f"{_LOCAL(times[row])}{sep}{one.cell(row, style)}" for row in part if one.plain[row] is not None]
        yield _case(f"34_blocks_{name}", lines, times, shown, "Europe/Oslo")
    late = replace(signals[0], bad=bad_cells({4: "Bad Input"}))
    quality = [["Tag: FT-7", "Time,Value,Status"], ["Tag: PT-8", "Time,Value,Status"]]
    states = [replace(late, unit=None), replace(signals[1], unit=None, quality_bad=frozenset({5, 6}))]
    for one, lines in zip(states, quality, strict=True):
        for row, t in enumerate(times):
            lines.append(f"{ISO_Z(t)},{one.cell(row, Style())},{'Bad' if row in one.quality_bad else 'Good'}")
    yield _case("34_blocks_with_status", [*quality[0], *quality[1]], times, states)


def _named_values() -> Iterator[Case]:
    """A header that numbers names and values, the names in every row."""
    times, signals = _sparse(("Flow", "Pressure", "Power P"))
    bare = [replace(one, unit=None) for one in signals]
    head = "date,time,record,slave"
    for name, columns, cells, shown in (
        ("triples", "register{0},name{0},value{0}", "{2},{0},{1}", bare),
        ("pairs", "Tag {0},Value {0}", "{0},{1}", bare),
        ("repeated", "Tag,Value", "{0},{1}", bare),
        ("units", "Point{0},Val{0},Unit{0}", "{0},{1},{3}", signals),
    ):
        lines = [",".join([head, *(columns.format(number + 1) for number in range(3))])]
        for row, t in enumerate(times):
            due = [(number, one) for number, one in enumerate(signals) if one.plain[row] is not None]
            groups = [cells.format(one.name, one.plain[row], 7500 + 2 * number, one.shown) for number, one in due]
            lines.append(",".join([f"{t:%Y-%m-%d},{t:%H:%M:%S}", str(row), "1", *groups]))
        yield _case(f"34_named_{name}", lines, times, shown, "UTC")


def _json_series() -> Iterator[Case]:
    """A list of points for each signal, in the shapes of several interfaces."""
    times, signals = _sparse(("flow", "pressure", "amps"))
    bare = [replace(one, unit=None) for one in signals]
    due = {one.name: [(t, one.plain[row] or "") for row, t in enumerate(times) if one.plain[row]] for one in signals}
    units = {one.name: one.shown for one in signals}

    def points(make: Callable[[datetime, str], object], name: str) -> list[object]:
        return [make(t, digits) for t, digits in due[name]]

    def count(t: datetime) -> int:
        return round(t.timestamp())

    bodies: dict[str, object] = {
        "keys": {name: points(lambda t, v: {"ts": count(t) * 1000, "value": v}, name) for name in due},
        "items": {
            "Items": [
                {
                    "Name": name,
                    "UnitsAbbreviation": units[name],
                    "Items": points(lambda t, v: {"Timestamp": ISO_Z(t), "Value": float(v), "Good": True}, name),
                }
                for name in due
            ]
        },
        "pairs": [{"target": name, "datapoints": points(lambda t, v: [float(v), count(t) * 1000], name)} for name in due],
        "matrix": {
            "data": {
                "result": [
                    {"metric": {"__name__": name, "pump": "P1"}, "values": points(lambda t, v: [count(t), v], name)}
                    for name in due
                ]
            }
        },
        "counts": [{"metric": name, "tags": {"h": "a"}, "dps": {str(count(t)): float(v) for t, v in due[name]}} for name in due],
        "first_named": [
            [
                {"state": digits, "last_changed": ISO_Z(t)} | ({} if row else {"entity_id": name})
                for row, (t, digits) in enumerate(due[name])
            ]
            for name in due
        ],
        "table": {"results": [{"series": [{"name": "pump", "columns": ["time", *due], "values": _json_rows(times, signals)}]}]},
        "columns": {
            "time": [ISO_Z(t) for t in times],
            **{one.name: [float(digits) if digits else None for digits in one.plain] for one in signals},
        },
    }
    for name, body in bodies.items():
        found = truth_of(times, signals if name == "items" else bare, n_backward_steps=0)
        yield Case(name=f"34_json_{name}", kind=12, files={"answer.json": json.dumps(body).encode()}, truth=found)


def _json_rows(times: Sequence[datetime], signals: Sequence[Signal]) -> list[list[object]]:
    return [
        [ISO_Z(t), *(float(digits) if (digits := one.plain[row]) else None for one in signals)] for row, t in enumerate(times)
    ]


def _two_notations() -> Iterator[Case]:
    """A recording that goes on in a file whose times are printed in another way."""
    times, signals = instants(2 * N, 30), pump(2 * N)
    stamps: dict[str, tuple[Callable[[datetime], str], Callable[[datetime], str]]] = {
        "seconds_iso": (lambda t: str(round(t.timestamp())), printed("%Y-%m-%dT%H:%M:%S+09:00", "Asia/Tokyo")),
        "iso_milliseconds": (ISO_Z, lambda t: str(round(t.timestamp() * 1000))),
        "seconds_microseconds": (lambda t: str(round(t.timestamp())), lambda t: str(round(t.timestamp()) * 10**6)),
    }
    for name, both in stamps.items():
        files = {}
        for number, (stamp, rows) in enumerate(zip(both, (slice(0, N + 1), slice(N, 2 * N)), strict=True)):
            mine = [replace(one, plain=one.plain[rows]) for one in signals]
            files[f"{number}.csv"] = Wide(signals=mine, times=times[rows], stamp=stamp).data()
        whole = case(f"15_files_{name}", 15, Wide(signals=signals, times=times), n_duplicates_dropped=1)
        yield whole.but(whole.name, files)


def _case(
    name: str, lines: Sequence[str], times: Sequence[datetime], signals: Sequence[Signal], zone: str | None = None
) -> Case:  # fmt: skip
    found = truth_of(times, signals, n_backward_steps=0)
    for one in found["recordings"]:
        one["optional"] = ["record", "slave"]
    return Case(name=name, kind=12, files={"dump.txt": ("\n".join(lines) + "\n").encode()}, truth=found, zone=zone)
