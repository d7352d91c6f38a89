"""Logs whose rows have a time of day alone, with the date on lines of their own: a mere date, or one in each day's preamble.

Each row gets the date above it in the cell of its time; the lines of dates go. Where midnight passes without a new line, the next
day is taken. A date that says something else (export, calibration, end) is none of the rows, and neither is one above times that
count from a start; then nothing changes, and it is asked when the log began.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from workbench.core.clock import NS_PER_DAY, NS_PER_S
from workbench.core.errors import LogFormatError
from workbench.logs.tables.sniff import fold_name
from workbench.logs.tables.words import DATE_NAMES, RELATIVE_NAMES, as_words
from workbench.logs.times.instants import EPOCH_ORDINAL, DayOrder, Stamp, days_of, parse_clock, parse_stamp, possible_orders
from workbench.logs.times.month_names import is_day_or_month

_SEARCHED_COLUMNS = 3
_MIN_ROWS = 5
_MAX_CHARS = 160
_MAX_LABEL_WORDS = 6
_SET_BACK_NS = 2 * 3600 * NS_PER_S
"""A clock is set back by an hour in autumn; more than two are another day, or a mistake."""
_CLOCK = re.compile(r"\s*\d{1,2}[:.h]\d{1,2}|\s*\D{1,6}\s?\d{1,2}:\d{2}")
_FRAME = re.compile(r"^[\s#*=<>;!%_~/\\|\[(-]+|[\s#*=<>;!%_~/\\|\])-]+$")
_CLOCK_BEHIND = re.compile(
    r"(?<=\d)(?:[T,]|\s)\s*(?:um\s|at\s|kl\.?\s)?\d{1,2}[:.h]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?(?:\s*[ap]\.?m\.?)?$", re.IGNORECASE
)
_OF_ROWS = DATE_NAMES | as_words("""
    today daily report start started begin beginning beginn start startdate startdatum datalog measured measurement recorded
    recording record log logdate acquisition from since ab von vom seit tagesprotokoll tagesbericht messung messdatum messbeginn
    aufzeichnung aufzeichnungsbeginn datumstart inizio début debut mesure relevé du depuis journée inicio comienzo medición desde
    dagrapport måling målt start fra från mätning mätdatum pomiar początek dzień den dne měření začátek день начало измерение
    dagrapport dagstaat meting datum starttid startdato
""")
_OF_OTHERS = as_words("""
    export exported exportiert exporté exportado esportato print printed gedruckt druckdatum imprimé created generated erstellt
    erzeugt généré generado saved gespeichert downloaded download calibration calibrated kalibriert kalibrierung cal installed
    installation version firmware fw revision rev build serial commissioned commissioning inbetriebnahme last next due service
    maintenance wartung expiry expires valid gültig end ended ende stop stopped bis until fin fine hasta slut koniec konec
    modified geändert update updated copyright sw software
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class DateLine:
    """A line that is a date: what it is called ('' for a mere date), the date as printed, its clock in ns or None."""

    label: str
    day: str
    clock_ns: int | None = None


