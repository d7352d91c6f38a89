"""The table's data: columns of arrays, sorted and filtered by an index array. No copies of rows, no proxy model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from workbench.ui.format import number

Kind = Literal["text", "strong", "mono", "number", "bar", "state", "symbol", "icon"]
AnyIndex = QModelIndex | QPersistentModelIndex
ColumnData = Sequence[object] | NDArray[np.generic]
_NO_PARENT = QModelIndex()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: which data it shows and how."""

    key: str
    title: str
    kind: Kind = "text"
    width_px: int = 120
    stretch: bool = False
    digits: int = 0
    unit: str = ""
    tone: str = "text1"
    limit: float | None = None
    """Bars: the dashed line, in the column's own values."""
    bar_max: float | None = None
    """Bars: the value that fills the cell; default 1."""
    second_key: str | None = None
    """Text under the first line."""
    is_sortable: bool = True
    sort_key: str = ""
    """Data that the column is sorted by where what it shows is words of figures."""


class ArrayModel(QAbstractTableModel):
    """Rows as an index array into columns of equal length; `sort` and the filters only make a new index."""

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._data: dict[str, ColumnData] = {}
        self._n_rows = 0
        self._order: NDArray[np.intp] = np.zeros(0, np.intp)
        self._mask: NDArray[np.bool_] | None = None
        self._needle = ""
        self._texts: NDArray[np.str_] | None = None
        self._sort_key = ""
        self._is_descending = False

    @property
    def sort_state(self) -> tuple[str, bool]:
        """Key of the sorted column ('' = as given), and whether the largest comes first."""
        return self._sort_key, self._is_descending

    def set_data(self, data: Mapping[str, ColumnData]) -> None:
        """Replace everything; all columns have the same length."""
        lengths = {len(values) for values in data.values()}
        if len(lengths) > 1:
            raise ValueError(f"Columns have different lengths: {sorted(lengths)}.")
        self.beginResetModel()
        self._data = dict(data)
        self._n_rows = lengths.pop() if lengths else 0
        self._mask, self._texts = None, None
        self._order = self._make_order()
        self.endResetModel()

    def set_mask(self, mask: NDArray[np.bool_] | None) -> None:
        """Show only rows where `mask` (bool, [n]) is true; None shows all."""
        self._mask = mask
        self._reorder()

    def set_filter_text(self, text: str) -> None:
        """Show only rows in which some text contains this, upper and lower case alike."""
        self._needle = text.strip().casefold()
        self._reorder()

    def sort_by(self, key: str, is_descending: bool) -> None:
        """Sort by a column; equal values keep their order, missing values come last."""
        self._sort_key, self._is_descending = key, is_descending
        self._reorder()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.sort_by(self.columns[column].key, order == Qt.SortOrder.DescendingOrder)

    def rowCount(self, parent: AnyIndex = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: AnyIndex = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def source_row(self, row: int) -> int:
        """The index into the data of a shown row."""
        return int(self._order[row])

    def shown_row(self, source: int) -> int | None:
        """Where a row of the data is shown, or None if it is filtered out."""
        found = np.flatnonzero(self._order == source)
        return int(found[0]) if len(found) else None

    def value(self, key: str, source: int) -> object:
        """One value of the data; None where the column is not there."""
        values = self._data.get(key)
        return None if values is None else values[source]

    def text(self, column: Column, source: int) -> str:
        """What a cell says."""
        value = self.value(column.key, source)
        if column.kind in {"number", "bar"}:
            if isinstance(value, str):  # words in the place of a figure: right-aligned too
                return value
            return number(None if value is None else float(value), column.digits, column.unit)  # type: ignore[arg-type]
        return "–" if value is None else str(value)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole} and index.isValid():
            return self.text(self.columns[index.column()], self.source_row(index.row()))
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        return None

    def _reorder(self) -> None:
        self.layoutAboutToBeChanged.emit()
        self._order = self._make_order()
        self.layoutChanged.emit()

    def _make_order(self) -> NDArray[np.intp]:
        order = np.arange(self._n_rows)
        if self._sort_key in self._data:
            order = self._sorted(next((c.sort_key for c in self.columns if c.key == self._sort_key), "") or self._sort_key)
        if self._mask is not None:
            order = order[self._mask[order]]
        if self._needle:
            order = order[np.char.find(self._row_texts(), self._needle)[order] >= 0]
        return order

    def _sorted(self, key: str) -> NDArray[np.intp]:
        values, is_missing = _sortable(np.asarray(self._data[key]))
        if self._is_descending:
            order = (len(values) - 1 - np.argsort(values[::-1], kind="stable"))[::-1]
        else:
            order = np.argsort(values, kind="stable")
        gone = is_missing[order]
        return np.concatenate([order[~gone], order[gone]])

    def _row_texts(self) -> NDArray[np.str_]:
        if self._texts is None:
            keys = [c.key for c in self.columns if c.kind not in {"number", "bar", "icon"} and c.key in self._data]
            keys += [c.second_key for c in self.columns if c.second_key and c.second_key in self._data]
            rows = zip(*(self._data[key] for key in keys), strict=True) if keys else [()] * self._n_rows
            self._texts = np.array(["\n".join(map(str, row)).casefold() for row in rows], np.str_)
        return self._texts


def _sortable(values: NDArray[np.generic]) -> tuple[NDArray[np.generic], NDArray[np.bool_]]:
    """Values that argsort can order, and which of them are missing."""
    if values.dtype.kind == "f":
        return values, np.isnan(values.astype(np.float64))
    if values.dtype.kind != "O":
        return values, np.zeros(len(values), bool)
    listed = values.tolist()
    is_missing = np.array([value is None for value in listed], bool)
    if all(isinstance(value, int | float) for value in listed if value is not None):
        numbers = np.array([np.nan if value is None else value for value in listed], np.float64)
        return numbers, np.isnan(numbers)
    return np.array(["" if value is None else str(value) for value in listed], np.str_), is_missing
