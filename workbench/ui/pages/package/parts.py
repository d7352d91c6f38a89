"""Variants, the scatter of their scores, and the list of what is validated."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from workbench.core.boards import Board, load_boards
from workbench.services.bundles import BundleResult
from workbench.services.exporting import QuantizeResult, Variant
from workbench.ui.context import AppContext
from workbench.ui.format import number, percent, size
from workbench.ui.pages.page_parts import clear_layout
from workbench.ui.states import State
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.card import Card
from workbench.ui.widgets.chart_axes import Axes
from workbench.ui.widgets.charts import ScatterChart
from workbench.ui.widgets.fields import Choice
from workbench.ui.widgets.layouts import horizontal, refilled, vertical
from workbench.ui.widgets.table import TWO_LINE_ROW_PX, ArrayTable, Column
from workbench.ui.widgets.text import StateSymbol, Text, hairline

MOST_CHANGED = 0.01  # share of alarms that a smaller form may change
_ROW_PX = 34
_FORMS_PX = 39 + 29 + 6
_LEAST_ERROR = 0.001


class VariantsCard(Card):
    """Forms of one model; `variant_chosen(index)`, `board_chosen(name)`."""

    variant_chosen = Signal(int)
    board_chosen = Signal(str)

    def __init__(self, context: AppContext) -> None:
        super().__init__(context.tr("Forms"), padding_px=0)
        self._result: QuantizeResult | None = None
        self._boards: dict[str, Board] = {board.name: board for board in load_boards()}
        self._board = Choice(context.theme, [(board.name, board.title) for board in self._boards.values()])
        self._board.setAccessibleName(self.tr("Board"))
        self._board.set_value("virtual-gateway")
        self.header.add(Text(self.tr("Board"), "small", "text2"))
        self.header.add(self._board)
        columns = (
            Column(key="form", title=self.tr("Form"), kind="strong", width_px=150, stretch=True, second_key="note"),
            Column(key="flash", title=self.tr("Flash"), kind="number", width_px=70, is_sortable=False),
            Column(key="flash_bar", title="", kind="bar", width_px=60, limit=1.0, bar_max=1.3, is_sortable=False),
            Column(key="ram", title=self.tr("RAM"), kind="number", width_px=70, is_sortable=False),
            Column(key="ram_bar", title="", kind="bar", width_px=60, limit=1.0, bar_max=1.3, is_sortable=False),
            Column(key="ms", title="ms", kind="number", digits=2, width_px=50, is_sortable=False),
            Column(key="changed", title=self.tr("Alarms changed"), kind="number", width_px=106, is_sortable=False),
            Column(key="state", title=self.tr("Fits"), kind="state", width_px=196, second_key="why", is_sortable=False),
        )
        self.table = ArrayTable(context.theme, columns, row_px=TWO_LINE_ROW_PX)
        self.body.addWidget(self.table)
        self.table.row_selected.connect(self.variant_chosen)
        self._board.currentIndexChanged.connect(self._on_board)

    def board(self) -> str:
        """The board that is chosen."""
        return self._board.value()

    def row(self) -> int | None:
        """The chosen form's index."""
        return self.table.current_row()

    def chosen(self) -> str:
        """The chosen form's name, '' if none."""
        row = self.row()
        return self._result.variants[row].name if self._result and row is not None else ""

    def show_variants(self, result: QuantizeResult) -> None:
        """All forms; the cursor goes to the recommended one."""
        self._result = result
        board = self._boards[result.board]
        found = result.variants
        title = self.tr("decision parity with float32 · budget {flash}, {ram}, {ms} ms").format(
            flash=size(board.flash_budget_bytes), ram=size(board.ram_budget_bytes), ms=number(board.latency_budget_ms)
        )
        self.set_title(self.tr("Forms"), title)
        self.table.set_data(
            {
                "form": [variant.name for variant in found],
                "note": [self._note(variant) for variant in found],
                "flash": [size(variant.size_bytes) for variant in found],
                "flash_bar": [variant.size_bytes / board.flash_budget_bytes for variant in found],
                "ram": [size(variant.ram_bytes) for variant in found],
                "ram_bar": [variant.ram_bytes / board.ram_budget_bytes for variant in found],
                "ms": [variant.latency_ms for variant in found],
                "changed": [_changed(variant) for variant in found],
                "state": [_state(variant) for variant in found],
                "why": [self._why(variant, board) for variant in found],
            }
        )
        self.setMaximumHeight(_FORMS_PX + len(found) * TWO_LINE_ROW_PX)
        recommended = next((index for index, variant in enumerate(found) if variant.is_recommended), 0)
        self.table.select_row(recommended)

    def _note(self, variant: Variant) -> str:
        note = variant.note.partition(". ")[0].rstrip(".")
        return self.tr("{note} · recommended").format(note=note) if variant.is_recommended else note

    def _why(self, variant: Variant, board: Board) -> str:
        """What the budget or the alarms say of this form."""
        if not variant.fits_flash:
            return self.tr("Flash: {n} over").format(n=size(variant.size_bytes - board.flash_budget_bytes))
        if not variant.fits_ram:
            return self.tr("RAM: {n} over").format(n=size(variant.ram_bytes - board.ram_budget_bytes))
        if not variant.fits_latency:
            return self.tr("{n} ms over").format(n=number(variant.latency_ms - board.latency_budget_ms, 1))
        if variant.alarms_changed_fraction >= MOST_CHANGED:
            share = percent(variant.alarms_changed_fraction, 1 if variant.alarms_changed_fraction < 0.1 else 0)
            return self.tr("Changes {share} of alarms").format(share=share)
        return self.tr("Fits, smallest under 1 %") if variant.is_recommended else self.tr("Fits")

    def _on_board(self, _index: int) -> None:
        self.board_chosen.emit(self.board())


