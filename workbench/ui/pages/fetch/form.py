"""What to fetch: a source, its description, times and tags; and what it would open, to be agreed to."""

from __future__ import annotations

from pathlib import Path

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from workbench.core.errors import RequestError, WorkbenchError
from workbench.core.requests import build
from workbench.services.fetch_sources import FetchLookRequest, FetchLookResult, SourceKind
from workbench.services.log_fetch import FetchRequest
from workbench.ui.context import AppContext
from workbench.ui.widgets.buttons import SecondaryButton
from workbench.ui.widgets.card import Card
from workbench.ui.widgets.fields import CheckBox, Choice
from workbench.ui.widgets.form import RequestForm
from workbench.ui.widgets.layouts import horizontal, scrolled, vertical
from workbench.ui.widgets.text import Text

_OWN = ("project", "source", "config", "connect", "remember", "answer")
_MEMORY = "historian sources"
_MOST_KEPT = 12
_CARD_PX = 560


class FetchForm(QWidget):
    """`changed()` on every edit, `look_asked()` when another description was chosen."""

    changed = Signal()
    look_asked = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._facts: FetchLookResult | None = None
        self.kind = Choice(context.theme)
        self.kind.setAccessibleName(self.tr("Kind of source"))
        self.config = Choice(context.theme)
        self.config.setAccessibleName(self.tr("Description"))
        self.choose = SecondaryButton(context.theme, self.tr("Choose a description…"), "folder-open")
        self.opens = Text("", "body", "text1", is_wrapped=True)
        self.agree = CheckBox(context.theme, "")
        self.secret = QLineEdit()
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.secret.setPlaceholderText(self.tr("Password"))
        self.secret.setAccessibleName(self.tr("Password"))
        self.keep = CheckBox(context.theme, self.tr("Keep the password in this system's key store"))
        self.fields = RequestForm(context.theme, FetchRequest, hidden=_OWN)
        self._lay_out()
        self.choose.clicked.connect(self._on_choose)
        self.kind.currentIndexChanged.connect(self._on_source)
        self.config.currentIndexChanged.connect(self._on_source)
        self.agree.toggled.connect(self._on_edited)
        self.secret.textChanged.connect(self._on_edited)
        self.fields.changed.connect(self.changed)
        self.show_facts(None)

    @property
    def name(self) -> str:
        """What the description calls the source."""
        return self._facts.name if self._facts is not None else self.tr("a historian")

    def show_sources(self, sources: tuple[SourceKind, ...]) -> None:
        """List these kinds, and the descriptions that were used before."""
        for choice, options in (
            (self.kind, [(one.kind, one.name) for one in sources]),
            (self.config, [(path, Path(path).name) for path in self._kept()]),
        ):
            chosen = choice.value()
            choice.blockSignals(True)
            choice.set_options(options)
            choice.set_value(chosen or (options[0][0] if options else ""))
            choice.blockSignals(False)
        self.config.setVisible(self.config.count() > 0)
        self.changed.emit()

    def show_config(self, path: Path) -> None:
        """Take a description."""
        if self.config.findData(str(path)) < 0:
            self.config.blockSignals(True)
            self.config.addItem(path.name, str(path))
            self.config.blockSignals(False)
        self.config.show()
        if self.config.value() == str(path):
            self._on_source(0)
        self.config.set_value(str(path))

    def look_request(self) -> FetchLookRequest | None:
        """What to look at; None while nothing is chosen."""
        kind, path = self.kind.value(), self.config.value()
        return FetchLookRequest(source=kind, config=path) if kind and path else None

    def show_facts(self, facts: FetchLookResult | None) -> None:
        """Say what it would open; nothing is agreed to yet."""
        self._facts = facts
        self.opens.set_tone("text1" if facts is not None else "text2")
        if facts is None:
            self.opens.setText(self.tr("Choose the description of a source: a small TOML file that says where its table is."))
        else:
            where = self.tr("It connects to {host} and to nothing else.").format(host=facts.host) if facts.host else ""
            self.opens.setText(f"{facts.name} {facts.opens}. {where}".strip())
        has_host = facts is not None and bool(facts.host)
        self.agree.setText(self.tr("Connect to {host} for this fetch").format(host=facts.host if facts is not None else ""))
        self.agree.updateGeometry()
        self.agree.setChecked(False)
        self.agree.setVisible(has_host)
        needs = facts is not None and facts.needs_secret and not facts.is_kept
        self.secret.setVisible(needs)
        self.keep.setVisible(needs and facts is not None and facts.can_keep)
        self.changed.emit()

    def show_refusal(self, error: WorkbenchError) -> None:
        """The description can't be used."""
        self.show_facts(None)
        self.opens.setText(f"{error.message} {error.hint}".strip())
        self.opens.set_tone("failure_text")

    def request(self, project: str) -> FetchRequest:
        """What to fetch; raises RequestError."""
        values = self.fields.values()
        host = self._facts.host if self._facts is not None and self.agree.isChecked() else ""
        own = {
            "project": project, "source": self.kind.value(), "config": self.config.value(), "connect": host,
            "remember": self.keep.isVisibleTo(self) and self.keep.isChecked(),
        }  # fmt: skip
        return build(FetchRequest, {**values, **own})

    def take_secret(self) -> str:
        """The password; the field is emptied."""
        typed = self.secret.text()
        self.secret.clear()
        return typed

    def why_no_request(self) -> str:
        """Why there is nothing to be asked yet, '' when there is."""
        if self.look_request() is None or self._facts is None:
            return self.tr("Choose a description")
        try:
            values = {name: self.fields.field(name).value() for name in ("start", "end")}
        except RequestError as error:
            return error.message
        return "" if all(values.values()) else self.tr("Say from when until when")

    def why_not(self) -> str:
        """Why nothing can be fetched, '' when it can."""
        missing = self.why_no_request()
        if missing or self._facts is None:
            return missing
        if self._facts.host and not self.agree.isChecked():
            return self.tr("Agree to the connection first")
        needs = self._facts.needs_secret and not self._facts.is_kept
        return self.tr("Type the password") if needs and not self.secret.text() else ""

    def remember(self) -> None:
        """Keep where this description is, for the next time; the newest first."""
        kept = list(dict.fromkeys([self.config.value(), *self._kept()]))[:_MOST_KEPT]
        choices = {**self._context.settings.import_choices, _MEMORY: msgspec.json.encode(kept).decode()}
        self._context.change_settings(import_choices=choices)

    def focus_first(self) -> None:
        """The description."""
        (self.config if self.config.isVisible() else self.choose).setFocus()

    def _kept(self) -> list[str]:
        text = self._context.settings.import_choices.get(_MEMORY, "")
        try:
            found = msgspec.json.decode(text, type=list[str]) if text else []
        except msgspec.MsgspecError:
            found = []
        return [path for path in found if Path(path).is_file()]

    def _on_choose(self) -> None:
        self._context.messages.choose_files(self.tr("Description of a source"), "TOML (*.toml)", self._on_chosen)

    def _on_chosen(self, paths: list[Path]) -> None:
        if paths:
            self.show_config(paths[0])

    def _on_source(self, _index: int) -> None:
        self.show_facts(None)
        self.look_asked.emit()

    def _on_edited(self, _value: object) -> None:
        self.changed.emit()

    def _lay_out(self) -> None:
        source = Card(self.tr("Source"), self.tr("described in a file, never with a password in it"))
        row = horizontal(gap_px=8)
        row.addWidget(self.config, 1)
        row.addWidget(self.choose)
        row.addStretch(0)
        for one in (self.kind, row, self.opens, self.agree, self.secret, self.keep):
            if isinstance(one, QHBoxLayout):
                source.body.addLayout(one)
            else:
                source.body.addWidget(one)
        what = Card(self.tr("What"), self.tr("read like a file: with its doubts asked, its units and qualities"))
        what.body.addWidget(self.fields)
        inner = QWidget()
        column = vertical(inner, margins_px=16, gap_px=12)
        for card in (source, what):
            card.setMaximumWidth(_CARD_PX)
            column.addWidget(card)
        column.addStretch(1)
        scroll = scrolled(inner, is_sideways=True)
        outer = vertical(self)
        outer.addWidget(scroll)
