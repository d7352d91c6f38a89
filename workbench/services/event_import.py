"""Events from tables that others keep: work orders and alarm journals, read after a person saw how, with each doubt asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from workbench.core.codec import Record, read_bounded
from workbench.core.errors import QuestionOpen, RequestError
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter
from workbench.logs.events.event import Event, EventState, by_text
from workbench.services.common import Answers, ProjectFolder, ZoneName, answer_words, open_project
from workbench.services.pumps import channel_pumps, check_new_events, listed_pumps

if TYPE_CHECKING:
    from workbench.logs.events.columns import ColumnGuess, Role
    from workbench.logs.events.dates import DateRules
    from workbench.logs.events.rows import Made
    from workbench.logs.events.tables import EventTable
    from workbench.logs.summary import Question
    from workbench.project.store import Project

TableKind = Literal["auto", "orders", "alarms"]
MOST_SHOWN = 200
MAX_BYTES = 64 * 1024 * 1024


class EventFileRequest(Request, frozen=True, kw_only=True):
    """Read a file of events."""

    path: Annotated[str, parameter("Events file.", positional=True, path=True, file=True)]
    project: ProjectFolder
    asset: Annotated[str | None, parameter("Equipment tag where the file, or a row of it, names none.")] = None
    state: Annotated[EventState, parameter("State of events whose row says none.")] = "unsure"
    table: Annotated[TableKind, parameter("Work orders, an alarm journal, or as it looks.")] = "auto"
    map: Annotated[
        tuple[str, ...], parameter("What a column is taken for: COLUMN=ROLE, such as 'Meldedatum=reported'.", flag="--map")
    ] = ()
    zone: ZoneName = None
    answer: Answers = ()


class EventsPreviewRequest(EventFileRequest, frozen=True, kw_only=True):
    """Say how a file of work orders or alarms would be read; nothing is stored."""


class EventColumn(Record, frozen=True, kw_only=True):
    """One column: what it is taken for and how sure that is (1: a person said so)."""

    name: str
    role: str
    confidence: float
    sample: tuple[str, ...]


class OpenQuestion(Record, frozen=True, kw_only=True):
    """What the file can't tell."""

    code: str
    text: str
    choices: tuple[str, ...]
    default: str | None
    blocks: bool


class EventsPreviewResult(Result, frozen=True, kw_only=True):
    """How it would be read: the first events, how many in all, and rows that give none, by reason."""

    table: str
    columns: tuple[EventColumn, ...]
    questions: tuple[OpenQuestion, ...]
    events: tuple[Event, ...]
    n_events: int
    n_rows: int
    left_out: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTable:
    """A table of events as it was understood."""

    kind: str
    columns: tuple[ColumnGuess, ...]
    questions: tuple[Question, ...]
    made: Made
    n_rows: int


def preview_events(request: EventsPreviewRequest, job: Job) -> EventsPreviewResult:
    """Guess the columns, the dates and the pumps. Raises LogFormatError, RequestError for a column or role there is none of."""
    with open_project(request.project) as project:
        if request.asset:
            check_new_events(project, request.asset)
        known = _of_known_format(project, request)
        if known is not None:
            return known
        found = read_events_table(request, listed_pumps(project), channel_pumps(project))
    events = tuple(sorted(found.made.events, key=by_text))
    return EventsPreviewResult(
        table=found.kind,
        columns=tuple(
            EventColumn(name=one.name, role=one.role, confidence=round(one.confidence, 2), sample=one.sample)
            for one in found.columns
        ),
        questions=tuple(
            OpenQuestion(code=one.code, text=one.text, choices=tuple(one.choices), default=one.default, blocks=one.blocks)
            for one in found.questions
        ),
        events=events[:MOST_SHOWN], n_events=len(events), n_rows=found.n_rows, left_out=found.made.left_out,
    )  # fmt: skip


def _of_known_format(project: Project, request: EventsPreviewRequest) -> EventsPreviewResult | None:
    """The events of a file of ours or of a labelling program, in which nothing is to be guessed; None for a table of others."""
    from workbench.services.label_exchange import find_known, read_any
    from workbench.services.labels import LabelsImportRequest

    name = find_known(request)
    if not name:
        return None
    asked = LabelsImportRequest(path=request.path, project=request.project, asset=request.asset, state=request.state)
    made = read_any(project, asked)
    events = sorted(made.events, key=by_text)
    return EventsPreviewResult(
        table=name, columns=(), questions=(), events=tuple(events[:MOST_SHOWN]), n_events=len(events),
        n_rows=len(events) + sum(made.left_out.values()), left_out=made.left_out,
    )  # fmt: skip


