"""Times that a spreadsheet or a setting spoiled, so that no reading of them is right: such a log is refused with what happened.

Hours are lost where times were shown as minutes and seconds (mm:ss.0), seconds where they were shown without; AM and PM where a
clock of twelve hours prints neither; day and month are exchanged where a spreadsheet of another country took 03/04 for a date and
13/04 for text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import NS_PER_S
from workbench.core.errors import LogFormatError
from workbench.logs.tables.cells import Cells
from workbench.logs.tables.segments import Table
from workbench.logs.tables.sniff import fold_name, is_time_name
from workbench.logs.tables.words import CLOCK_NAMES, RELATIVE_NAMES
from workbench.logs.text.decode import clean_text
from workbench.logs.times.instants import EPOCH_ORDINAL, days_of, parse_stamp

_MINUTES = re.compile(r"\s*[0-5]?\d:[0-5]\d[.,]\d{1,3}\s*")
_NO_HOUR = re.compile(r"(?:.*\s)?(?:2[5-9]|[3-5]\d):[0-5]\d[.,]\d{1,3}\s*")
_LOOKED_AT = 2_000


_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?=[T ]|$)")
_HOUR = re.compile(r"(?<![\d:.])(\d{1,2}):\d{2}")
_SECONDS = re.compile(r"\d[:.]\d{2}[:.]\d{2}(?!\d)")
_HALF_DAY_NS, _ELEVEN_HOURS_NS = 12 * 3600 * NS_PER_S, 11 * 3600 * NS_PER_S
_CLEARLY_LARGER = 5
_MOST_SAME = 2 / 3
_MANY_ROWS = 30
_FEW = 20


@dataclass(slots=True)
class StepCounts:
    """Of rows in the order of their file: how many there are, repeat the instant above, and go back by eleven to twelve hours."""

    n_rows: int = 0
    n_same: int = 0
    n_half_day_back: int = 0

    def add(self, times_ns: NDArray[np.int64]) -> None:
        """The next rows of a file."""
        steps = np.diff(times_ns)
        self.n_rows += times_ns.size
        self.n_same += int(np.count_nonzero(steps == 0))
        self.n_half_day_back += int(np.count_nonzero((steps >= -_HALF_DAY_NS) & (steps < -_ELEVEN_HOURS_NS)))


def check_steps(table: Table, times: Cells | None, counts: StepCounts) -> None:
    """Raise LogFormatError where rows show that AM and PM, or seconds, are missing; `times` are printed ones, some at least."""
    printed = times.texts[:_LOOKED_AT] if times is not None and table.time.kind in ("stamp", "date+clock") else ()
    if not printed:
        return
    name = table.sources[0]
    hours = {int(match[1]) for text in printed if (match := _HOUR.search(text))}
    if counts.n_half_day_back > 1 and hours and min(hours) >= 1 and max(hours) <= 12:
        raise LogFormatError(
            f"The clock of {name} counts to twelve and prints neither AM nor PM: '{clean_text(printed[0])}'. It goes back by "
            f"half a day {counts.n_half_day_back} times.",
            "Export the log with 24 hours, or with AM and PM.", path=name,
        )  # fmt: skip
    stamps = [stamp for stamp in map(parse_stamp, printed) if stamp is not None]
    is_of_minutes = bool(stamps) and all(stamp.has_clock and not stamp.clock_ns % (60 * NS_PER_S) for stamp in stamps)
    is_of_minutes = is_of_minutes and not any(map(_SECONDS.search, printed))
    is_repeated = counts.n_rows >= _MANY_ROWS and counts.n_same >= _MOST_SAME * counts.n_rows
    if not is_of_minutes or not is_repeated or _may_say_whose(table):
        return
    raise LogFormatError(
        f"The times of {name} have lost their seconds: {counts.n_rows:,} rows have {counts.n_rows - counts.n_same:,} times, as "
        f"'{clean_text(printed[0])}', which is what a spreadsheet shows and saves.",
        "Export the log anew; where a workbook still has the seconds, give the column the format yyyy-mm-dd hh:mm:ss, and save.",
        path=name,
    )


def _may_say_whose(table: Table) -> bool:
    """Whether a column of words or few numbers may say which of several machines a row is about."""
    columns = [column.used(50) for column in table.columns if isinstance(column, Cells)]
    return any(1 < len(texts) <= _FEW or any(text[:1].isalpha() for text in texts) for texts in columns)


def check_exchanged(table: Table, times: Cells | None) -> None:
    """Raise LogFormatError where day and month are exchanged up to the twelfth of each month (2026-01-04, but 13/04/2026)."""
    printed = times.texts if times is not None and table.time.kind in ("stamp", "date+clock") else ()
    if not printed or all(map(_ISO_DAY.match, printed[:_LOOKED_AT])) or not any(map(_ISO_DAY.match, printed[:_LOOKED_AT])):
        return
    days: list[tuple[int, int]] = []
    for text in printed:
        stamp = parse_stamp(text)
        if stamp is None or stamp.has_short_year:
            continue
        if stamp.is_open:
            if max(stamp.parts[:2]) <= 12:
                return
            day = days_of(stamp, "dmy") or days_of(stamp, "mdy")
            days.append((day or 0, day or 0))
            continue
        year, month, day_of_month = stamp.parts
        if day_of_month > 12:
            return
        days.append((_day(year, month, day_of_month), _day(year, day_of_month, month)))
    as_printed, exchanged = (_largest_step([pair[side] for pair in days]) for side in (0, 1))
    if as_printed > _CLEARLY_LARGER * max(exchanged, 1):
        iso = next(text for text in printed if _ISO_DAY.match(text))
        other = next(text for text in printed if not _ISO_DAY.match(text))
        raise LogFormatError(
            f"Day and month are exchanged in some dates of {table.sources[0]}: '{clean_text(iso)}' stands among dates as "
            f"'{clean_text(other)}'. A spreadsheet took those up to the twelfth for dates of another order.",
            "Export the log anew, and open it in a spreadsheet as text only.", path=table.sources[0],
        )  # fmt: skip


def _day(year: int, month: int, day: int) -> int:
    return date(year, month, day).toordinal() - EPOCH_ORDINAL


def _largest_step(days: list[int]) -> int:
    return max((abs(later - earlier) for earlier, later in pairwise(days)), default=0)


def check_hours(table: Table, times: Cells | None) -> None:
    """Raise LogFormatError where minutes and seconds are all that is left of the times; `times` are the printed ones.

    A column of them beside complete times harms nothing.
    """
    printed = times.texts[:_LOOKED_AT] if times is not None else ()
    without_hours = next((text for text in printed if _NO_HOUR.fullmatch(text)), None)
    if without_hours is not None and table.time.kind != "epoch":
        raise _lost(table, without_hours, table.time.header)
    is_timed = any((stamp := parse_stamp(text)) is not None and stamp.has_clock for text in printed[:50])
    if is_timed or (table.time.kind not in ("stamp", "date+clock", "none")):
        return
    for header, column in zip(table.headers, table.columns, strict=True):
        if any(word in header.name.casefold() for word in RELATIVE_NAMES):
            continue
        written = [text for text in column.texts[:50] if text.strip()] if isinstance(column, Cells) else []
        is_named = is_time_name(header.name) or fold_name(header.name) in CLOCK_NAMES
        if written and (is_named or len(written) > 2) and all(map(_MINUTES.fullmatch, written)):
            raise _lost(table, written[0], header.name)


def _lost(table: Table, text: str, name: str) -> LogFormatError:
    return LogFormatError(
        f"The times of {table.sources[0]} have lost their hours: '{clean_text(text)}' in '{name}' is minutes and seconds, as a "
        "spreadsheet shows a time in the format mm:ss.0.",
        "Export the log anew; where a workbook still has the hours, give the column the format yyyy-mm-dd hh:mm:ss, and save.",
        path=table.sources[0],
    )
