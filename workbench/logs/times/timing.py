"""The time column of a log as UTC instants: notation, day or month first, epoch and zone, and what has to be asked.

The order of day and month is decided over all rows of all files that belong together, never row by row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import NS_PER_DAY, NS_PER_S
from workbench.logs import questions
from workbench.logs.readers.table import TimeColumns
from workbench.logs.summary import Question
from workbench.logs.tables.cells import Cells
from workbench.logs.times.elapsed import counted_ns, relative_scale, relative_start
from workbench.logs.times.instants import (
    DayOrder,
    Instants,
    Stamp,
    clashing_dates,
    days_of,
    parse_clock,
    parse_stamp,
    possible_orders,
    read_iso,
    read_stamps,
)
from workbench.logs.times.month_tongues import TongueEvidence, find_month_tongue, is_tongue
from workbench.logs.times.said_start import said_start
from workbench.logs.times.scales import CLOCK_EPOCHS, SCALES, scaled
from workbench.logs.times.spelled_order import spelled_order
from workbench.logs.times.stamp_dialects import StampDialect, find_dialect, places_of
from workbench.logs.times.zones import load_zone, local_to_utc

Blocks = Sequence[NDArray[np.intp]]
_UTC_HINT = re.compile(
    r"(?:(?<![a-z])(?:utc|gmt|zulu)(?![a-z])|[\[(]z[\])])\s*(?P<offset>[+-]\s*\d{1,2}(?::?\d{2})?)?", re.IGNORECASE
)
_ZONE_HINT = re.compile(
    r"\b(?P<zone>(?:Europe|America|Asia|Africa|Australia|Atlantic|Pacific|Indian|Etc)/[A-Za-z_+\-/0-9]{2,40})\b"
)
_OFFSET_NOTE = re.compile(
    r"(?:time ?zone|zeitzone|fuseau horaire|huso horario|fuso orario|fuso horário|tijdzone|tidssone|tidszon|strefa czasowa"
    r"|часовой пояс|时区)\W{1,6}?(?P<offset>[+-]\d{1,2}(?::?\d{2})?)(?![\d.])",
    re.IGNORECASE,
)
_ZONE_WORDS = re.compile(
    r"zone|\btz\b|time|zeit|stamps|tid\b|tider|fuseau|horaire|heure|huso|\bhora|fuso|orario|tijd|czas|strefa|врем|пояс|时区|时间",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeAxis:
    """Instants of all rows, ns UTC [n], which of them could be read, how, and what is open about them."""

    times_ns: NDArray[np.int64]
    is_good: NDArray[np.bool_]
    notation: str
    zone: str
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeChoices:
    """What the person said: zone, and answers to DAY_MONTH_AMBIGUOUS, EPOCH_AMBIGUOUS, TIME_RELATIVE; and the present."""

    zone: str | None
    answers: questions.AnswerBook
    now_ns: int
    words: tuple[str, ...] = ()
    """What the file says besides its times: names of files and columns, states."""
    one_start: bool = True
    """Whether a start that was answered can be that of a file: not where the answer is one for several files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTimes:
    """Instants that a file stores as such, ns [n], the smallest int64 where there is none; UTC or a clock's."""

    ns: NDArray[np.int64]
    is_absolute: bool


def read_times(
    cells: Cells | StoredTimes | None, n_rows: int, time: TimeColumns, blocks: Blocks, choices: TimeChoices
) -> TimeAxis:  # fmt: skip
    """Read a time column; `blocks` are rows (of one file, of one tag) that each keep their own order for the autumn hour."""
    if isinstance(cells, StoredTimes):
        is_good = cells.ns != np.iinfo(np.int64).min
        found = Instants(np.where(is_good, cells.ns, 0), np.full(n_rows, cells.is_absolute), is_good)
        return _to_utc(found, time, blocks, choices, "stored", [])
    if time.kind == "none" or cells is None:
        return _row_numbers(n_rows, choices)
    if time.kind == "relative":
        return _relative(cells, time, choices)
    if time.kind == "epoch":
        return _epoch(cells, time, blocks, choices)
    return _stamps(cells, time, blocks, choices)


