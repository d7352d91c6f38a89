"""Alarm journals in the manner of ISA-18.2: rows that say active, acknowledged and returned to normal become intervals.

An alarm is active from its first 'active' to its next 'normal'; acknowledging ends nothing. Activations that follow each other
within a minute are one event, for a chattering alarm is one thing that happened (ANSI/ISA-18.2-2016 speaks of chattering from
three a minute on).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.core.clock import NS_PER_S, format_utc
from workbench.logs.events.alarm_words import Transition, transitions_of
from workbench.logs.events.columns import Role
from workbench.logs.events.dates import read_moment
from workbench.logs.events.event import Event
from workbench.logs.events.labels import make_event
from workbench.logs.events.rows import EventRules, Made, asset_of, no_pump
from workbench.logs.events.tables import EventTable

CHATTER_NS = 60 * NS_PER_S
_TIMES: tuple[Role, ...] = ("start", "found", "reported", "end")


@dataclass(slots=True)
class _Open:
    start_ns: int
    end_ns: int | None
    n: int


@dataclass(frozen=True, slots=True)
class _Row:
    at_ns: int
    asset: str
    source: str
    """The tag that the row names, where it is not the pump's own: each has its own alarms."""
    name: str
    state: str
    kind: Transition


def is_journal(roles: Sequence[Role], name: str, states: Sequence[str]) -> bool:
    """Whether a table is a journal of transitions: it has their column (of that name), and both active and normal occur."""
    kinds = set(transitions_of(name, states))
    return "alarm_state" in roles and "active" in kinds and bool({"normal", "acked_normal"} & kinds)


def pair_alarms(table: EventTable, rules: EventRules) -> Made:
    """One event an activation, in order; what never returned ends with the journal, and says so."""
    made = Made()
    rows: list[_Row] = []
    place = next(iter(rules.columns.get("alarm_state", ())), None)
    kinds: list[Transition] = [""] * len(table.rows)
    if place is not None:
        kinds = transitions_of(table.columns[place], table.column(place))
    for row, kind in zip(table.rows, kinds, strict=True):
        cells = {role: " ".join(row[place] for place in places if row[place]) for role, places in rules.columns.items()}
        asset = asset_of(cells, rules)
        at = next((one for role in _TIMES if (one := read_moment(cells.get(role, ""), rules.dates)) is not None), None)
        if asset is None:
            made.leave_out(no_pump(cells.get("asset", "")))
        elif at is None:
            made.leave_out("no date")
        else:
            name = cells.get("alarm") or cells.get("name") or cells.get("description") or "alarm"
            source = cells.get("asset", "")
            name = name.replace(asset, "").strip(" /:-") or name  # that it is this pump is known, and one alarm has one colour
            rows.append(_Row(at.first_ns, asset, "" if source == asset else source, name, cells.get("alarm_state", ""), kind))
    if rows and rows[0].at_ns > rows[-1].at_ns:
        rows.reverse()  # the newest first: what happened within one second is the other way round too
    rows.sort(key=_by_instant)
    last_ns = rows[-1].at_ns if rows else 0
    for (asset, source, name), opened in _pair(rows, made).items():
        made.events.extend(_event_of(asset, source, name, activation, last_ns, rules) for activation in opened)
    return made


def _pair(rows: list[_Row], made: Made) -> dict[tuple[str, str, str], list[_Open]]:
    found: dict[tuple[str, str, str], list[_Open]] = {}
    for row in rows:
        known = found.setdefault((row.asset, row.source, row.name), [])
        is_open = bool(known) and known[-1].end_ns is None
        if row.kind == "active":
            if is_open:
                continue  # told again, such as with a new limit or after an acknowledgement
            if known and row.at_ns - (known[-1].end_ns or 0) <= CHATTER_NS:
                known[-1].end_ns = None
                known[-1].n += 1
            else:
                known.append(_Open(row.at_ns, None, 1))
        elif row.kind in {"normal", "acked_normal"}:
            if is_open:
                known[-1].end_ns = row.at_ns
            elif row.kind == "normal" or not known:
                made.leave_out("returned to normal, but was not seen active")
        elif not row.kind:
            made.leave_out(f"'{row.state}' is no change of an alarm" if row.state else "no change of an alarm is named")
    return found


def _event_of(asset: str, source: str, name: str, one: _Open, last_ns: int, rules: EventRules) -> Event:
    notes = []
    if one.n > 1:
        notes.append(f"{one.n} activations within a minute of each other")
    if one.end_ns is None:
        notes.append("did not return to normal within the journal")
    return make_event(
        Event(
            id="", asset=asset, name=name, start_utc=format_utc(one.start_ns),
            end_utc=format_utc(one.end_ns if one.end_ns is not None else max(last_ns, one.start_ns)), state=rules.state,
            source="alarm journal", kind="alarm", order=source, note="; ".join(notes),
        )
    )  # fmt: skip


def _by_instant(row: _Row) -> int:
    return row.at_ns