def read_events_table(request: EventsPreviewRequest, assets: Sequence[str], channels: Mapping[str, str]) -> ReadTable:
    """Read a table with what was said about it, and list what is open; `channels` says whose each is (`channel_pumps`)."""
    from workbench.logs.events.alarm_journal import is_journal, pair_alarms
    from workbench.logs.events.columns import guess_columns
    from workbench.logs.events.rows import EventRules, make_events, rules_columns
    from workbench.logs.events.tables import read_event_table

    path = Path(request.path)
    table = read_event_table(read_bounded(path, MAX_BYTES), path)
    columns = _with_said(guess_columns(table, assets), request.map)
    roles = [one.role for one in columns]
    place = roles.index("alarm_state") if "alarm_state" in roles else 0
    is_alarms = request.table == "alarms" or (
        request.table == "auto" and is_journal(roles, columns[place].name, table.column(place)[:2000])
    )
    dates, questions = _dates(table, roles, request)
    rules = EventRules(
        columns=rules_columns(roles), dates=dates, assets=tuple(assets), channels=channels, asset=request.asset,
        state=request.state, source="alarm journal" if is_alarms else "work order",
    )  # fmt: skip
    made = pair_alarms(table, rules) if is_alarms else make_events(table, rules)
    return ReadTable(
        kind="alarms" if is_alarms else "orders", columns=columns, questions=tuple(questions), made=made, n_rows=len(table.rows),
    )  # fmt: skip


def refuse_open(found: ReadTable, name: str) -> None:
    """Raises QuestionOpen where a guess could be silently wrong."""
    blocking = [question for question in found.questions if question.blocks]
    if blocking:
        first = blocking[0]
        hint = f"Answer with {answer_words(first.code, '', first.choices)}."
        raise QuestionOpen(f"{name}: {first.text}", hint, questions=tuple(question.code for question in blocking))


def _with_said(guessed: tuple[ColumnGuess, ...], said: Sequence[str]) -> tuple[ColumnGuess, ...]:
    """The guesses with what a person said about columns; a role that was given elsewhere is taken from the guess."""
    from dataclasses import replace

    given: dict[str, Role] = {}
    for text in said:
        column, found, role = text.rpartition("=")
        known = _role_of(role.strip())
        if not found or column.strip() not in {one.name for one in guessed}:
            names = ", ".join(one.name for one in guessed)
            raise RequestError(f"'{text}' names no column of this file.", f"Write COLUMN=ROLE; there are: {names}.")
        given[column.strip()] = known
    taken = set(given.values()) - {"ignore", "description"}
    return tuple(
        replace(one, role=given[one.name], confidence=1.0) if one.name in given
        else replace(one, role="ignore", confidence=0.5) if one.role in taken
        else one
        for one in guessed
    )  # fmt: skip


def _role_of(text: str) -> Role:
    from workbench.logs.events.columns import ROLES

    for role in ROLES:
        if text == role:
            return role
    raise RequestError(f"'{text}' is nothing a column can be taken for.", f"Use one of {', '.join(ROLES)}.")


def _dates(table: EventTable, roles: Sequence[Role], request: EventsPreviewRequest) -> tuple[DateRules, list[Question]]:
    """How dates are read, over all date columns together, and what is asked about them."""
    from workbench.logs.events.columns import DATE_ROLES
    from workbench.logs.events.dates import DateRules, has_no_zone, orders_of
    from workbench.logs.questions import AnswerBook, day_month, day_order_of, zone_unknown
    from workbench.logs.times.zones import load_zone

    names = [table.columns[place] for place, role in enumerate(roles) if role in DATE_ROLES]
    cells = [cell for place, role in enumerate(roles) if role in DATE_ROLES for cell in table.column(place) if cell]
    answers, questions = AnswerBook(request.answer), []
    orders = orders_of(cells)
    said = answers.find("DAY_MONTH_AMBIGUOUS")
    order = day_order_of(said) if said else (orders[0] if orders else "dmy")
    if len(orders) > 1 and not said:
        questions.append(day_month(_open_example(cells), order, orders, is_sure=False))
    zone = request.zone or answers.find("ZONE_UNKNOWN")
    if not zone and has_no_zone(cells):
        questions.append(zone_unknown(", ".join(names[:3])))
    return DateRules(order=order, zone=load_zone(zone or "UTC")), questions


def _open_example(cells: Sequence[str]) -> str:
    from workbench.logs.times.instants import parse_stamp

    return next((cell for cell in cells if (stamp := parse_stamp(cell)) is not None and stamp.is_open), "")
