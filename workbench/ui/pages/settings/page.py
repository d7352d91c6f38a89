"""Settings: who writes into the journal, the zone of times on screen, theme, folder of projects, scale. Stored at once."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import available_timezones

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from workbench.core.settings import operator_name
from workbench.ui.context import AppContext, Selection, projects_folder
from workbench.ui.page import Page
from workbench.ui.pages.settings.plugins import PluginsCard
from workbench.ui.states import State
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.buttons import SecondaryButton
from workbench.ui.widgets.card import KEY_GAP_PX, Card, KeyValueList
from workbench.ui.widgets.completer import offer_words
from workbench.ui.widgets.fields import Choice, UnitField
from workbench.ui.widgets.layouts import horizontal, scrolled, vertical
from workbench.ui.widgets.segmented import Segmented
from workbench.ui.widgets.states import StateBadge
from workbench.ui.widgets.text import Text

SCALES = (100, 125, 150, 175, 200)
_LABEL_PX = 120
_FIELD_PX = 320
_CARD_PX = 720


class SettingRow(QWidget):
    """Label, field, and a hint (or what is wrong) below it."""

    def __init__(self, theme: ThemeSource, label: str, field: QWidget, hint: str) -> None:
        super().__init__()
        self._hint = Text(hint, "caption", "text2", is_wrapped=True)
        self._error = StateBadge(theme, State.FAILURE, "", is_quiet=False)
        name = Text(label, "body", "text2")
        name.setBuddy(field)
        field.setAccessibleName(label)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(3)
        grid.setHorizontalSpacing(0)
        grid.setColumnMinimumWidth(0, _LABEL_PX)
        grid.setColumnStretch(1, 1)
        grid.addWidget(name, 0, 0)
        grid.addWidget(field, 0, 1, Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(self._hint, 1, 1)
        grid.addWidget(self._error, 2, 1, Qt.AlignmentFlag.AlignLeft)
        self.show_error("")

    def show_error(self, text: str) -> None:
        """Say what is wrong; '' when all is well."""
        self._error.setVisible(bool(text))
        self._hint.setVisible(not text)
        if text:
            self._error.set_state(State.FAILURE, text)


class SettingsPage(Page):
    """Each field is stored when it is left; what can't be used is said below it and not stored."""

    page_id = "settings"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        settings, theme = context.settings, self.theme
        self.operator = self._line(settings.operator, operator_name(settings))
        self.zone = self._line(settings.zone, "UTC")
        offer_words(theme, self.zone, sorted(available_timezones()))
        self.folder = self._line(settings.projects_folder, str(projects_folder(settings)))
        self.themes = Segmented(
            [("light", self.tr("Light")), ("dark", self.tr("Dark")), ("sunlight", self.tr("Sunlight"))], settings.theme
        )
        self.scale = Choice(theme, [(str(value), f"{value} %") for value in SCALES])
        self.scale.setFixedWidth(110)
        self.scale.set_value(str(settings.scale_percent))
        self._zone_row = SettingRow(theme, self.tr("Zone"), self.zone, self.tr("Times on screen. Stored times are UTC."))
        self._facts_list = KeyValueList(key_px=_LABEL_PX - KEY_GAP_PX)
        self.plugins = PluginsCard(context)
        self._lay_out()
        self._connect()
        self.set_header(self.tr("Settings"), facts=self.tr("stored at once, on this laptop only"))

    def activated(self, _selection: Selection) -> None:
        self._show_facts()
        self.plugins.load()
        self.themes.set_current(self.context.settings.theme)

    def focus_first(self) -> None:
        self.operator.setFocus()

    def _line(self, text: str, placeholder: str) -> UnitField:
        field = UnitField(self.theme, text=text)
        field.setPlaceholderText(placeholder)
        field.setFixedWidth(_FIELD_PX)
        return field

    def _lay_out(self) -> None:
        theme = self.theme
        who = Card(self.tr("Person"))
        hint = self.tr("Goes into every line of the journal. Empty: the login of this laptop.")
        who.body.addWidget(SettingRow(theme, self.tr("Name"), self.operator, hint))
        who.body.addWidget(self._zone_row)
        look = Card(self.tr("Look"))
        look.body.addWidget(SettingRow(theme, self.tr("Theme"), self.themes, self.tr("Sunlight: every text at 7:1 or better.")))
        hint = self.tr("On top of the screen's own scale. Takes effect at the next start.")
        look.body.addWidget(SettingRow(theme, self.tr("Scale"), self.scale, hint))
        places = Card(self.tr("Places"))
        choose = SecondaryButton(theme, self.tr("Choose…"), "folder-open")
        choose.clicked.connect(self._on_choose)
        line = QWidget()
        row = horizontal(line, gap_px=8)
        row.addWidget(self.folder)
        row.addWidget(choose)
        places.body.addWidget(
            SettingRow(theme, self.tr("New projects"), line, self.tr("The folder that new projects are made in."))
        )
        places.body.addWidget(self._facts_list)
        holder = QWidget()
        column = vertical(holder, margins_px=16, gap_px=12)
        for card in (who, look, places, self.plugins):
            card.setMaximumWidth(_CARD_PX)
            column.addWidget(card)
        column.addStretch(1)
        area = scrolled(holder, is_sideways=True, takes_focus=False)
        self.set_content(area)

    def _connect(self) -> None:
        self.operator.editingFinished.connect(self._on_operator)
        self.zone.editingFinished.connect(self._on_zone)
        self.folder.editingFinished.connect(self._on_folder)
        self.themes.chosen.connect(self._on_theme)
        self.scale.currentIndexChanged.connect(self._on_scale)

    def _show_facts(self) -> None:
        rows = [(self.tr("Settings, keys"), str(self.context.home))]
        if self.context.project is not None:
            rows.append((self.tr("Open project"), str(self.context.project)))
        self._facts_list.set_rows(rows)

    def _on_operator(self) -> None:
        self._store(operator=_text(self.operator))

    def _on_zone(self) -> None:
        name = _text(self.zone)
        is_known = not name or name in available_timezones()
        self.zone.set_invalid(not is_known)
        self._zone_row.show_error(
            "" if is_known else self.tr("'{zone}' is no zone. Type one such as Europe/Oslo.").format(zone=name)
        )
        if is_known:
            self._store(zone=name)

    def _on_folder(self) -> None:
        self._store(projects_folder=_text(self.folder))

    def _on_theme(self, name: str) -> None:
        self.theme.switch(name)
        self._store(theme=name)

    def _on_scale(self, _index: int) -> None:
        self._store(scale_percent=int(self.scale.value()))

    def _on_choose(self) -> None:
        self.context.messages.choose_folder(self.tr("Folder of new projects"), self._on_folder_chosen)

    def _on_folder_chosen(self, paths: list[Path]) -> None:
        self.folder.setText(str(paths[0]))
        self._on_folder()

    def _store(self, **changes: object) -> None:
        settings = self.context.settings
        if any(getattr(settings, name) != value for name, value in changes.items()):
            self.context.change_settings(**changes)


def _text(field: QLineEdit) -> str:
    return field.text().strip()
