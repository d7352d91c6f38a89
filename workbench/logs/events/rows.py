"""Rows of work orders as events: an onset that is an interval, words of the standard, and what was planned told from what failed.

Conventions: a date without time of day is a whole day, of which an onset begins with the first instant and ends with the last.
'Found' is when somebody knew; where only a report is dated, it was found when it was reported. Start is last known good where
that is known, end is when it was fixed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from workbench.core.clock import format_utc
from workbench.core.errors import InputError
from workbench.logs.events.columns import DATE_ROLES, Role, find_asset
from workbench.logs.events.dates import DateRules, Moment, read_moment
from workbench.logs.events.event import Action, Event, EventKind, EventState
from workbench.logs.events.failure_words import (
    ACTIONS,
    MECHANISMS,
    MODES,
    find_code,
    is_aligning,
    is_planned,
    is_replacement,
    words_of,
)
from workbench.logs.events.labels import make_event
from workbench.logs.events.tables import EventTable

MAX_NAME = 60
_PARTS = ("impeller", "seal", "bearing", "sensor")
"""What is replaced; an alignment is work, but nothing that might have lived on."""
_STATES: dict[str, EventState] = {
    **dict.fromkeys(("real", "true", "yes", "confirmed"), "real"),
    **dict.fromkeys(("not_real", "not real", "false", "no"), "not_real"),
    "unsure": "unsure",
}
_CORRECTIVE = (
    "breakdown", "korrektiv", "reparatur", "störung", "correct", "corret", "correctief", "curati", "unplanned", "failure", "feil",
    "avaria", "emergency", "avhjälp", "guasto", "storing",
)  # fmt: skip
_CORRECTIVE_CODES = ("cm", "em", "bm", "bdm", "m2")
"""Work types of Maximo and others, and SAP's malfunction report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRules:
    """How a table is read: the columns of each role (several may describe), dates, pumps, and what no row says."""

    columns: Mapping[Role, tuple[int, ...]]
    dates: DateRules
    assets: tuple[str, ...]
    """Pumps of the project; rows of others are left out. Empty: every tag is taken."""
    channels: Mapping[str, str] = field(default_factory=dict)
    """Whose a channel is, by its name in small letters: an alarm names the signal, not the pump."""
    asset: str | None
    """Whose the rows are that name none."""
    state: EventState
    source: str


@dataclass(slots=True, kw_only=True)
class Made:
    """Events, and rows that gave none by reason."""

    events: list[Event] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)

    def leave_out(self, why: str) -> None:
        """Count a row that gives no event."""
        self.left_out[why] = self.left_out.get(why, 0) + 1


def rules_columns(roles: Sequence[Role]) -> dict[Role, tuple[int, ...]]:
    """Places of the columns by role."""
    return {role: tuple(place for place, one in enumerate(roles) if one == role) for role in dict.fromkeys(roles)}


def make_events(table: EventTable, rules: EventRules) -> Made:
    """One event a row, or a reason. Values that fit nowhere are left out of the event, never guessed."""
    made = Made()
    for row in table.rows:
        cells: dict[Role, str] = {role: _cell(row, places) for role, places in rules.columns.items() if role != "ignore"}
        try:
            event = _event_of(cells, rules, made)
            if event is not None:
                made.events.append(make_event(event))
        except InputError as error:
            made.leave_out(error.message)
    return made


def no_pump(named: str) -> str:
    """Why a row that names this pump is left out."""
    return f"{named} is no pump of this project" if named else "no pump is named"


def with_work(event: Event) -> Event:
    """A work order of our own columns, which has its text as the name: what kind of event it is, and what was worked on."""
    kind, action = _kind_of({"description": event.name})
    mode = "" if kind in {"preventive", "maintenance"} else find_code(MODES, event.name)
    return msgspec.structs.replace(event, kind=kind or ("failure" if mode else ""), action=action, mode=mode)


def asset_of(cells: Mapping[Role, str], rules: EventRules) -> str | None:
    """The pump a row is about: named, else standing in its text, else the one that was given; None for another's."""
    named = cells.get("asset", "")
    if rules.assets:
        found = find_asset(named or f"{cells.get('description', '')} {cells.get('alarm', '')}", rules.assets)
        return found or (rules.channels.get(named.casefold()) if named else rules.asset)
    return named or rules.asset