@dataclass(frozen=True, slots=True)
class DateLines:
    """The column of the time of day, and what lines of dates are called."""

    clock: int
    label: str

    def rows(self, rows: Iterable[list[str]]) -> Iterator[list[str]]:
        """Rows with a date each. Raises LogFormatError where a day passes and nothing tells which."""
        days: list[str] = []
        last_ns = step_ns = -1
        for row in rows:
            clock_ns = _clock_of(row, self.clock)
            if clock_ns is None:
                found = find_date(row)
                if found is None or found.label != self.label:
                    yield row
                    continue
                days.append(found.day)
                last_ns = -1
                continue
            if not days:
                yield row
                continue
            before_ns, step_ns = step_ns, clock_ns - last_ns if last_ns >= 0 else 0
            if step_ns < -NS_PER_DAY // 2:
                days.append(_next_day(days))
            elif step_ns < -_SET_BACK_NS or (step_ns > NS_PER_DAY // 2 and before_ns < 0):
                raise _unknown_day(days[-1], row[self.clock])
            last_ns = clock_ns
            yield [*row[: self.clock], f"{days[-1]} {row[self.clock].strip()}", *row[self.clock + 1 :]]


def find_date_lines(sample: Sequence[list[str]]) -> DateLines | None:
    """Where rows have a time of day alone and a line above them is their date; None for all other tables."""
    clock = _clock_column(sample)
    if clock is None:
        return None
    first = next(number for number, row in enumerate(sample) if _clock_of(row, clock) is not None)
    above = sample[:first]
    if any(_is_elapsed(row, clock) for row in above):
        return None
    found = [line for row in above if (line := find_date(row)) is not None]
    start_ns = _clock_of(sample[first], clock) or 0
    if start_ns < 60 * NS_PER_S and any(_says_a_clock(row, start_ns) for row in above):
        return None  # times that count from a start which is printed above
    below = {line.label for row in sample[first:] if _clock_of(row, clock) is None and (line := find_date(row)) is not None}
    labels = list(dict.fromkeys(line.label for line in found if _is_of_rows(line.label)))
    repeated = [label for label in labels if label in below]
    chosen = repeated or labels
    if len(chosen) > 1:
        chosen = [label for label in chosen if not label or fold_name(label) in DATE_NAMES] or chosen
    days = {line.day for line in found if line.label in chosen}
    if not chosen or (len(chosen) > 1 and len(days) > 1):
        return None
    return DateLines(clock, chosen[0])


def find_date(row: Sequence[str]) -> DateLine | None:
    """The date that a line of few words is, with or without what it is called; None for any other line."""
    text = " ".join(cell.strip() for cell in row if cell.strip())
    if not 6 <= len(text) <= _MAX_CHARS or not any(char.isdigit() for char in text):
        return None
    text = _FRAME.sub("", text)
    label, said, rest = _parted(text)
    words = (rest if said else text).split()
    front = [label.strip()] if said else []
    while words and words[0][:1].isalpha() and not is_day_or_month(words[0]):
        front.append(words.pop(0))
    found = _date_of(" ".join(words)) if len(front) <= _MAX_LABEL_WORDS else None
    return DateLine(label=" ".join(front).strip(" :=,"), day=found[0], clock_ns=found[1]) if found else None


def _parted(text: str) -> tuple[str, str, str]:
    marks = [at for mark in ":=" if (at := text.find(mark)) > 0]
    at = min(marks, default=-1)
    return (text[:at], text[at], text[at + 1 :]) if at > 0 and not text[at - 1].isdigit() else ("", "", text)


def _date_of(text: str) -> tuple[str, int | None] | None:
    """(date as printed, its time of day or None)."""
    text = _FRAME.sub("", text)
    stamp = parse_stamp(text)
    if stamp is None:
        return None
    if not stamp.has_clock:
        return text, None
    day = _CLOCK_BEHIND.sub("", text)
    alone = parse_stamp(day)
    return (day, stamp.clock_ns) if alone is not None and not alone.has_clock and alone.parts == stamp.parts else None


def _is_of_rows(label: str) -> bool:
    words = [fold_name(word) for word in re.split(r"[\s_./-]+", label) if word]
    if any(word in _OF_OTHERS for word in words):
        return False
    return not words or fold_name(label) in _OF_ROWS or any(word in _OF_ROWS for word in words)


def _clock_column(sample: Sequence[Sequence[str]]) -> int | None:
    """The first column that holds a time of day in nearly all rows of the table, where none holds a date."""
    for column in range(_SEARCHED_COLUMNS):
        timed = [row for row in sample if len(row) > column + 1 and _clock_of(row, column) is not None]
        if len(timed) < _MIN_ROWS or 2 * len(timed) < len([row for row in sample if len(row) > column + 1]):
            continue
        n_dated = sum(any(_is_date(cell) for cell in row[: _SEARCHED_COLUMNS + 2]) for row in timed[:50])
        return None if 10 * n_dated > len(timed[:50]) else column
    return None


def _is_date(cell: str) -> bool:
    return any(char.isdigit() for char in cell) and parse_stamp(cell) is not None


def _clock_of(row: Sequence[str], column: int) -> int | None:
    """The time of day in a row's cell, ns."""
    if len(row) <= column or not _CLOCK.match(row[column]):
        return None
    found = parse_clock(row[column])
    return None if found is None else found[0]


def _is_elapsed(row: Sequence[str], clock: int) -> bool:
    return len(row) > clock and any(word in row[clock].casefold() for word in (*RELATIVE_NAMES, "duration", "dauer", "durée"))


def _says_a_clock(row: Sequence[str], start_ns: int) -> bool:
    """Whether a line above tells a time of day that is later than the first row's: the rows count from it."""
    text = " ".join(cell.strip() for cell in row if cell.strip())
    found = find_date(row)
    clock_ns = found.clock_ns if found else None
    if clock_ns is None:
        told = re.search(r"(?<![\d:])\d{1,2}:\d{2}(?::\d{2})?(?![\d:])", text)
        read = parse_clock(told[0]) if told else None
        clock_ns = read[0] if read else None
    return clock_ns is not None and clock_ns > start_ns + 60 * NS_PER_S


def _unknown_day(day: str, clock: str) -> LogFormatError:
    return LogFormatError(
        f"Below the date '{day}' the time of day goes back to {clock.strip()}, and nothing tells whether a day has passed.",
        "Export the log with the date in each row.",
    )


def _next_day(days: Sequence[str]) -> str:
    """The day after the last of these, in ISO 8601."""
    stamps: list[Stamp] = [stamp for day in days if (stamp := parse_stamp(day)) is not None]
    open_ones = [stamp for stamp in stamps if stamp.is_open]
    orders: list[DayOrder] = possible_orders(open_ones) if open_ones else ["dmy"]
    found = {days_of(stamps[-1], order) for order in orders}
    day = found.pop() if len(found) == 1 else None
    if day is None:
        raise LogFormatError(
            f"Midnight passes below the date '{days[-1]}', and nothing tells which number of it is the day.",
            "Export the log with ISO 8601 dates, or with the date in each row.",
        )
    return f"{date.fromordinal(day + EPOCH_ORDINAL) + timedelta(days=1)}"