def _stamps(cells: Cells, time: TimeColumns, blocks: Blocks, choices: TimeChoices) -> TimeAxis:
    dialect, unsure = stamp_dialect(cells, time, choices)
    cells = _read_in(dialect, cells)
    order, asked, notation = day_order(cells, choices, header=time.header)
    asked = [*unsure, *asked]
    found = spread(read_stamps(cells.texts, order), cells)
    named = zone_in_cells(cells)
    time = replace(time, header=f"{time.header} ({named})") if named else time
    return _to_utc(found, time, blocks, choices, notation, asked)


def stamp_dialect(
    cells: Cells, time: TimeColumns, choices: TimeChoices, largest_step: Callable[[StampDialect], float] | None = None
) -> tuple[StampDialect, list[Question]]:  # fmt: skip
    """How printed stamps are rewritten before they are read, and what is asked about it; `largest_step` as in `day_order`."""
    words = (*choices.words, time.header, time.notes)
    zone = zone_of(time, choices)[0] or None
    step = largest_step or (lambda dialect: _largest_step(_read_in(dialect, cells), "dmy"))
    evidence = TongueEvidence(
        words=words, zone=zone, now_ns=choices.now_ns, largest_step=lambda tongue: step(StampDialect(months=tongue))
    )
    months = find_month_tongue(cells.texts, evidence, choices.answers.find("DAY_MONTH_AMBIGUOUS"))
    found = find_dialect(cells.texts, months, words, zone)
    asked = [questions.month_names(months.example, months.choices)] if months.choices else []
    if found.unknown_zone:
        asked.append(questions.zone_of_two_places(found.unknown_zone, places_of(found.unknown_zone)))
    return found, asked


def _read_in(dialect: StampDialect, cells: Cells) -> Cells:
    return Cells(tuple(dialect.read(cells.texts)), cells.codes) if dialect.rewrites else cells


def zone_in_cells(cells: Cells) -> str | None:
    """The IANA name that every stamp of a column ends with."""
    match = _ZONE_HINT.search(cells.texts[0]) if cells.texts else None
    return match["zone"] if match and all(match["zone"] in text for text in cells.texts) else None


def spread(instants: Instants, cells: Cells) -> Instants:
    """Instants of distinct texts as instants of rows [n]."""
    if not cells.texts:
        n_rows = cells.codes.size
        return Instants(np.zeros(n_rows, np.int64), np.zeros(n_rows, np.bool_), np.zeros(n_rows, np.bool_))
    codes = cells.codes
    return Instants(instants.ns[codes], instants.is_absolute[codes], instants.is_good[codes] & (codes >= 0))


def day_order(
    cells: Cells, choices: TimeChoices, largest_step: Callable[[DayOrder], float] | None = None, header: str = ""
) -> tuple[DayOrder, list[Question], str]:
    """Which number is the day, what is asked about it, and the notation in words.

    `largest_step(order)` is the largest step between rows, ns, read with an order; by default that of `cells`. The header of the
    stamps may spell the order (yy/MM/dd).
    """
    step = largest_step or (lambda order: _largest_step(cells, order))
    if read_iso(cells.texts[:1000]) is not None:
        return "dmy", [], "ISO 8601"
    stamps = [stamp for stamp in map(parse_stamp, cells.texts) if stamp is not None and stamp.is_open]
    if not stamps:
        return "dmy", [], "date and time"
    orders = possible_orders(stamps)
    clashing = None if orders else clashing_dates(stamps)
    orders = orders or [clashing.better] if clashing else orders
    answer = choices.answers.find("DAY_MONTH_AMBIGUOUS")
    if answer and not is_tongue(answer):
        return questions.day_order_of(answer), [], "day and month as answered"
    told = spelled_order(header)
    if told in orders:
        return told, [], questions.ORDER_WORDS[told]
    if clashing and clashing.examples:
        return clashing.better, [questions.day_month_changes(*clashing.examples, clashing.better)], "day and month in both orders"
    if "ymd" in orders and len(orders) > 1:
        orders = _weigh_short_years(step, stamps, orders, choices)
    distinct = {tuple(days_of(stamp, order) for stamp in stamps) for order in orders}
    if len(orders) == 1 or len(distinct) <= 1:
        return (orders[0] if orders else "dmy"), [], questions.ORDER_WORDS[orders[0] if orders else "dmy"]
    best, is_sure = _by_regularity(step, orders)
    asked = questions.day_month(cells.texts[0], best, orders, is_sure=is_sure)
    return best, [asked], questions.ORDER_WORDS[best]


