"""Times of day from which a spreadsheet took the hours: it showed minutes and seconds (mm:ss.0), and saved what it showed."""

from __future__ import annotations

import re

from workbench.core.errors import LogFormatError
from workbench.logs.tables.cells import Cells
from workbench.logs.tables.segments import Table
from workbench.logs.tables.sniff import fold_name, is_time_name
from workbench.logs.tables.words import CLOCK_NAMES, RELATIVE_NAMES
from workbench.logs.text.decode import clean_text
from workbench.logs.times.instants import parse_stamp

_MINUTES = re.compile(r"\s*[0-5]?\d:[0-5]\d[.,]\d{1,3}\s*")
_NO_HOUR = re.compile(r"(?:.*\s)?(?:2[5-9]|[3-5]\d):[0-5]\d[.,]\d{1,3}\s*")
_LOOKED_AT = 2_000


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
