"""Series in JSON as interfaces of historians and databases answer: a list of points for each signal, somewhere in the tree.

    {"flow": [{"ts": 1794182400000, "value": 299.3}, …], "pressure": […]}
    {"Items": [{"Name": "FT-101", "UnitsAbbreviation": "bar", "Items": [{"Timestamp": …, "Value": …, "Good": true}, …]}]}
    [{"target": "flow", "datapoints": [[299.3, 1794182400000], …]}]
    {"columns": ["time", "flow"], "values": [[…], …]}

They become the rows of a long table (tag, time, value and what else is said of a point), or of the table that they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from workbench.logs.tables.sniff import fold_name, is_tag_name, is_time_name
from workbench.logs.tables.words import UNIT_NAMES, VALUE_NAMES, WEAK_VALUE_NAMES, as_words
from workbench.logs.times.instants import parse_stamp, unix_ns

MIN_POINTS = 3
_MAX_DEPTH = 12
_VALUES = VALUE_NAMES | WEAK_VALUE_NAMES | {"v", "y"}
_WRAPPERS = as_words("""
    data values value items datapoints points dps result results series records rows samples telemetry readings history content
    measurements observations queries response payload body measures timeseries timevaluepairs
""")
"""Keys that say nothing of what lies in them."""
Point = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """What is known of the points below a node. `name` may be borne by several series, `full_name` tells them apart."""

    name: str = ""
    full_name: str = ""
    unit: str = ""
    time: object = None
    """The instant of points that have none."""


Series = Iterator[tuple[_Place, list[Point]]]


def find_series_rows(tree: object) -> list[list[object]]:
    """Header and rows of the series or the table in a tree; [] where there are none."""
    return _table_of(tree) or _long_table(_series_in(tree, _Place(), 0))


def is_instant(value: object) -> bool:
    """Whether a value is a printed stamp, or a count of s, ms, µs or ns since 1970."""
    if isinstance(value, str):
        return parse_stamp(value) is not None or unix_ns(value) is not None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return unix_ns(str(value) if isinstance(value, int) else f"{value:.0f}") is not None


def _long_table(series: Series) -> list[list[object]]:
    """What is said of one series in several places goes together."""
    by_name: dict[str, tuple[_Place, list[Point]]] = {}
    for place, points in series:
        by_name.setdefault(place.full_name, (place, []))[1].extend(points)
    found = [*by_name.values()]
    names = [place.name for place, _ in found]
    names = names if len(set(names)) == len(names) else [*by_name]
    if sum(len(points) for _, points in found) < MIN_POINTS or not all(names):
        return []
    keys = list(dict.fromkeys(key for _, points in found for point in points for key in point))
    has_units = any(place.unit for place, _ in found)
    front: list[object] = ["Tag", "Unit"] if has_units else ["Tag"]
    rows: list[list[object]] = [[*front, *keys]]
    for name, (place, points) in zip(names, found, strict=True):
        own: list[object] = [name, place.unit] if has_units else [name]
        rows += [[*own, *(point.get(key) for key in keys)] for point in points]
    return rows


def _series_in(node: object, place: _Place, depth: int) -> Series:
    """Lists of points below a node, called as the nearest thing that names them."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(node, list):
        points = _points_of(node, place.time)
        if points:
            yield from _by_tag(points, place)
            return
        for child in node:
            yield from _series_in(child, place, depth + 1)
    elif isinstance(node, dict):
        own = _names_in(node)
        unit = next((said for key, said in node.items() if fold_name(key) in UNIT_NAMES and isinstance(said, str)), place.unit)
        time = next((said for key, said in node.items() if is_time_name(key) and is_instant(said)), place.time)
        for key, child in node.items():
            name, full_name = own or ((place.name, place.full_name) if key.casefold() in _WRAPPERS else (key, key))
            inner = _Place(name=name, full_name=full_name, unit=unit, time=time)
            points = _by_instant(child) if isinstance(child, dict) else []
            if points:
                yield inner, points
            elif isinstance(child, (list, dict)):
                yield from _series_in(child, inner, depth + 1)


def _by_tag(points: Sequence[Point], place: _Place) -> Series:
    """Points that name their series, each name holding on until the next; others belong to that of the place."""
    key = next((key for key, said in points[0].items() if _is_tag_key(key) and isinstance(said, str) and said), None)
    if key is None:
        yield place, [*points]
        return
    name = ""
    for point in points:
        name = str(point.get(key) or name)
        yield replace(place, name=name, full_name=name), [{other: said for other, said in point.items() if other != key}]


def _is_tag_key(key: str) -> bool:
    return is_tag_name(fold_name(key)) or fold_name(key) in ("id", "n")


