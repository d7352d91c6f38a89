"""Dumps of an archive, a block for each tag: a title ("Tag: FT-101", "Units: m3/h"), a header of mere time and value, rows.

Without the titles all blocks would be one channel called 'Value'. Each row gets the tag of its block and the unit in columns of
their own, so that all else reads a long table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from workbench.logs.tables.cell_quality import split_quality_name
from workbench.logs.tables.header_rows import strip_trailing
from workbench.logs.tables.sniff import cell_kind, fold_name, is_tag_name, is_time_name
from workbench.logs.tables.words import ANNOTATION_NAMES, INDEX_NAMES, UNIT_NAMES, VALUE_NAMES
from workbench.logs.times.instants import read_stamps
from workbench.logs.units import find_unit, split_unit

_SEARCHED_ROWS = 60
_MAX_TITLE_ROWS = 20
_MAX_TITLE_WORDS = 4
_KEYED = re.compile(r"\s*[#*;/\[]*\s*(?P<key>[^:=]{1,40}?)\s*[:=]\s*(?P<said>.+?)\s*\]?")
_SECTION = re.compile(r"\s*\[(?P<name>[^\[\]]{1,80})\]\s*")
_FRAME = re.compile(r"^[\s#*=<>/;-]+|[\s#*=<>/;-]+$")
_TAG_LIKE = re.compile(r"\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """The tag that rows above a block name, and its unit as printed."""

    tag: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TagBlocks:
    """The header that every block has, and whether titles say units."""

    header: tuple[str, ...]
    time: int
    has_units: bool
    has_bare_titles: bool = False
    """Whether a single line above a header is a title, whatever it says."""

    def rows(self, rows: Iterable[list[str]]) -> Iterator[list[str]]:
        """Rows with the tag of their block behind them, headers with its name; titles as they are."""
        title, above = Title(), list[list[str]]()
        for row in rows:
            is_header = _folded(row) == self.header
            if not is_header and not self._is_data(row):
                above = [*above[-_MAX_TITLE_ROWS:], row]
                yield row
                continue
            found = _title_of(above) if above else Title()
            if is_header and above and self.has_bare_titles:
                found = Title(tag=_bare_title(above[-1]))
            title, above = (found if found.tag else title), []
            yield self._with(row, ("Tag", "Unit") if is_header else (title.tag, title.unit))

    def _is_data(self, row: Sequence[str]) -> bool:
        return len(row) >= len(self.header) and cell_kind(row[self.time]) in "tn"

    def _with(self, row: list[str], more: tuple[str, str]) -> list[str]:
        width = len(self.header)
        return [*row[:width], *(more if self.has_units else more[:1]), *row[width:]]


def find_tag_blocks(sample: Sequence[list[str]]) -> TagBlocks | None:
    """The blocks, where a header of mere time and value stands below a title that names a tag."""
    for number, row in enumerate(sample[:_SEARCHED_ROWS]):
        header = strip_trailing(row)
        time = _time_of(header)
        if time is None:
            continue
        title = _title_of(sample[max(0, number - _MAX_TITLE_ROWS) : number])
        found = TagBlocks(header=_folded(row), time=time, has_units=bool(title.unit), has_bare_titles=not title.tag)
        return found if title.tag or _has_bare_titles(sample, found) else None
    return None


def _has_bare_titles(sample: Sequence[list[str]], blocks: TagBlocks) -> bool:
    """Whether each header stands below a title of its own and time begins anew under it: no banner of a logger that restarts."""
    titles: list[str] = []
    starts: list[str] = []
    for above, row, below in zip(sample, sample[1:], sample[2:], strict=False):
        if _folded(row) == blocks.header:
            titles.append(_bare_title(above))
            starts.append(below[blocks.time] if len(below) > blocks.time else "")
    found = read_stamps(starts, "dmy")
    is_anew = bool(found.is_good.all()) and bool((found.ns <= found.ns[:1]).all())
    return len(titles) > 1 and all(titles) and len(set(titles)) == len(titles) and is_anew


def _bare_title(row: Sequence[str]) -> str:
    cells = strip_trailing(row)
    text = _FRAME.sub("", cells[0]).strip("[]") if len(cells) == 1 else ""
    return text if text and not any(mark in text for mark in ":=") and len(text.split()) <= _MAX_TITLE_WORDS else ""


def _time_of(header: Sequence[str]) -> int | None:
    """The column of the time in a header that names nothing but time, value and what is said about the value."""
    times = [index for index, cell in enumerate(header) if is_time_name(cell)]
    if not times:
        return None
    folded = [fold_name(cell) for cell in header]
    values = [index for index, name in enumerate(folded) if name in VALUE_NAMES]
    if len(values) != 1:
        return None
    for index, name in enumerate(folded):
        is_beside = index in times or index in values or name in INDEX_NAMES | ANNOTATION_NAMES
        if not is_beside and (split_quality_name(header[index]) or ("?", ""))[0] != "":
            return None
    return times[0]


def _title_of(above: Sequence[Sequence[str]]) -> Title:
    tag = unit = ""
    for row in above:
        cells = strip_trailing(row)
        for key, said in _keyed(cells):
            if is_tag_name(fold_name(key)):
                tag = said
            elif fold_name(key) in UNIT_NAMES:
                unit = said
    if tag:
        name, printed = split_unit(tag)
        return Title(tag=name, unit=unit or printed or "")
    last = strip_trailing(above[-1]) if above else []
    return _title_alone(last[0]) if len(last) == 1 else Title()


def _keyed(cells: Sequence[str]) -> list[tuple[str, str]]:
    """What a row of a title says: 'Tag: FT-101', 'Tag;FT-101', 'TAG = FT-101, UNIT = bar'."""
    if len(cells) == 2 and cells[0].strip() and not any(mark in cells[0] for mark in ":="):
        return [(cells[0].strip(" #*"), cells[1].strip())]
    found = map(_KEYED.fullmatch, cells if len(cells) > 1 and not cells[0].rstrip().endswith((":", "=")) else [" ".join(cells)])
    return [(match["key"], match["said"]) for match in found if match]


def _title_alone(text: str) -> Title:
    """A title without a key: a section '[FT-101]', or a name with its unit: '# Flow (m3/h)', 'Flow m3/h'."""
    section = _SECTION.fullmatch(text)
    plain = section["name"] if section else _FRAME.sub("", text)
    name, unit = split_unit(plain)
    words = plain.rsplit(None, 1)
    if unit is None and len(words) == 2 and find_unit(words[1]) and len(words[0].split()) <= 3:
        name, unit = words[0], words[1]
    if ":" in name or "=" in name or not (unit or (section and _TAG_LIKE.search(name))):
        return Title()
    return Title(tag=name, unit=unit or "")


def _folded(row: Sequence[str]) -> tuple[str, ...]:
    return tuple(cell.strip().casefold() for cell in strip_trailing(row))
