"""Steps, slots, pre-flight lights and the first touch: which pump do you stand at?"""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from workbench.core.wire import SlotState
from workbench.services.bundles import BundleResult
from workbench.services.devices import IdentifyResult, Light, PreflightResult
from workbench.ui.context import AppContext
from workbench.ui.format import size
from workbench.ui.states import State, find_state
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.buttons import FlatButton
from workbench.ui.widgets.card import Card, KeyValueList
from workbench.ui.widgets.states import StateBadge
from workbench.ui.widgets.text import StateSymbol, Text, hairline

_SETTLE_MS = 600
_ROW_PX = 34


class StepBar(QFrame):
    """Where the update stands: done, here, to come."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("frame", "card")
        self.setFixedHeight(36)
        names = (self.tr("Identify"), self.tr("Pre-flight"), self.tr("Write"), self.tr("Read back"), self.tr("Test boot"),
                 self.tr("Self-test"), self.tr("Confirm"), self.tr("Receipt"))  # fmt: skip
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(0)
        self._labels = [Text(name, "small", "text2") for name in names]
        self._names = names
        for index, label in enumerate(self._labels):
            if index:
                row.addStretch(1)
            row.addWidget(label)

    def set_current(self, current: int) -> None:
        """Steps before `current` are done."""
        for index, (label, name) in enumerate(zip(self._labels, self._names, strict=True)):
            mark = "✓" if index < current else "●" if index == current else "○"
            label.setText(f"{mark} {name}")
            label.set_tone("text1" if index == current else "text2")


class SlotCard(Card):
    """One slot: what is in it and what it does."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(padding_px=14)
        head = QHBoxLayout()
        self._role = Text("", "group", "text2")
        self._badge = StateBadge(context.theme, State.NOT_CHECKED, "", is_quiet=True)
        head.addWidget(self._role)
        head.addStretch(1)
        head.addWidget(self._badge)
        self._release = Text("", "title")
        self._facts = KeyValueList(key_px=72)
        self.body.addLayout(head)
        self.body.addWidget(self._release)
        self.body.addWidget(self._facts)

    def show_slot(self, slot: SlotState, bundle: BundleResult | None) -> None:
        """Show a slot; the spare one also says what would be written."""
        letter = "AB"[slot.slot] if slot.slot in (0, 1) else str(slot.slot)
        role = self.tr("active") if slot.active else self.tr("spare")
        self._role.setText(self.tr("Slot {letter} · {role}").format(letter=letter, role=role).upper())
        known = str(slot.release) if slot.release else self.tr("empty")
        text = f"{known} → {bundle.release}" if bundle and not slot.active else known
        self._release.setText(text)
        if slot.active:
            word = self.tr("Guarding") if slot.confirmed else self.tr("On test")
            self._badge.set_state(State.GOOD if slot.confirmed else State.FUNCTION_CHECK, word)
        else:
            self._badge.set_state(State.NOT_CHECKED, self.tr("Not running"))
        name = bundle.name if bundle and not slot.active else slot.name
        amount = bundle.size_bytes if bundle and not slot.active else slot.size_bytes
        written = self.tr("nothing yet") if bundle and not slot.active else self.tr("confirmed") if slot.confirmed else "–"
        self._facts.set_rows([(self.tr("Bundle"), name or "–"), (self.tr("Size"), size(amount) if amount else "–"),
                              (self.tr("Written"), written)])  # fmt: skip


class LightRow(QFrame):
    """Symbol, name, value; a fix in words on rows that are not good."""

    def __init__(self, theme: ThemeSource, light: Light) -> None:
        super().__init__()
        state = find_state(light.state) or State.NOT_CHECKED
        self.setMinimumHeight(_ROW_PX)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(10)
        row.addWidget(StateSymbol(theme, state, 16))
        name = Text(light.name, "strong")
        name.setFixedWidth(130)
        row.addWidget(name)
        text = light.value if state is State.GOOD or not light.fix else f"{light.value} {light.fix}"
        tone = "failure_text" if state is State.FAILURE else "text2"
        row.addWidget(Text(text, "small", tone, is_wrapped=True), 1)


