"""The start of a measurement in the name of its file: 'VT-2041A_20260302-120000.wav', '2003.10.22.12.06.24'."""

from __future__ import annotations

import re
from pathlib import PurePath

from workbench.logs.times.instants import read_iso

IN_NAME = re.compile(
    r"(?<!\d)((?:19|20)\d{2})[-_.]?(\d{2})[-_.]?(\d{2})[T _.-]{0,2}"
    r"(\d{2})[-_:.h]?(\d{2})[-_:.m]?(\d{2})(?:[.,](\d{1,9}))?s?(Z?)(?!\d)"
)


def start_in_name(name: str) -> tuple[int, bool] | None:
    """(ns, whether it is UTC) of a date and a clock down to the second; None where the name has none.

    Of 'archive: file' it is the file's: an archive's date is that of its making.
    """
    match = IN_NAME.search(name.rsplit(": ", 1)[-1])
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, zulu = match.groups()
    found = read_iso([f"{year}-{month}-{day}T{hour}:{minute}:{second}.{fraction or 0}{zulu}"])
    return (int(found.ns[0]), bool(found.is_absolute[0])) if found is not None and found.is_good[0] else None


def base_name(file_name: str) -> str:
    """A file's stem without its date: the channel that a recorder named its files after."""
    stem = PurePath(file_name.rsplit(": ", 1)[-1]).stem
    return IN_NAME.sub("", stem).strip(" _-.") or stem
