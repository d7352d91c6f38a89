"""Tables in HTML and in the XML of old spreadsheets, as panels and web pages export them under names such as .xls.

Only the text of rows and cells is taken; scripts, styles and links mean nothing here. Must not import anything but the standard
library and errors.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from workbench.core.errors import LogFormatError

MAX_CELLS = 20_000_000
_ROWS, _CELLS = frozenset({"tr", "row"}), frozenset({"td", "th", "cell"})
_SILENT = frozenset({"script", "style"})
_BEGINS = re.compile(
    r"\s*(?:<\?xml[^<>]{0,200}\?>\s*)?(?:<\?mso[^<>]{0,200}\?>\s*)?<(?:!doctype|html|head|body|table|workbook|ss:workbook|meta)\b",
    re.IGNORECASE,
)
_MAX_GAP = 1000


def begins_like_markup(head: str) -> bool:
    """Whether a text begins as a page or as an XML spreadsheet."""
    return _BEGINS.match(head[:2000].lstrip("\ufeff")) is not None


def read_markup(text: str, name: str) -> list[list[str]]:
    """The rows of all tables. Raises LogFormatError where there are none."""
    parser = _Tables(name)
    parser.feed(text)
    parser.close()
    rows = [row for row in parser.rows if any(cell.strip() for cell in row)]
    if len(rows) < 2:
        raise LogFormatError(
            f"{name} is a web page without a table of times and numbers.", "Export the log itself as CSV or Excel.", path=name
        )
    return rows


class _Tables(HTMLParser):
    """Gathers rows of cells."""

    def __init__(self, name: str) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self._name = name
        self._cell: list[str] | None = None
        self._n_silent = self._n_cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A row or a cell begins; XML spreadsheets leave empty cells out and say where the next one stands."""
        self._n_silent += tag in _SILENT
        if tag in _ROWS:
            self._end_cell()
            self.rows.append([])
        elif tag in _CELLS:
            self._end_cell()
            self._cell = []
            place = dict(attrs).get("ss:index") or ""
            if self.rows and place.isdigit() and int(place) <= _MAX_GAP:
                self.rows[-1] += [""] * (int(place) - 1 - len(self.rows[-1]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An empty cell, or anything that holds no text."""
        if tag in _CELLS:
            self.handle_starttag(tag, attrs)
            self._end_cell()

    def handle_endtag(self, tag: str) -> None:
        """A cell or a row ends."""
        self._n_silent -= tag in _SILENT and self._n_silent > 0
        if tag in _CELLS or tag in _ROWS:
            self._end_cell()

    def handle_data(self, data: str) -> None:
        """Text of a cell."""
        if self._cell is not None and not self._n_silent:
            self._cell.append(data)

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        if self.rows:
            self.rows[-1].append(" ".join("".join(self._cell).split()))
        self._cell = None
        self._n_cells += 1
        if self._n_cells > MAX_CELLS:
            raise LogFormatError(f"{self._name} has more than {MAX_CELLS} cells.", "Split it.", path=self._name)