class CheckView(QWidget):
    """`tag_changed` when another pump was named; `check_asked` for all lights again."""

    tag_changed = Signal()
    check_asked = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._identity: IdentifyResult | None = None
        self.steps = StepBar()
        self._slots = (SlotCard(context), SlotCard(context))
        self._card = Card(self.tr("Pre-flight"), padding_px=0)
        self._again = FlatButton(context.theme, self.tr("Check all again"), "again")
        self._summary = StateBadge(context.theme, State.NOT_CHECKED, self.tr("Choose a bundle"), is_quiet=True)
        self._card.header.add(self._summary)
        self._card.header.add(self._again)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self.tag_field = QLineEdit()
        self.tag_field.setFixedWidth(150)
        self.tag_field.setPlaceholderText("P-2041A")
        self.tag_field.setAccessibleName(self.tr("Tag of the pump you stand at"))
        self._match = StateBadge(context.theme, State.NOT_CHECKED, self.tr("Not named yet"), is_quiet=True)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._lay_out()
        self._again.clicked.connect(self.check_asked)
        self.tag_field.textChanged.connect(self._on_typed)
        self.tag_field.returnPressed.connect(self.tag_changed)
        self._settle.timeout.connect(self.tag_changed)

    def focus_first(self) -> None:
        """The tag field: the first touch."""
        self.tag_field.setFocus()

    def tag(self) -> str:
        """The tag that was typed."""
        return self.tag_field.text().strip()

    def clear_tag(self) -> None:
        """Each update asks again."""
        self.tag_field.clear()

    def is_tag_right(self) -> bool:
        """Whether the tag that was typed is the device's."""
        return self._identity is not None and bool(self.tag()) and self.tag().casefold() == self._identity.passport.tag.casefold()

    def show_identity(self, identity: IdentifyResult | None) -> None:
        """Slots of the device; lights wait for a bundle."""
        self._identity = identity
        self.steps.set_current(1)
        if identity is not None:
            self._show_slots(identity, None)
        self._on_match()

    def show_lights(self, result: PreflightResult, bundle: BundleResult | None) -> None:
        """All lights, and what is to be fixed."""
        self._show_slots(result.identity, bundle)
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for index, light in enumerate(result.lights):
            if index:
                self._rows.addWidget(hairline())
            self._rows.addWidget(LightRow(self._context.theme, light))
        self._rows.addStretch(1)
        good = sum(light.state == State.GOOD for light in result.lights)
        red = sum(light.state == State.FAILURE for light in result.lights)
        self._card.set_title(self.tr("Pre-flight"), self.tr("{n} of {all} ready").format(n=good, all=len(result.lights)))
        if red:
            self._summary.set_state(State.FAILURE, self.tr("{n} to fix before writing").format(n=red))
        else:
            self._summary.set_state(State.GOOD, self.tr("Nothing to fix"))
        self._on_match()

    def _show_slots(self, identity: IdentifyResult, bundle: BundleResult | None) -> None:
        for card, slot in zip(self._slots, identity.slots, strict=False):
            card.show_slot(slot, bundle)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.steps)
        slots = QHBoxLayout()
        slots.setSpacing(12)
        for card in self._slots:
            slots.addWidget(card, 1)
        column.addLayout(slots)
        inner = QWidget()
        inner.setLayout(self._rows)
        self._rows.setContentsMargins(0, 0, 0, 0)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(inner)
        self._card.body.addWidget(scroll)
        column.addWidget(self._card, 1)
        touch = Card(padding_px=14)
        row = QHBoxLayout()
        row.setSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(Text(self.tr("1   Which pump do you stand at?"), "label"))
        words.addWidget(Text(self.tr("Scan the plate or type its tag."), "small", "text2"))
        row.addLayout(words)
        row.addStretch(1)
        row.addWidget(self.tag_field)
        row.addWidget(self._match)
        touch.body.addLayout(row)
        column.addWidget(touch)

    def _on_typed(self, _text: str) -> None:
        self._on_match()
        self._settle.start()

    def _on_match(self) -> None:
        if not self.tag():
            self._match.set_state(State.NOT_CHECKED, self.tr("Not named yet"))
        elif self.is_tag_right():
            self._match.set_state(State.GOOD, self.tr("Matches the device"))
        else:
            device = self._identity.passport.tag if self._identity else "–"
            self._match.set_state(State.FAILURE, self.tr("The device is {tag}").format(tag=device))