def _weigh_short_years(
    step: Callable[[DayOrder], float], stamps: list[Stamp], orders: list[DayOrder], choices: TimeChoices
) -> list[DayOrder]:
    """Whether a date of three short numbers may begin with the year: the rows tell, else only dashes make it likely."""
    best, is_sure = _by_regularity(step, orders)
    if is_sure:
        return ["ymd"] if best == "ymd" else [order for order in orders if order != "ymd"]
    latest = max((days for stamp in stamps if (days := days_of(stamp, "ymd")) is not None), default=0)
    if stamps[0].sep != "-" or latest * NS_PER_DAY > choices.now_ns + 2 * NS_PER_DAY:
        return [order for order in orders if order != "ymd"]
    return ["ymd", *(order for order in orders if order != "ymd")]


def _largest_step(cells: Cells, order: DayOrder) -> float:
    found = spread(read_stamps(cells.texts, order), cells)
    steps = np.abs(np.diff(found.ns[found.is_good]))
    return float(steps.max()) if steps.size else 0.0


def _by_regularity(step: Callable[[DayOrder], float], orders: list[DayOrder]) -> tuple[DayOrder, bool]:
    """The order under which rows follow each other most evenly, and whether the others are clearly worse."""
    largest = {order: step(order) for order in orders}
    ranked = sorted(orders, key=lambda order: (largest[order], orders.index(order)))
    is_sure = largest[ranked[1]] > 5 * max(largest[ranked[0]], NS_PER_S)
    return ranked[0], is_sure


def _to_utc(
    found: Instants, time: TimeColumns, blocks: Blocks, choices: TimeChoices, notation: str, asked: list[Question]
) -> TimeAxis:  # fmt: skip
    is_naive = found.is_good & ~found.is_absolute
    times_ns = found.ns.copy()
    zone = "printed"
    if is_naive.any():
        zone, shift_ns = zone_of(time, choices)
        if zone == "":
            asked = [*asked, questions.zone_unknown(time.header)]
        if shift_ns is not None:
            times_ns[is_naive] -= shift_ns
        elif zone:
            _apply_zone(times_ns, is_naive, blocks, zone)
    return TimeAxis(
        times_ns=times_ns, is_good=found.is_good, notation=notation, zone=zone or "UTC (not known)", questions=tuple(asked)
    )


def _apply_zone(times_ns: NDArray[np.int64], is_naive: NDArray[np.bool_], blocks: Blocks, zone: str) -> None:
    loaded = load_zone(zone)
    for block in blocks:
        rows = block[is_naive[block]]
        if rows.size:
            times_ns[rows] = local_to_utc(times_ns[rows], loaded)


def zone_of(time: TimeColumns, choices: TimeChoices) -> tuple[str, int | None]:
    """(zone name, fixed shift in ns or None); '' when nobody knows. What the file says about itself comes first."""
    said = _OFFSET_NOTE.search(time.notes)
    if said:
        return said["offset"], _offset_ns(said["offset"])
    for text, needs_words in ((time.header, False), (time.notes, True)):
        named = _ZONE_HINT.search(text)
        if named and (not needs_words or _ZONE_WORDS.search(text)):
            return named["zone"], None
        match = _UTC_HINT.search(text)
        if match and (not needs_words or _ZONE_WORDS.search(text)):
            return match[0].strip(), _offset_ns(match["offset"])
    answer = choices.zone or choices.answers.find("ZONE_UNKNOWN")
    return (answer, None) if answer else ("", None)