def _event_of(cells: Mapping[Role, str], rules: EventRules, made: Made) -> Event | None:
    asset = asset_of(cells, rules)
    if asset is None:
        made.leave_out(no_pump(cells.get("asset", "")))
        return None
    if not cells.get("description") and cells.get("order"):
        cells = {**cells, "description": cells.get("name", "")}  # the text of an order, under whatever name
    moments = {role: read_moment(cells.get(role, ""), rules.dates) for role in DATE_ROLES}
    kind, action = _kind_of(cells)
    span = _span_of(moments, is_planned=kind in {"preventive", "maintenance"})
    if span is None:
        made.leave_out("no date")
        return None
    text = cells.get("description", "")
    mode = "" if kind in {"preventive", "maintenance"} else find_code(MODES, cells.get("mode", "")) or find_code(MODES, text)
    if action == "sensor" and not cells.get("mode") and kind == "failure":
        mode = "AIR"  # what was wrong was the instrument, whatever it measures
    mechanism = find_code(MECHANISMS, cells.get("mechanism", ""))
    found = None if kind == "preventive" else moments["found"] or moments["reported"]
    return Event(
        id="", asset=asset, name=_name_of(cells, kind, mode, action), start_utc=format_utc(span[0]), end_utc=format_utc(span[1]),
        state=_STATES.get(cells.get("state", "").casefold(), rules.state), author=cells.get("author", ""), source=rules.source,
        note=text, kind=kind or ("failure" if mode else "alarm" if _is_alarm(cells) else ""), mode=mode, mechanism=mechanism,
        action=action, as_found=cells.get("as_found", ""), as_left=cells.get("as_left", ""), order=cells.get("order", ""),
        last_good_utc=_first(moments["last_good"]), found_utc=_last(found), reported_utc=_first(moments["reported"]),
        fixed_utc=_last(moments["fixed"]),
    )  # fmt: skip


def _span_of(moments: Mapping[Role, Moment | None], *, is_planned: bool) -> tuple[int, int] | None:
    """From last known good, or the first that is known, to when it was fixed, or the last that is known; ns.

    Planned work was ordered weeks before: its span is that of the work where that is known.
    """
    known = [one for one in moments.values() if one is not None]
    if not known:
        return None
    usual: tuple[Role, ...] = ("start", "last_good", "found", "reported", "work_start")
    worked: tuple[Role, ...] = ("work_start", "start", "fixed", "found", "reported")
    starts = [moments[role] for role in (worked if is_planned else usual)]
    ends = [moments[role] for role in ("end", "fixed", "found", "reported")]
    start = next((one.first_ns for one in starts if one is not None), min(one.first_ns for one in known))
    end = next((one.last_ns for one in ends if one is not None), max(one.last_ns for one in known))
    if end < start:
        raise InputError("a date of the end lies before that of the start", "Check the day/month order and the columns.")
    return start, end


def _kind_of(cells: Mapping[Role, str]) -> tuple[EventKind, Action]:
    """Planned work is never a failure: with a part replaced it is preventive (censored), else maintenance."""
    text, order_type = cells.get("description", ""), cells.get("type", "")
    named = find_code(ACTIONS, cells.get("action", ""))
    was_replaced = is_replacement(text) or is_replacement(cells.get("action", "")) or is_replacement(cells.get("as_left", ""))
    action = named or (find_code(ACTIONS, text) if was_replaced else "")
    folded = order_type.casefold()
    is_corrective = folded in _CORRECTIVE_CODES or any(word in folded for word in _CORRECTIVE)
    if is_planned(order_type) or (not is_corrective and is_planned(text)):
        work = action if was_replaced else "alignment" if is_aligning(text) else ""
        return ("preventive" if action in _PARTS and was_replaced else "maintenance"), _action(work)
    if is_corrective or cells.get("mode"):
        return "failure", _action(action if was_replaced or named else "")
    return ("maintenance" if was_replaced and not find_code(MODES, text) else ""), _action(action)


def _is_alarm(cells: Mapping[Role, str]) -> bool:
    """Whether a row is an alarm with its own start and return, and no order."""
    return bool(cells.get("alarm") and cells.get("start")) and not cells.get("type") and not cells.get("action")


def _action(code: str) -> Action:
    for known in ("impeller", "seal", "bearing", "alignment", "sensor", "other"):
        if code == known:
            return known
    return ""


def _name_of(cells: Mapping[Role, str], kind: EventKind, mode: str, action: str) -> str:
    """A name that events of one kind share, so that they have one colour and can be learnt; else the text itself."""
    if cells.get("name"):
        return cells["name"]
    if kind == "preventive":
        return f"{words_of(ACTIONS, action)}, preventive"
    if mode and mode not in {"OTH", "UNK"}:
        return words_of(MODES, mode)
    if kind == "maintenance" and action:
        return f"{words_of(ACTIONS, action)}, maintenance"
    text = cells.get("description", "") or cells.get("alarm", "") or kind or "work order"
    return text if len(text) <= MAX_NAME else f"{text[: MAX_NAME - 1].rstrip()}…"


def _cell(row: tuple[str, ...], places: tuple[int, ...]) -> str:
    return "; ".join(dict.fromkeys(row[place] for place in places if row[place]))


def _first(moment: Moment | None) -> str:
    return format_utc(moment.first_ns) if moment is not None else ""


def _last(moment: Moment | None) -> str:
    return format_utc(moment.last_ns) if moment is not None else ""