def _names_in(node: Mapping[str, object]) -> tuple[str, str] | None:
    """What a record beside a list of points calls it; {"metric": {"__name__": "flow", "pump": "P1"}} is flow, in full flow P1."""
    for key, said in node.items():
        if is_tag_name(fold_name(key)) or fold_name(key) == "target":
            if isinstance(said, str) and said:
                return said, said
            if isinstance(said, dict) and said and all(isinstance(one, str) for one in said.values()):
                full_name = " ".join(said.values())
                return said.get("__name__", full_name), full_name
    return None


def _points_of(node: Sequence[object], time: object) -> list[Point]:
    """Points as records or as pairs of time and value, the time called time and the value value; [] for other lists.

    Records without a time are of the instant `time`.
    """
    if all(isinstance(one, dict) for one in node):
        return _named(node, time)
    pairs = [one for one in node if isinstance(one, list) and len(one) == 2]
    if not pairs or len(pairs) < len(node) or any(isinstance(cell, (list, dict)) for pair in pairs for cell in pair):
        return []
    for first, second in ((0, 1), (1, 0)):
        if all(is_instant(pair[first]) for pair in pairs):
            return [{"time": pair[first], "value": pair[second]} for pair in pairs]
    return []


def _named(node: Sequence[object], instant: object) -> list[Point]:
    records = [one for one in node if isinstance(one, dict)]
    first = records[0] if records else {}
    stamps = [key for key, said in first.items() if is_instant(said)]
    time = next(filter(is_time_name, stamps), stamps[0] if len(stamps) == 1 else "")
    value = next((key for key in first if fold_name(key) in _VALUES), "")
    if not value or not (all(time in one for one in records) if time else instant is not None):
        return []
    called = {time: "time", value: "value"} if time else {value: "value"}
    start = {} if time else {"time": instant}
    return [start | {called.get(str(key), str(key)): _plain(said) for key, said in one.items()} for one in records]


def _plain(said: object) -> object:
    """What a point says; of a state that is a record ({"Name": "Bad", "Value": 307}) its name."""
    if isinstance(said, dict):
        return next((one for one in said.values() if isinstance(one, str)), "")
    return "" if isinstance(said, list) else said


def _by_instant(node: Mapping[str, object]) -> list[Point]:
    """{"1794182400": 299.3, …}"""
    is_plain = len(node) >= MIN_POINTS and not any(isinstance(said, (list, dict)) for said in node.values())
    return [{"time": key, "value": said} for key, said in node.items()] if is_plain and all(map(is_instant, node)) else []


def _table_of(tree: object) -> list[list[object]]:
    """The only table in a tree: names beside a list of rows, or a list of values for each name."""
    found = [*_tables_in(tree, 0)]
    return found[0] if len(found) == 1 else []


def _tables_in(node: object, depth: int) -> Iterator[list[list[object]]]:
    if depth > _MAX_DEPTH or not isinstance(node, (list, dict)):
        return
    table = _split_table(node) or _columnar(node) if isinstance(node, dict) else _headed(node)
    if table:
        yield table
        return
    for child in node.values() if isinstance(node, dict) else node:
        yield from _tables_in(child, depth + 1)


def _split_table(node: Mapping[str, object]) -> list[list[object]]:
    lists = {fold_name(key): said for key, said in node.items() if isinstance(said, list)}
    names = next((lists[key] for key in ("columns", "header", "headers", "fields") if key in lists), [])
    rows = next((lists[key] for key in ("values", "rows", "data") if key in lists), [])
    titles = [one.get("text") or one.get("name") if isinstance(one, dict) else one for one in names]
    index = lists.get("index", [])
    if titles and index and len(index) == len(rows) and all(isinstance(row, list) and len(row) == len(titles) for row in rows):
        titles, rows = ["time", *titles], [[at, *row] for at, row in zip(index, rows, strict=True)]
    return _checked([titles, *rows])


def _columnar(node: Mapping[str, object]) -> list[list[object]]:
    lists = {key: said for key, said in node.items() if isinstance(said, list)}
    lengths = {len(said) for said in lists.values()}
    if len(lists) < 2 or len(lengths) != 1 or not any(map(is_time_name, lists)):
        return []
    return _checked([[*lists], *map(list, zip(*lists.values(), strict=True))])


def _headed(node: Sequence[object]) -> list[list[object]]:
    return _checked([row for row in node if isinstance(row, list)]) if all(isinstance(row, list) for row in node) else []


def _checked(rows: list[list[object]]) -> list[list[object]]:
    """The rows, where they are a table: names with a time among them, and plain values below."""
    if len(rows) <= MIN_POINTS or len(rows[0]) < 2 or not all(isinstance(name, str) for name in rows[0]):
        return []
    is_plain = all(len(row) == len(rows[0]) and not any(isinstance(cell, (list, dict)) for cell in row) for row in rows)
    return rows if is_plain and any(map(is_time_name, map(str, rows[0]))) else []