def _offset_ns(text: str | None) -> int:
    if not text:
        return 0
    match = re.fullmatch(r"([+-])\s*(\d{1,2})(?::?(\d{2}))?", text.strip())
    if match is None:
        return 0
    seconds = int(match[2]) * 3600 + int(match[3] or 0) * 60
    return (seconds if match[1] == "+" else -seconds) * NS_PER_S


def _epoch(cells: Cells, time: TimeColumns, blocks: Blocks, choices: TimeChoices) -> TimeAxis:
    asked: list[Question] = []
    epoch = time.epoch
    if epoch == "excel":
        epoch, asked = excel_epoch(cells, choices)
    is_unix = epoch.startswith("unix_")
    found = spread(scaled(cells.texts, *SCALES[epoch], is_absolute=epoch not in CLOCK_EPOCHS, is_unix=is_unix), cells)
    return _to_utc(found, time, blocks, choices, questions.EPOCH_WORDS[epoch], asked)


def excel_epoch(cells: Cells, choices: TimeChoices) -> tuple[str, list[Question]]:
    """(excel1900 or excel1904, what is asked about it)."""
    answer = choices.answers.find("EPOCH_AMBIGUOUS")
    if answer:
        return questions.epoch_of(answer), []
    late = scaled(cells.texts, *SCALES["excel1904"], is_absolute=False)
    if late.is_good.any() and int(late.ns[late.is_good].max()) > choices.now_ns + 2 * NS_PER_DAY:
        return "excel1900", []  # read from 1904 it would lie in the future
    return "excel1900", [questions.epoch_ambiguous(cells.texts[0])]


def _relative(cells: Cells, time: TimeColumns, choices: TimeChoices) -> TimeAxis:
    if time.epoch == "clock":
        return _clock_alone(cells, time, choices)
    start_ns, asked = elapsed_start(time, choices)
    found = spread(scaled(cells.texts, relative_scale(time.header), start_ns, is_absolute=True), cells)
    return TimeAxis(times_ns=found.ns, is_good=found.is_good, notation="elapsed time", zone="printed", questions=tuple(asked))


def elapsed_start(time: TimeColumns, choices: TimeChoices) -> tuple[int, list[Question]]:
    """(start ns, what is asked) of elapsed times: what a person or the head of the file says, else 1970."""
    text = None if choices.answers.find("TIME_RELATIVE") else said_start(time.notes)
    if text is None:
        start_ns, _, asked = relative_start(choices, f"'{time.header}' counts from an unknown start")
        return start_ns, asked
    axis = _to_utc(read_stamps([text], "dmy"), time, [np.zeros(1, np.intp)], choices, "", [])
    return int(axis.times_ns[0]), list(axis.questions)


def _clock_alone(cells: Cells, time: TimeColumns, choices: TimeChoices) -> TimeAxis:
    """Times of day without a date: a step back of more than half a day is midnight."""
    read = [parse_clock(text) for text in cells.texts]
    of_text = np.array([found[0] if found else -1 for found in read] + [-1], np.int64)
    of_row = of_text[cells.codes]
    is_good = of_row >= 0
    days = np.zeros(of_row.size, np.int64)
    good = np.flatnonzero(is_good)
    days[good[1:]] = np.cumsum(np.diff(of_row[good]) < -NS_PER_DAY // 2)
    start_ns, _, asked = relative_start(choices, f"'{time.header}' gives times of day without a date")
    times_ns = np.where(is_good, start_ns + days * NS_PER_DAY + of_row, 0)
    return TimeAxis(times_ns=times_ns, is_good=is_good, notation="time of day", zone="printed", questions=tuple(asked))


def _row_numbers(n_rows: int, choices: TimeChoices) -> TimeAxis:
    start_ns, period_ns, asked = relative_start(choices, "There is no time column", asks_step=True)
    times_ns = start_ns + counted_ns(0, n_rows, period_ns)
    return TimeAxis(
        times_ns=times_ns, is_good=np.ones(n_rows, np.bool_), notation="row number", zone="printed", questions=tuple(asked)
    )  # fmt: skip
