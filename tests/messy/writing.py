"""Writes signals as a vendor's export would: wide tables of any notation, and workbooks."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.messy.plant import ISO_Z, Case, Signal, Stamp, Style, instants, pump, truth_of


@dataclass(kw_only=True)
class Wide:
    """A table with one row an instant, and how it is written."""

    signals: list[Signal] = field(default_factory=list)
    times: list[datetime] = field(default_factory=list)
    stamp: Stamp | Sequence[Stamp] = ISO_Z
    time_name: str | tuple[str, ...] = "Time"
    head: str = "{name} [{unit}]"
    sep: str = ","
    style: Style = field(default_factory=Style)
    before: tuple[str, ...] = ()
    """Lines above the header."""
    below: Sequence[Sequence[str]] = ()
    """Header rows below the names, time cells included; '{unit}' rows are made by `unit_row`."""
    after: tuple[str, ...] = ()
    """Lines below the data."""
    index: str | None = None
    """Name of a running number in front."""
    extra: Sequence[tuple[str, Callable[[int], str]]] = ()
    """More columns at the end: (header, cell of the row)."""
    quality: Callable[[Signal, int], str] | None = None
    quality_name: str = "{name}.Quality"
    value_name: str = ""
    enc: str = "utf-8"
    nl: str = "\n"
    trailing: str = ""
    quote_all: bool = False
    pad: int = 0
    between: dict[int, list[str]] = field(default_factory=dict)
    """Lines put in front of these rows."""

    def __post_init__(self) -> None:
        self.signals = self.signals or pump(len(self.times) or 240)
        self.times = self.times or instants(len(self.signals[0].plain))

    @property
    def stamps(self) -> tuple[Stamp, ...]:
        """One function for each time column."""
        return (self.stamp,) if callable(self.stamp) else tuple(self.stamp)

    def title(self, one: Signal) -> str:
        """A signal's header."""
        pattern = self.value_name or (self.head if one.shown else "{name}")
        return pattern.format(name=one.name, unit=one.shown, description=one.description)

    def header(self) -> list[str]:
        """The row of names."""
        time = (self.time_name,) if isinstance(self.time_name, str) else self.time_name
        cells = [*([] if self.index is None else [self.index]), *time]
        for one in self.signals:
            cells.append(self.title(one))
            if self.quality:
                cells.append(self.quality_name.format(name=one.name))
        return [*cells, *(name for name, _ in self.extra)]

    def row(self, row: int) -> list[str]:
        """The cells of one row."""
        cells = [] if self.index is None else [str(row)]
        cells += [stamp(self.times[row]) for stamp in self.stamps]
        for one in self.signals:
            cells.append(one.cell(row, self.style))
            if self.quality:
                cells.append(self.quality(one, row))
        return [*cells, *(cell(row) for _, cell in self.extra)]

    def unit_row(self, pattern: str = "{unit}", first: Sequence[str] = ("",)) -> list[str]:
        """A row of units for `below`."""
        return [*first, *(pattern.format(unit=one.shown) for one in self.signals)]

    def rows(self) -> list[list[str]]:
        """Header and data."""
        return [self.header(), *map(list, self.below), *(self.row(row) for row in range(len(self.times)))]

    def line(self, cells: Sequence[str]) -> str:
        """Cells as one line."""
        if self.pad:
            return "".join(cell.ljust(self.pad) for cell in cells).rstrip()
        quoted = [f'"{cell}"' if self.quote_all or self.sep in cell else cell for cell in cells]
        return self.sep.join(quoted) + self.trailing

    def lines(self) -> list[str]:
        """All lines."""
        made = [*self.before, self.line(self.header()), *(self.line(cells) for cells in self.below)]
        for row in range(len(self.times)):
            made += self.between.get(row, [])
            made.append(self.line(self.row(row)))
        return [*made, *self.after]

    def data(self) -> bytes:
        """The file."""
        return (self.nl.join(self.lines()) + self.nl).encode(self.enc)


def case(name: str, kind: int, table: Wide, zone: str | None = None, file: str = "log.csv", **truth: Any) -> Case:
    """The case of a table in one file."""
    on_change = truth.pop("on_change", False)
    kept = truth.pop("kept", None)
    found = truth_of(table.times, table.signals, kept=kept, on_change=on_change, **truth)
    return Case(name=name, kind=kind, files={file: table.data()}, truth=found, zone=zone, given=(file,))


def zipped(members: dict[str, bytes]) -> bytes:
    """A zip in memory."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return held.getvalue()


_CONTENT = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>{sheets}'
    '<Override PartName="/xl/styles.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>'
)
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy\\ hh:mm:ss"/></numFmts>'
    '<fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs>'
    "</styleSheet>"
)

Cell = tuple[str, str]
"""(kind, text): n number, d date serial, s text, e error, f number from a formula, b boolean; '' for an empty cell."""


def _letters(column: int) -> str:
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def _cell_xml(row: int, column: int, cell: Cell) -> str:
    kind, text = cell
    at = f'r="{_letters(column)}{row}"'
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if kind == "":
        return ""
    if kind == "s":
        return f'<c {at} t="inlineStr"><is><t xml:space="preserve">{escaped}</t></is></c>'
    if kind == "f":
        return f"<c {at}><f>B{row}*1</f><v>{text}</v></c>"
    marks = {"n": "", "d": ' s="1"', "e": ' t="e"', "b": ' t="b"'}
    return f"<c {at}{marks[kind]}><v>{escaped}</v></c>"


def workbook(sheets: dict[str, list[list[Cell]]], *, is_1904: bool = False, merged: Sequence[str] = ()) -> bytes:
    """An .xlsx of these sheets, written from the standard alone (ECMA-376), so that no library's habits are in it."""
    flag = '<workbookPr date1904="1"/>' if is_1904 else "<workbookPr/>"
    parts = {"xl/styles.xml": _STYLES}
    types, relations, listed = "", "", ""
    for number, (name, rows) in enumerate(sheets.items(), 1):
        body = "".join(
            f'<row r="{at}">' + "".join(_cell_xml(at, column, cell) for column, cell in enumerate(row)) + "</row>"
            for at, row in enumerate(rows, 1)
        )
        joined = "".join(f'<mergeCell ref="{area}"/>' for area in merged)
        joined = f'<mergeCells count="{len(merged)}">{joined}</mergeCells>' if merged else ""
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData>{joined}</worksheet>'
        )
        types += f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_SHEET_TYPE}"/>'
        relations += f'<Relationship Id="rId{number}" Type="{_RELS}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        listed += f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>'
    relations += f'<Relationship Id="rId99" Type="{_RELS}/styles" Target="styles.xml"/>'
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    parts["xl/workbook.xml"] = f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELS}">{flag}<sheets>{listed}</sheets></workbook>'
    parts["xl/_rels/workbook.xml.rels"] = f'<Relationships xmlns="{package}">{relations}</Relationships>'
    parts["_rels/.rels"] = (
        f'<Relationships xmlns="{package}"><Relationship Id="rId1" Type="{_RELS}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>"
    )
    parts["[Content_Types].xml"] = _CONTENT.format(sheets=types)
    return zipped({name: text.encode() for name, text in sorted(parts.items())})
