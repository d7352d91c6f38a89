"""The bundle at the right: which one, its parts as a tree, its signatures, and the key to sign with."""

from __future__ import annotations

import secrets

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from workbench.core.errors import WorkbenchError
from workbench.core.jobs import Job
from workbench.core.runner import JobCall
from workbench.services.bundles import BundleResult
from workbench.services.keys import (
    KeyExportRequest,
    KeyListRequest,
    KeyNewRequest,
    KeysResult,
    TrustAddRequest,
    add_trust,
    export_key,
    list_keys,
    new_key,
)
from workbench.ui.context import AppContext
from workbench.ui.format import size
from workbench.ui.pages.page_parts import clear_layout
from workbench.ui.states import State
from workbench.ui.widgets.buttons import FlatButton, SecondaryButton
from workbench.ui.widgets.card import SectionHeader
from workbench.ui.widgets.fields import Choice
from workbench.ui.widgets.layouts import vertical
from workbench.ui.widgets.states import StateBadge
from workbench.ui.widgets.table import ArrayTable, Column
from workbench.ui.widgets.text import Text, hairline

_NEW = "new"
_MIN_PASSPHRASE = 8
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUP = 4


class BundlePanel(QWidget):
    """`changed` when what may be signed changed; `bundle_chosen(path)`."""

    changed = Signal()
    bundle_chosen = Signal(str)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._result: BundleResult | None = None
        self._head = SectionHeader(self.tr("Bundle"))
        self.choice = Choice(context.theme)
        self.choice.setAccessibleName(self.tr("Bundle"))
        self._outcome = StateBadge(context.theme, State.NOT_CHECKED, self.tr("No bundle built yet"))
        self._sentence = Text("", "small", "text2", is_wrapped=True)
        columns = (
            Column(key="name", title=self.tr("Part"), kind="mono", width_px=180, stretch=True),
            Column(key="size", title=self.tr("Size"), kind="number", width_px=80, tone="text2", is_sortable=False),
        )
        self.members = ArrayTable(context.theme, columns, row_px=24)
        self._signatures = QVBoxLayout()
        self.key = Choice(context.theme, [(_NEW, self.tr("New key…"))])
        self.key.setAccessibleName(self.tr("Key"))
        self.name = QLineEdit()
        self.name.setPlaceholderText(context.operator)
        self.name.setAccessibleName(self.tr("Name for the key"))
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.setPlaceholderText(self.tr("Passphrase"))
        self.passphrase.setAccessibleName(self.tr("Passphrase"))
        self.suggest = FlatButton(context.theme, self.tr("Suggest a passphrase"), "again")
        self.make = SecondaryButton(context.theme, self.tr("Make key and trust it here"), "key")
        self._hint = Text("", "caption", "text2", is_wrapped=True)
        self._problem = ""
        self._lay_out()
        self._connect()

    def load_keys(self) -> None:
        """Read this person's keys."""
        self._context.read(list_keys, KeyListRequest(), self._on_keys)

    def show_bundles(self, bundles: tuple[BundleResult, ...]) -> None:
        """The project's bundles, newest first."""
        signed = {True: self.tr("signed"), False: self.tr("not signed")}
        options = [(found.path, f"{found.name} · {found.release} · {signed[bool(found.signatures)]}") for found in bundles]
        self.choice.set_options(options)
        self.choice.setVisible(len(bundles) > 1)

    def show_bundle(self, result: BundleResult) -> None:
        """Parts and signatures of this one, and what checking it said."""
        self._result = result
        self.choice.blockSignals(True)
        self.choice.set_value(result.path)
        self.choice.blockSignals(False)
        self._head.title.setText(result.name or self.tr("Bundle"))
        self._head.facts.setText(self.tr("{n} parts").format(n=len(result.members)))
        self._show_outcome(result)
        self.members.setVisible(True)
        self.members.set_data(
            {"name": [member.name for member in result.members], "size": [size(member.size_bytes) for member in result.members]}
        )
        clear_layout(self._signatures)
        for mark in result.signatures:
            state = {True: State.GOOD, False: State.FAILURE, None: State.NOT_CHECKED}[mark.is_valid]
            word = {True: self.tr("trusted"), False: self.tr("does not match"), None: self.tr("key not known here")}[
                mark.is_valid
            ]
            badge = StateBadge(self._context.theme, state, f"{mark.name or mark.key_id} · {word}", is_quiet=True)
            self._signatures.addWidget(badge)
        if not result.signatures:
            self._signatures.addWidget(
                StateBadge(self._context.theme, State.NOT_CHECKED, self.tr("Not signed yet"), is_quiet=True)
            )

    def take_key(self) -> tuple[str, str]:
        """Key id and passphrase; the field is emptied."""
        passphrase = self.passphrase.text()
        self.passphrase.clear()
        return self.key.value(), passphrase

    def why_no_key(self) -> str:
        """Why nothing can be signed now, '' if it can."""
        if self.key.value() in ("", _NEW):
            return self.tr("Make or choose a key first")
        return "" if self.passphrase.text() else self.tr("Type the key's passphrase")

    def show_problem(self, text: str) -> None:
        """What was wrong with the key or its passphrase, below the field where it is mended."""
        self._problem = text
        self._show_hint()
        self.passphrase.setFocus()

    def _show_outcome(self, result: BundleResult) -> None:
        if result.outcome == "verified":
            self._outcome.set_state(State.GOOD, self.tr("Signed and verified"))
        elif not result.signatures:
            self._outcome.set_state(State.NOT_CHECKED, self.tr("Built, not signed yet"))
        else:
            word = result.outcome.replace("_", " ").capitalize()
            self._outcome.set_state(State.OUT_OF_SPECIFICATION, self.tr("Would be refused: {why}").format(why=word))
        self._sentence.setText(result.message if result.signatures else "")
        self._sentence.setVisible(bool(self._sentence.text()))

    def _lay_out(self) -> None:
        column = vertical(self)
        column.addWidget(self._head)
        column.addWidget(hairline())
        top = vertical(margins_px=(16, 12, 16, 12), gap_px=8)
        for widget in (self.choice, self._outcome, self._sentence):
            top.addWidget(widget)
        self.choice.setVisible(False)
        self._sentence.setVisible(False)
        column.addLayout(top)
        column.addWidget(self.members, 1)
        self.members.setVisible(False)
        column.addStretch(0)
        column.addWidget(hairline())
        marks = vertical(margins_px=(16, 12, 16, 12), gap_px=8)
        marks.addWidget(Text(self.tr("Signatures"), "label"))
        marks.addLayout(self._signatures)
        column.addLayout(marks)
        column.addWidget(hairline())
        column.addLayout(self._key_box())

    def _key_box(self) -> QVBoxLayout:
        box = vertical(margins_px=(16, 12, 16, 16), gap_px=8)
        box.addWidget(Text(self.tr("Sign with"), "label"))
        for widget in (self.key, self.name, self.passphrase, self._hint, self.suggest, self.make):
            box.addWidget(widget)
        return box

    def _connect(self) -> None:
        self.key.currentIndexChanged.connect(self._on_key)
        self.passphrase.textChanged.connect(self._on_typed)
        self.name.textChanged.connect(self._on_typed)
        self.suggest.clicked.connect(self._on_suggest)
        self.make.clicked.connect(self._on_make)
        self.choice.currentIndexChanged.connect(self._on_choice)
        self._on_key(0)

    def _on_keys(self, result: object) -> None:
        assert isinstance(result, KeysResult)
        options = [(key.id, f"{key.name} · {key.id[:8]}") for key in result.keys if key.state == "active"]
        self.key.set_options([*options, (_NEW, self.tr("New key…"))])
        if options and self.key.value() in ("", _NEW):
            self.key.set_value(options[0][0])
        self._on_key(0)

    def _on_key(self, _index: int) -> None:
        is_new = self.key.value() in ("", _NEW)
        self.name.setVisible(is_new)
        self.make.setVisible(is_new)
        self.suggest.setVisible(is_new)
        self._on_typed("")

    def _on_typed(self, _text: str) -> None:
        self._problem = ""
        is_long = len(self.passphrase.text()) >= _MIN_PASSPHRASE
        self.make.setEnabled(is_long)
        self._show_hint()
        self.changed.emit()

    def _show_hint(self) -> None:
        """Why nothing can be made or signed yet; what went wrong, in the colour of a failure."""
        is_new = self.key.value() in ("", _NEW)
        if is_new and not self.make.isEnabled():
            wanted = self.tr("A passphrase of at least {n} characters. It is asked at each signature.")
            hint = wanted.format(n=_MIN_PASSPHRASE)
        elif is_new and self.passphrase.echoMode() == QLineEdit.EchoMode.Normal:
            hint = self.tr("Write this passphrase down: it is asked at each signature, and nobody can find it again.")
        else:
            hint = "" if is_new else self.why_no_key()
        self._hint.setText(self._problem or hint)
        self._hint.set_tone("failure_text" if self._problem else "text2")
        self._hint.setVisible(bool(self._hint.text()))

    def _on_suggest(self) -> None:
        """Four groups of random letters, shown until the key is made: no keyboard is needed."""
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Normal)
        self.passphrase.setText(suggest_passphrase())

    def _on_make(self) -> None:
        maker = _KeyMaker(self.passphrase.text(), str(self._context.home / "own-key.pub"))
        request = KeyNewRequest(name=self.name.text().strip() or self._context.operator)
        call = JobCall(title=self.tr("Make key"), function=maker.make, request=request, slot="key.new", lane="thread")
        self._context.start_job(call, on_result=self._on_made, on_error=self._on_make_error)

    def _on_made(self, result: object) -> None:
        assert isinstance(result, KeysResult)
        self.name.clear()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self._on_keys(result)
        self.load_keys()

    def _on_make_error(self, error: WorkbenchError) -> None:
        self.show_problem(str(error))
        self.name.setFocus()

    def _on_choice(self, _index: int) -> None:
        if self.choice.value():
            self.bundle_chosen.emit(self.choice.value())


def suggest_passphrase() -> str:
    """Such as 'kx7m-p2qd-9fhw-t3nb': 16 of 31 signs that are not mistaken for each other, some 79 bits."""
    groups = ("".join(secrets.choice(_SIGNS) for _ in range(_GROUP)) for _ in range(_GROUP))
    return "-".join(groups)


class _KeyMaker:
    """Makes a key, writes its public part and trusts it on this laptop; the passphrase is forgotten afterwards."""

    def __init__(self, passphrase: str, public_file: str) -> None:
        self._passphrase = passphrase
        self._public_file = public_file

    def make(self, request: object, job: Job) -> object:
        """The new key's entry."""
        assert isinstance(request, KeyNewRequest)
        made = new_key(request, job, self._ask)
        self._passphrase = ""
        export_key(KeyExportRequest(key=made.keys[0].id, out=self._public_file), job)
        add_trust(TrustAddRequest(key_file=self._public_file), job)
        return made

    def _ask(self, _question: str) -> str:
        return self._passphrase