class ParityCard(Card):
    """Scores of the chosen form against float32; the threshold as a cross."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context.tr("Against float32"))
        self.chart = ScatterChart(context.theme)
        self.body.addWidget(self.chart, 1)

    def show_variant(self, variant: Variant) -> None:
        """Show this form's scores."""
        self.set_title(self.tr("{form} against float32").format(form=variant.name), self.tr("threshold 0.50"))
        self.chart.set_axes(
            Axes(x_label=self.tr("score, float32"), y_label=self.tr("score, {form}").format(form=variant.name), n_x_ticks=2)
        )
        changed = [index for index, (a, b) in enumerate(variant.scatter) if (a >= 0.5) != (b >= 0.5)]
        self.chart.set_points(variant.scatter, ringed=changed)
        self.chart.set_guides(cross=0.5, has_diagonal=True)


class CheckRow(QWidget):
    """Symbol, name, value; 34 px high."""

    def __init__(self, theme: ThemeSource, state: State, name: str, value: str) -> None:
        super().__init__()
        self.setMinimumHeight(_ROW_PX)
        row = horizontal(self, margins_px=(16, 0, 16, 0), gap_px=10)
        row.addWidget(StateSymbol(theme, state, 16))
        title = Text(name, "strong")
        title.setFixedWidth(118)
        row.addWidget(title)
        row.addWidget(Text(value, "small", "text2", is_wrapped=True), 1)


class ValidateCard(Card):
    """What is checked before a bundle may leave: each with its figure."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context.tr("Validate"), padding_px=0)
        self._theme = context.theme
        self._rows = vertical()
        self.body.addLayout(self._rows)
        self.body.addStretch(1)

    def show_checks(self, variant: Variant, bundle: BundleResult | None) -> None:
        """Parity of the form, budgets, and the bundle's own state."""
        rows = [*self._of_variant(variant), *self._of_bundle(bundle)]
        n_good = sum(state is State.GOOD for state, _, _ in rows)
        self.set_title(self.tr("Validate"), self.tr("{n} of {all}").format(n=n_good, all=len(rows)))
        with refilled(self):
            clear_layout(self._rows)
            for index, (state, name, value) in enumerate(rows):
                if index:
                    self._rows.addWidget(hairline())
                self._rows.addWidget(CheckRow(self._theme, state, name, value))

    def _of_variant(self, variant: Variant) -> list[tuple[State, str, str]]:
        parity = variant.parity
        error = number(parity.largest_error, 3) if parity.largest_error >= _LEAST_ERROR else self.tr("under 0.001")
        within = self.tr("largest error {error} over {all} windows").format(error=error, all=number(parity.n_windows))
        rest = variant.note.partition(". ")[2]
        within = f"{within}. {rest}" if rest else within
        alarms = self.tr("{n} of {all} alarms changed").format(n=parity.n_alarms_changed, all=parity.n_alarms)
        fits = [self.tr("Flash"), self.tr("RAM"), self.tr("latency")]
        over = [
            word
            for word, is_good in zip(fits, (variant.fits_flash, variant.fits_ram, variant.fits_latency), strict=True)
            if not is_good
        ]
        budget = self.tr("over: {names}").format(names=", ".join(over)) if over else self.tr("within flash, RAM and latency")
        is_few = variant.alarms_changed_fraction < MOST_CHANGED
        return [
            (State.GOOD if parity.is_passed else State.OUT_OF_SPECIFICATION, self.tr("Scores"), within),
            (State.GOOD if is_few else State.OUT_OF_SPECIFICATION, self.tr("Decisions"), alarms),
            (State.OUT_OF_SPECIFICATION if over else State.GOOD, self.tr("Budget"), budget),
        ]

    def _of_bundle(self, bundle: BundleResult | None) -> list[tuple[State, str, str]]:
        if bundle is None:
            return [(State.NOT_CHECKED, self.tr("Bundle"), self.tr("not built yet"))]
        names = {member.name for member in bundle.members}
        has_card = any(name.startswith("card") for name in names)
        has_bom = any("bom" in name for name in names)
        n_golden = self.tr("in the bundle, run by the device before confirm")
        signed = [mark for mark in bundle.signatures if mark.is_valid]
        word = self.tr("{n} by a trusted key").format(n=len(signed)) if signed else self.tr("none by a key trusted here")
        return [
            (State.GOOD if any("golden" in name for name in names) else State.FAILURE, self.tr("Golden vectors"), n_golden),
            (State.GOOD if has_card else State.FAILURE, self.tr("Model card"), self.tr("limits, data, figures, slices")),
            (State.GOOD if has_bom else State.FAILURE, self.tr("Bill of materials"), self.tr("CycloneDX")),
            (State.GOOD, self.tr("Release"), self.tr("{n}, floor {floor}").format(n=bundle.release, floor=bundle.floor)),
            (State.GOOD if signed else State.NOT_CHECKED, self.tr("Signature"), word),
        ]


def _changed(variant: Variant) -> str:
    share = f" · {percent(variant.alarms_changed_fraction, 1)}" if variant.parity.n_alarms_changed else ""
    return f"{variant.parity.n_alarms_changed}{share}"


def _state(variant: Variant) -> str:
    is_good = variant.fits_flash and variant.fits_ram and variant.fits_latency and variant.alarms_changed_fraction < MOST_CHANGED
    return str(State.GOOD if is_good else State.OUT_OF_SPECIFICATION)
