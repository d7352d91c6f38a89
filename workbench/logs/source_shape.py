"""By what a later file is known to come from the same source: its column names, and its file name without dates.

P-2041A_2026-03-12.csv, P-2041A_2026-03-13.csv     the same source
P-2041A_2026-03-12.csv, P-2042B_2026-03-12.csv     alike where the columns are, but two sources
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

from workbench.logs.equipment import find_tags
from workbench.logs.parse import ParseOptions
from workbench.logs.preview import preview_file
from workbench.logs.words import MONTHS

_MAX_STEM = 80
_YEAR = r"(?:19|20)\d\d"
_CLOCK = r"(?:[-_ .T]*\d\d[-_.:h]?\d\d(?:[-_.:m]?\d\d)?(?!\d))?"
_MONTH = "|".join(sorted((word for word in MONTHS if len(word) > 2), key=len, reverse=True))
_DATES = re.compile(
    rf"(?<!\d)(?:{_YEAR}[-_. ]?\d\d[-_. ]?\d\d|\d\d[-_. ]?\d\d[-_. ]?{_YEAR}|\d\d[-_.]\d\d[-_.]\d\d){_CLOCK}(?!\d)"
    rf"|(?<!\d){_YEAR}[-_. ]?(?:kw\d\d|w\d\d|0[1-9]|1[0-2])(?!\d)|(?<![a-z])(?:kw|week|w)[-_ ]?\d\d?(?!\d)"
    rf"|(?<![^\W\d_])(?:{_MONTH})(?![^\W\d_])[-_ ]?(?:{_YEAR})?|\d{{6,}}",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"(?<=.)\.[A-Za-z][A-Za-z0-9]{0,7}$")
_COPY = re.compile(r"\s*\(\d{1,3}\)$")


@dataclass(frozen=True, slots=True)
class SourceShape:
    """`header` is a fingerprint of the column names, `name` the file's name with # for dates and long numbers."""

    header: str
    name: str

    @property
    def key(self) -> str:
        """One word for both."""
        return f"{self.header}-{hashlib.sha256(self.name.casefold().encode()).hexdigest()[:12]}"


def find_shape(path: Path) -> SourceShape | None:
    """The shape of a log; None for what has no columns of measurements. Raises LogFormatError, EncodingError, InputError."""
    preview = preview_file(path, ParseOptions())
    is_long = any(column.role == "tag" for column in preview.columns)
    if not is_long and not any(column.role == "channel" for column in preview.columns):
        return None
    # below the columns of a long table its tags are listed: they come and go from day to day
    names = [column.name for column in preview.columns if not is_long or column.role not in ("channel", "label")]
    header = hashlib.sha256(json.dumps(names).encode()).hexdigest()[:16]
    return SourceShape(header=header, name=mask_dates(path))


def mask_dates(path: Path) -> str:
    """A file's name with # where a date, a time, a week, a month or a long number stands; equipment tags stay."""
    stem = path.name.strip()
    while suffix := _SUFFIX.search(stem):
        stem = stem[: suffix.start()]
    stem = _COPY.sub("", stem)
    kept = [match.span() for match in find_tags(stem)]
    parts, at = [], 0
    for start, end in kept:
        parts += [_DATES.sub("#", stem[at:start]), stem[start:end]]
        at = end
    return "".join([*parts, _DATES.sub("#", stem[at:])])[:_MAX_STEM]
