"""Parts of the Label page: the list of events with the names in use, and the bar under the plots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from operator import attrgetter

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from workbench.logs.events.looks import Look, own_look
from workbench.services.labels import Event
from workbench.ui.actions import Action
from workbench.ui.context import AppContext
from workbench.ui.format import number, zone_of
from workbench.ui.pages.label.list import EventList
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.buttons import ActionButton, FlatButton, SecondaryButton
from workbench.ui.widgets.card import SectionHeader
from workbench.ui.widgets.fields import Choice, SearchField
from workbench.ui.widgets.layouts import horizontal, refilled, vertical
from workbench.ui.widgets.plots.shapes import look_icon
from workbench.ui.widgets.text import KeyCap, Text, hairline, plain_tip

BAR_PX = 44
_NAME, _STATE = attrgetter("name"), attrgetter("state")
_CAP_PX = 18
NAME_KEYS = ("4", "5", "6", "7", "8", "9")
"""Keys that call an event by one of the names in use."""


class NamesLegend(QWidget):
    """The names in use with colour, shape and key: a legend, and a click (or the key) calls the chosen events so."""

    name_picked = Signal(str)

    def __init__(self, theme: ThemeSource) -> None:
        super().__init__()
        self._theme = theme
        self._looks: Mapping[str, Look] = {}
        self.names: tuple[str, ...] = ()
        self.buttons: list[FlatButton] = []
        self._counts: list[Text] = []
        self._rows: list[QWidget] = []
        column = vertical(self, margins_px=(8, 4, 12, 8))
        for key in NAME_KEYS:
            column.addWidget(self._make_row(key))
        theme.changed.connect(self._draw)

    def show_names(self, events: Sequence[Event], looks: Mapping[str, Look]) -> None:
        """The most used names first, and those stay at their key while others come and go."""
        counts = Counter(map(_NAME, events))
        kept = [name for name in self.names if name in counts]
        others = [name for name, _ in sorted(counts.items(), key=_by_use) if name not in kept]
        self.names = tuple([*kept, *others][: len(NAME_KEYS)])
        self._looks = looks
        with refilled(self):
            for row, button, shown, name in zip(self._rows, self.buttons, self._counts, self._padded(), strict=True):
                row.setVisible(bool(name))
                button.setText(button.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, 130).replace("&", "&&"))
                button.setToolTip(plain_tip(name))
                shown.setText(number(counts[name]))
        self._draw()

    def name_at(self, place: int) -> str:
        """The name of a key, '' if none."""
        return self.names[place] if place < len(self.names) else ""

    def _padded(self) -> list[str]:
        return [*self.names, *[""] * (len(NAME_KEYS) - len(self.names))]

    def _make_row(self, key: str) -> QWidget:
        holder = QWidget()
        row = horizontal(holder, gap_px=6)
        button = FlatButton(self._theme, "")
        button.setProperty("fit", "compact")
        button.clicked.connect(self._on_clicked)
        shown = Text("", "small", "text2")
        cap = KeyCap(key)
        cap.setFixedSize(_CAP_PX, _CAP_PX)
        row.addWidget(button)
        row.addStretch(1)
        row.addWidget(shown)
        row.addWidget(cap)
        self.buttons.append(button)
        self._counts.append(shown)
        self._rows.append(holder)
        holder.hide()
        return holder

    def _draw(self, _tokens: object = None) -> None:
        for button, name in zip(self.buttons, self._padded(), strict=True):
            if name:
                button.setIcon(look_icon(self._theme, self._looks.get(name) or own_look(name), self.devicePixelRatioF()))

    def _on_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, FlatButton):
            self.name_picked.emit(self.names[self.buttons.index(button)])


class EventPanel(QWidget):
    """Pump, its events in order of time, and their names. `asset_chosen(tag)`, `events_chosen(ids)`, `column_asked(name)`."""

    asset_chosen = Signal(str)
    events_chosen = Signal(object)
    column_asked = Signal(str)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._counted: tuple[Sequence[Event], dict[str, Look]] | None = None
        self.asset = Choice(context.theme)
        self.asset.setAccessibleName(self.tr("Pump"))
        self._head = SectionHeader(self.tr("Events"))
        self.search = SearchField(context.theme, self.tr("Find"))
        self.state = Choice(
            context.theme,
            [("", self.tr("All")), ("unsure", self.tr("Unsure")), ("real", self.tr("Real")), ("not_real", self.tr("Not real")),
             ("similar", self.tr("Suggested"))],
        )  # fmt: skip
        self.state.setAccessibleName(self.tr("State"))
        self.table = EventList(context.theme)
        self.table.setAccessibleName(self.tr("Events"))
        self.hint = Text(
            self.tr("Draw over the plots, or press N for an event at the cursor."), "small", "text2", is_wrapped=True
        )
        self.names = NamesLegend(context.theme)
        self.column = Choice(context.theme)
        self.column.setAccessibleName(self.tr("Label column"))
        self.column_button = SecondaryButton(context.theme, self.tr("Make events"))
        self._column_box, self._filter_box = QWidget(), QWidget()
        self._lay_out()
        self.asset.currentIndexChanged.connect(self._on_asset)
        self.table.chosen.connect(self.events_chosen)
        self.search.textChanged.connect(self._on_filter)
        self.state.currentIndexChanged.connect(self._on_filter)
        self.column_button.clicked.connect(self._on_column)

    def show_assets(self, tags: tuple[str, ...], chosen: str) -> None:
        """The pumps to choose from."""
        self.asset.blockSignals(True)
        self.asset.set_options([(tag, tag) for tag in tags])
        self.asset.set_value(chosen)
        self.asset.blockSignals(False)

    def show_columns(self, names: tuple[str, ...]) -> None:
        """Label-like columns of the log that events can be made from."""
        self.column.set_options([(name, name) for name in names])
        self._column_box.setVisible(bool(names))

    def show_events(self, events: Sequence[Event], chosen: Sequence[str], looks: Mapping[str, Look]) -> None:
        """List these, some chosen."""
        self.table.events.zone = zone_of(self._context.settings.zone)
        self.table.events.looks = looks
        self.table.show_events(events, chosen)
        if self._counted is not None and self._counted[0] is events and self._counted[1] == looks:
            return
        self._counted = (events, dict(looks))
        self.names.show_names(events, looks)
        n_unsure = list(map(_STATE, events)).count("unsure")
        unsure = self.tr("{n} unsure").format(n=number(n_unsure)) if n_unsure else ""
        self._head.facts.setText(", ".join(filter(None, (number(len(events)), unsure))))
        self.hint.setVisible(not events)
        self._filter_box.setVisible(bool(events))

    def _lay_out(self) -> None:
        column = vertical(self)
        top = horizontal(margins_px=(16, 6, 12, 6), gap_px=8)
        top.addWidget(Text(self.tr("Pump"), "small", "text2"))
        top.addWidget(self.asset, 1)
        column.addLayout(top)
        column.addWidget(hairline())
        column.addWidget(self._head)
        self.hint.setContentsMargins(16, 0, 16, 8)
        column.addWidget(self.hint)
        filters = horizontal(self._filter_box, margins_px=(12, 0, 12, 8), gap_px=6)
        filters.addWidget(self.search, 1)
        filters.addWidget(self.state)
        column.addWidget(self._filter_box)
        column.addWidget(hairline())
        column.addWidget(self.table, 1)
        column.addWidget(hairline())
        column.addWidget(self.names)
        column.addWidget(self._make_column_box())
        self._column_box.hide()

    def _make_column_box(self) -> QWidget:
        inner = vertical(self._column_box, margins_px=(16, 8, 12, 12), gap_px=6)
        inner.addWidget(Text(self.tr("The log has label columns, set aside at import."), "small", "text2", is_wrapped=True))
        row = QHBoxLayout()
        row.addWidget(self.column, 1)
        row.addWidget(self.column_button)
        inner.addLayout(row)
        return self._column_box

    def _on_asset(self, _index: int) -> None:
        if self.asset.value():
            self.asset_chosen.emit(self.asset.value())

    def _on_filter(self, _changed: object) -> None:
        self.table.events.set_filter(self.state.value(), self.search.text())

    def _on_column(self) -> None:
        if self.column.value():
            self.column_asked.emit(self.column.value())


class StateBar(QWidget):
    """Under the plots: real, not real, unsure, similar with their keys; split, merge, delete, undo and redo at the right."""

    def __init__(self, theme: ThemeSource, judging: tuple[Action, ...], editing: tuple[Action, ...]) -> None:
        super().__init__()
        self.setFixedHeight(BAR_PX)
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = horizontal(self, margins_px=(16, 0, 16, 0), gap_px=6)
        self._theme = theme
        self.buttons: list[ActionButton] = []
        self._words = Text("", "small", "text2")
        for action in judging:
            row.addWidget(self._button(action, "secondary"), 0, Qt.AlignmentFlag.AlignVCenter)
            cap = KeyCap(action.keys[0])
            cap.setFixedSize(_CAP_PX, _CAP_PX)
            row.addWidget(cap, 0, Qt.AlignmentFlag.AlignVCenter)
            row.addSpacing(4)
        row.addWidget(self._words)
        row.addStretch(1)
        for action in editing:
            row.addWidget(self._icon_button(action), 0, Qt.AlignmentFlag.AlignVCenter)

    def refresh(self, words: str) -> None:
        """Ask the actions again whether they are blocked, and say a few words."""
        for button in self.buttons:
            button.refresh()
        self._words.setText(words)

    def _icon_button(self, action: Action) -> ActionButton:
        """Its icon alone: at 1280 px the words would not fit; tooltip and palette say them."""
        button = ActionButton(self._theme, replace(action, title=""), kind="danger" if action.icon == "trash" else "flat")
        button.setProperty("fit", "icon")
        button.setAccessibleName(action.title)
        button.words = f"{action.title} ({action.keys[0]})"
        self.buttons.append(button)
        return button

    def _button(self, action: Action, kind: str) -> ActionButton:
        button = ActionButton(self._theme, replace(action, icon="") if kind == "secondary" else action, kind=kind)
        button.setProperty("fit", "compact")
        self.buttons.append(button)
        return button


def _by_use(pair: tuple[str, int]) -> tuple[int, str]:
    return -pair[1], pair[0]
