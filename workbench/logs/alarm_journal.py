"""Alarm journals in the manner of ISA-18.2: rows that say active, acknowledged and returned to normal become intervals.

An alarm is active from its first 'active' to its next 'normal'; acknowledging ends nothing. Activations that follow each other
within a minute are one event, for a chattering alarm is one thing that happened (ANSI/ISA-18.2-2016 speaks of chattering from
three a minute on).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from workbench.core.clock import NS_PER_S, format_utc
from workbench.logs.event import Event
from workbench.logs.event_columns import Role
from workbench.logs.event_dates import read_moment
from workbench.logs.event_rows import EventRules, Made, asset_of
from workbench.logs.event_tables import EventTable
from workbench.logs.labels import make_event

CHATTER_NS = 60 * NS_PER_S
_TIMES: tuple[Role, ...] = ("start", "found", "reported", "end")
_NORMAL = re.compile(
    r"(^|\b)(rtn\w*|ret(urn(ed)?)?( to norm\w*)?|cl(ea)?r(ed)?|norm(al\w*)?|inactive|inaktiv|inactiv[oae]|out|off|reset|geht|"
    r"gegangen|g|disparition|desactiv\w*|inativo|ok|went|gone|0|false)\b",
    re.IGNORECASE,
)
_ACKED = re.compile(r"(^|\b)(ack(ed|nowledged?)?|quit\w*|kvitt\w*|acquit\w*|q|reconocid[oa]|reconhecid[oa])\b", re.IGNORECASE)
_ACTIVE = re.compile(
    r"(^|\b)(act(ive)?|activ[oae]|aktiv\w*|alm|alarm|unack\w*|in|on|set|kommt|gekommen|k|apparition|raised?|come|came|hh|ll|hi|lo|1|true)\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Open:
    start_ns: int
    end_ns: int | None
    n: int
    text: str


def transition_of(word: str) -> str:
    """'active', 'normal', 'ack' or '' for a cell such as UNACK_ALM, ACK_RTN or 'Kommt'."""
    spaced = re.sub(r"[_/.,;-]+", " ", word).strip()
    if _NORMAL.search(spaced):
        return "normal"
    if _ACTIVE.search(spaced) and not re.fullmatch(r"(?i)ack\w*|ack(ed|nowledged)? alm", spaced):
        return "active"
    return "ack" if _ACKED.search(spaced) else ""


def is_journal(roles: Sequence[Role], states: Sequence[str]) -> bool:
    """Whether a table is a journal of transitions: it has their column, and both active and normal occur."""
    kinds = {transition_of(state) for state in states}
    return "alarm_state" in roles and {"active", "normal"} <= kinds


def pair_alarms(table: EventTable, rules: EventRules) -> Made:
    """One event an activation, in order; what never returned ends with the journal, and says so."""
    made = Made()
    rows: list[tuple[int, str, str, str]] = []
    for row in table.rows:
        cells = {role: " ".join(row[place] for place in places if row[place]) for role, places in rules.columns.items()}
        asset = asset_of(cells, rules)
        at = next((one for role in _TIMES if (one := read_moment(cells.get(role, ""), rules.dates)) is not None), None)
        if asset is None:
            made.leave_out(f"{cells['asset']} is no pump of this project" if cells.get("asset") else "no pump is named")
        elif at is None:
            made.leave_out("no date")
        else:
            name = cells.get("alarm") or cells.get("name") or cells.get("description") or "alarm"
            rows.append((at.first_ns, asset, name, cells.get("alarm_state", "")))
    rows.sort(key=_by_instant)
    last_ns = rows[-1][0] if rows else 0
    for (asset, name), opened in _pair(rows, made).items():
        made.events.extend(_event_of(asset, name, activation, last_ns, rules) for activation in opened)
    return made


def _pair(rows: list[tuple[int, str, str, str]], made: Made) -> dict[tuple[str, str], list[_Open]]:
    found: dict[tuple[str, str], list[_Open]] = {}
    for at_ns, asset, name, state in rows:
        known = found.setdefault((asset, name), [])
        kind = transition_of(state)
        if kind == "active":
            if known and known[-1].end_ns is None:
                continue  # told again, such as with a new limit or after an acknowledgement
            if known and known[-1].end_ns is not None and at_ns - known[-1].end_ns <= CHATTER_NS:
                known[-1].end_ns = None
                known[-1].n += 1
            else:
                known.append(_Open(at_ns, None, 1, state))
        elif kind == "normal":
            if known and known[-1].end_ns is None:
                known[-1].end_ns = at_ns
            else:
                made.leave_out("returned to normal, but was not seen active")
        elif not kind:
            made.leave_out(f"'{state}' is no change of an alarm")
    return found


def _event_of(asset: str, name: str, one: _Open, last_ns: int, rules: EventRules) -> Event:
    notes = []
    if one.n > 1:
        notes.append(f"{one.n} activations within a minute of each other")
    if one.end_ns is None:
        notes.append("did not return to normal within the journal")
    return make_event(
        Event(
            id="", asset=asset, name=name, start_utc=format_utc(one.start_ns),
            end_utc=format_utc(one.end_ns if one.end_ns is not None else max(last_ns, one.start_ns)), state=rules.state,
            source="alarm journal", kind="alarm", note="; ".join(notes),
        )
    )  # fmt: skip


def _by_instant(row: tuple[int, str, str, str]) -> int:
    return row[0]
