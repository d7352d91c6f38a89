"""By what a later file is known to come from the same source: its column names, and its file name without dates.

P-2041A_2026-03-12.csv, P-2041A_2026-03-13.csv     the same source
P-2041A_2026-03-12.csv, P-2042B_2026-03-12.csv     alike where the columns are, but two sources
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from workbench.logs.equipment import mask_dates
from workbench.logs.parse import ParseOptions
from workbench.logs.tables.preview import preview_file


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
