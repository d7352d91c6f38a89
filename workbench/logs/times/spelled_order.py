"""What a header spells about the dates below it: yymmdd, TT.MM.JJJJ, yy/MM/dd. Must not import anything but the times."""

from __future__ import annotations

import re
from itertools import groupby

from workbench.logs.times.instants import DayOrder

_YEAR, _DAY, _GAP = "[yja]{2,4}", "[dt]{1,2}", "[-/. ]?"
_SPELLED = re.compile(
    rf"(?<![a-z])(?:{_YEAR}{_GAP}mm{_GAP}{_DAY}|{_DAY}{_GAP}mm{_GAP}{_YEAR}|mm{_GAP}dd?{_GAP}{_YEAR})(?=[^a-z]|hh|$)"
)
_PARTS = str.maketrans("jat", "yyd", "-/. ")
"""Letters of year and day in German and the languages of France, Spain and Italy."""
_ORDERS: dict[str, DayOrder] = {"ymd": "ymd", "dmy": "dmy", "mdy": "mdy"}


def spelled_order(name: str) -> DayOrder | None:
    """The order of day, month and year that a name spells; None where it spells none."""
    spelled = _SPELLED.search(name.casefold())
    return _ORDERS.get("".join(char for char, _ in groupby(spelled[0].translate(_PARTS)))) if spelled else None
