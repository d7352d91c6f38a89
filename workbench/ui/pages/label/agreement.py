"""Two readers compared beside the plots: figures of agreement, and the places where they differ, to be stepped through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from workbench.core.errors import WorkbenchError
from workbench.logs.events.agreement import kappa_text
from workbench.services.agreement import (
    AgreementRequest,
    AgreementResult,
    Disagreement,
    ReadersResult,
    events_of_readers,
    labels_agreement,
)
from workbench.services.labels import Event
from workbench.ui.context import AppContext
from workbench.ui.format import count, instant, number, percent, zone_of
from workbench.ui.widgets.buttons import IconButton, SecondaryButton
from workbench.ui.widgets.card import KeyValueList, SectionHeader
from workbench.ui.widgets.fields import Choice
from workbench.ui.widgets.layouts import vertical
from workbench.ui.widgets.table import TWO_LINE_ROW_PX, ArrayTable, Column
from workbench.ui.widgets.text import Text, hairline

_FILE = "file:"
_KEY_PX = 110


class AgreementPanel(QWidget):
    """`shown(Disagreement)` for a place that was chosen, `compared(((name, events), …))` with the events of both or none,
    `closed()`."""

    shown = Signal(object)
    compared = Signal(object)
    closed = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._asset = ""
        self._result: AgreementResult | None = None
        theme = context.theme
        self.first, self.second = Choice(theme), Choice(theme)
        self.file_button = SecondaryButton(theme, self.tr("Compare with a file"), "folder-open")
        self._close = IconButton(theme, "cancel", self.tr("Back to the event"))
        self._said = Text("", "small", "text2", is_wrapped=True)
        self.figures = KeyValueList((), key_px=_KEY_PX)
        self._head = SectionHeader(self.tr("Differences"))
        self._differences = QWidget()
        columns = (
            Column(key="what", title=self.tr("Difference"), kind="strong", stretch=True, second_key="when"),
            Column(key="first", title=self.tr("First, second"), width_px=140, second_key="second"),
        )
        self.table = ArrayTable(theme, columns)
        self.table.verticalHeader().setDefaultSectionSize(TWO_LINE_ROW_PX)
        self.table.setAccessibleName(self.tr("Differences"))
        self._lay_out()
        self.first.currentIndexChanged.connect(self._on_reader)
        self.second.currentIndexChanged.connect(self._on_reader)
        self.file_button.clicked.connect(self._on_file)
        self._close.clicked.connect(self.closed)
        self.table.row_selected.connect(self._on_row)

    @property
    def result(self) -> AgreementResult | None:
        """What is shown."""
        return self._result

    def open(self, asset: str, events: Sequence[Event]) -> None:
        """Compare the two who labelled most."""
        self._asset = asset
        known = Counter(event.author or event.source for event in events if event.state != "not_real")
        names = [(name, f"{name} ({number(n)})") for name, n in known.most_common()]
        alone = [("", self.tr("nobody else"))] if len(names) == 1 else []
        for choice, options, place in ((self.first, names, 0), (self.second, [*names, *alone], 1)):
            choice.blockSignals(True)
            choice.set_options(options)
            choice.setCurrentIndex(min(place, len(options) - 1))
            choice.blockSignals(False)
        self._compare()
        self.first.setFocus()  # from there Tab leads to the places, and Escape back

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def compare_with(self, path: Path) -> None:
        """Take a file (or another project) as the second reader."""
        if self.second.findData(f"{_FILE}{path}") < 0:
            self.second.blockSignals(True)
            self.second.addItem(path.name, f"{_FILE}{path}")
            self.second.blockSignals(False)
        self.second.set_value(f"{_FILE}{path}")

    def _compare(self) -> None:
        first, second = self.first.value(), self.second.value()
        if second.startswith(_FILE):
            request = AgreementRequest(
                project=self._context.project_text, asset=self._asset, readers=(first,) if first else (),
                other=second.removeprefix(_FILE),
            )  # fmt: skip
        elif not first or second in {"", first}:
            self._say(self.tr("Only one person has labelled this pump. Compare with another reader's file."))
            return
        else:
            request = AgreementRequest(project=self._context.project_text, asset=self._asset, readers=(first, second))
        self._say(self.tr("Comparing…"))
        self._context.read(labels_agreement, request, self._on_result, self._on_refused, slot="label.agreement")
        self._context.read(events_of_readers, request, self._on_events, self._on_refused, slot="label.readers")

    def _on_events(self, result: object) -> None:
        assert isinstance(result, ReadersResult)
        self.compared.emit(((result.first, result.first_events), (result.second, result.second_events)))

    def _say(self, text: str) -> None:
        self._result = None
        self.compared.emit(())
        self._said.setText(text)
        self._said.setVisible(True)
        self.figures.set_rows(())
        self._differences.hide()
        self.table.set_data({"what": [], "when": [], "first": [], "second": []})

    def _on_result(self, result: object) -> None:
        assert isinstance(result, AgreementResult)
        self._result = result
        self._differences.show()
        self._said.setText(result.verdict)
        kappa = "–" if result.kappa is None else f"{kappa_text(result.kappa)}, {result.kappa_words}"
        shared = self.tr("{same} of {a} and {b}").format(same=result.n_same, a=result.n_first, b=result.n_second)
        self.figures.set_rows([
            (self.tr("Over time, κ"), kappa),
            (self.tr("Events shared"), shared),
            (self.tr("Events, F1"), percent(result.f1)),
        ])  # fmt: skip
        zone = zone_of(self._context.settings.zone)
        listed = result.disagreements
        self._head.facts.setText(count(len(listed), self.tr("place"), self.tr("places")))
        self.table.set_data({
            "what": [self._words(one) for one in listed],
            "when": [f"{instant(one.start_utc, zone, with_seconds=False)}{self._share(one)}" for one in listed],
            "first": [one.first or "–" for one in listed],
            "second": [one.second or "–" for one in listed],
        })  # fmt: skip

    def _share(self, one: Disagreement) -> str:
        return f" · {percent(one.overlap)}" if one.overlap else ""

    def _words(self, one: Disagreement) -> str:
        words = {
            "only_first": self.tr("only the first"), "only_second": self.tr("only the second"), "name": self.tr("another name"),
            "state": self.tr("judged otherwise"), "ends": self.tr("other ends"),
        }  # fmt: skip
        return words[one.kind]

    def _on_refused(self, error: WorkbenchError) -> None:
        self._say(f"{error.message} {error.hint}")

    def _on_reader(self, _index: int) -> None:
        self._compare()

    def _on_file(self) -> None:
        patterns = self.tr("Events ({p})").format(p="*.csv *.json *.txt *.xlsx")
        self._context.messages.choose_files(self.tr("The other reader's events"), patterns, self._on_file_chosen)

    def _on_file_chosen(self, paths: list[Path]) -> None:
        self.compare_with(paths[0])

    def _on_row(self, row: int) -> None:
        if self._result is not None and row < len(self._result.disagreements):
            self.shown.emit(self._result.disagreements[row])

    def _lay_out(self) -> None:
        column = vertical(self)
        head = SectionHeader(self.tr("Two readers"))
        head.add(self._close)
        column.addWidget(head)
        above = QWidget()
        above.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        inner = vertical(above, margins_px=(16, 0, 16, 12), gap_px=8)
        for title, choice in ((self.tr("First"), self.first), (self.tr("Second"), self.second)):
            row = QHBoxLayout()
            text = Text(title, "small", "text2")
            text.setFixedWidth(62)
            choice.setAccessibleName(title)
            row.addWidget(text)
            row.addWidget(choice, 1)
            inner.addLayout(row)
        row = QHBoxLayout()
        row.addWidget(self.file_button)
        row.addStretch(1)
        inner.addLayout(row)
        inner.addWidget(self._said)
        inner.addWidget(self.figures)
        column.addWidget(above)
        below = vertical(self._differences)
        for widget in (hairline(), self._head, self.table):
            below.addWidget(widget)
        column.addWidget(self._differences, 1)
        column.addStretch(0)
