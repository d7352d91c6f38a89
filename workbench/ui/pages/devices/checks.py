"""Steps, slots, pre-flight lights and the first touch: which pump do you stand at?"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QWidget

from workbench.core.wire import SlotState, Verdict
from workbench.services.bundles import BundleResult
from workbench.services.devices import IdentifyResult, Light, PreflightResult
from workbench.services.projects import ProjectRequest, ProjectResult, show_project
from workbench.ui.context import AppContext
from workbench.ui.format import size
from workbench.ui.pages.devices.words import light_fix, light_name, plain_sizes
from workbench.ui.pages.page_parts import clear_layout
from workbench.ui.states import State, find_state
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.buttons import FlatButton
from workbench.ui.widgets.card import Card, KeyValueList
from workbench.ui.widgets.layouts import horizontal, scrolled, vertical
from workbench.ui.widgets.menu_button import PickMenuButton
from workbench.ui.widgets.states import StateBadge
from workbench.ui.widgets.text import StateSymbol, Text, hairline

_SETTLE_MS = 600
_ROW_PX = 34
_MARK_PX = 17
_TAG_PX = 116


class StepBar(QFrame):
    """Where the update stands: done, here, to come."""

    def __init__(self, theme: ThemeSource) -> None:
        super().__init__()
        self.setProperty("frame", "card")
        self.setFixedHeight(36)
        self._theme = theme
        self._current = 0
        self._names = (self.tr("Identify"), self.tr("Pre-flight"), self.tr("Write"), self.tr("Read back"), self.tr("Test boot"),
                       self.tr("Self-test"), self.tr("Confirm"), self.tr("Receipt"))  # fmt: skip
        theme.changed.connect(self._redraw)

    def set_current(self, current: int) -> None:
        """Steps before `current` are done; with `len(steps)` all are."""
        self._current = current
        done = self._names[: self._current]
        here = self._names[current] if current < len(self._names) else self.tr("done")
        self.setAccessibleName(self.tr("Step {name}, {n} done").format(name=here, n=len(done)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index, (left, width) in enumerate(self._places(painter)):
            self._paint_step(painter, index, QRectF(left, 1, width, self.height() - 2))
        painter.end()

    def _places(self, painter: QPainter) -> list[tuple[float, float]]:
        """Each step as wide as its words; what is left over goes between all of them."""
        painter.setFont(self._theme.font("strong"))
        widths = [painter.fontMetrics().horizontalAdvance(name) + _MARK_PX for name in self._names]
        air = max(4.0, (self.width() - 2 - sum(widths)) / len(widths))
        places, left = [], 1.0
        for width in widths:
            places.append((left, width + air))
            left += width + air
        return places

    def _paint_step(self, painter: QPainter, index: int, box: QRectF) -> None:
        theme, is_here = self._theme, index == self._current
        if is_here:
            painter.fillRect(box, theme.colour("selection"))
            painter.fillRect(QRectF(box.left(), box.bottom() - 1, box.width(), 2), theme.colour("accent"))
        painter.setFont(theme.font("strong" if is_here else "small"))
        metrics = painter.fontMetrics()
        name = self._names[index]
        left = box.left() + (box.width() - metrics.horizontalAdvance(name) - _MARK_PX) / 2
        middle = box.center().y()
        if index < self._current:
            painter.drawPixmap(QPointF(left, middle - 6), theme.pixmap("check", "text1", 12, self.devicePixelRatioF()))
        else:
            painter.setPen(QPen(theme.colour("accent" if is_here else "text3"), 1.2))
            painter.setBrush(theme.colour("accent") if is_here else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(left + 6, middle), 3.5, 3.5)
        painter.setPen(theme.colour("text1" if is_here else "text2"))
        painter.drawText(QPointF(left + _MARK_PX, middle + metrics.capHeight() / 2), name)

    def _redraw(self, _tokens: object) -> None:
        self.update()


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

    def show_slot(self, slot: SlotState, bundle: BundleResult | None, *, has_data: bool = True) -> None:
        """Show a slot; the spare one also says what would be written. A model without data guards nothing."""
        letter = "AB"[slot.slot] if slot.slot in (0, 1) else str(slot.slot)
        role = self.tr("active") if slot.active else self.tr("spare")
        self._role.setText(self.tr("Slot {letter} · {role}").format(letter=letter, role=role).upper())
        known = str(slot.release) if slot.release else self.tr("empty")
        text = f"{known} → {bundle.release}" if bundle and not slot.active else known
        self._release.setText(text)
        if slot.active and slot.confirmed and not has_data:
            self._badge.set_state(State.OUT_OF_SPECIFICATION, self.tr("No data"))
        elif slot.active:
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
        row = horizontal(self, margins_px=(16, 0, 16, 0), gap_px=10)
        row.addWidget(StateSymbol(theme, state, 16))
        name = Text(light_name(light.name), "strong")
        name.setFixedWidth(130)
        row.addWidget(name)
        fix = "" if state is State.GOOD else light_fix(light)
        value = plain_sizes(light.value)
        text = f"{value}. {fix}" if fix and not value.endswith(".") else f"{value} {fix}"
        self._theme, self._is_red = theme, state is State.FAILURE
        tone = "failure_text" if state is State.FAILURE else "text2"
        row.addWidget(Text(text.strip(), "small", tone, is_wrapped=True), 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._is_red:
            painter = QPainter(self)
            painter.fillRect(self.rect(), self._theme.colour("failure_tint"))
            painter.end()


class CheckView(QWidget):
    """`tag_typed` at each key, `tag_changed` when another pump was named; `check_asked` for all lights again."""

    tag_changed = Signal()
    tag_typed = Signal()
    check_asked = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._identity: IdentifyResult | None = None
        self.steps = StepBar(context.theme)
        self._slots = (SlotCard(context), SlotCard(context))
        self._card = Card(self.tr("Pre-flight"), padding_px=0)
        self._again = FlatButton(context.theme, self.tr("Check all again"), "again")
        self._summary = StateBadge(context.theme, State.NOT_CHECKED, self.tr("Choose a bundle"), is_quiet=True)
        self._card.header.add(self._summary)
        self._card.header.add(self._again)
        self._rows = vertical()
        self.tag_field = QLineEdit()
        self.tag_field.setFixedWidth(_TAG_PX)
        self.tag_field.setPlaceholderText("P-2041A")
        self.tag_field.setAccessibleName(self.tr("Tag of the pump you stand at"))
        self.tags = PickMenuButton(context.theme, self.tr("Choose"), "chevron-down")
        self.tags.setAccessibleName(self.tr("Choose the tag among this project's pumps"))
        self.tags.set_texts(())
        self._match = StateBadge(context.theme, State.NOT_CHECKED, self.tr("Not named yet"), is_quiet=True)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._lay_out()
        self._again.clicked.connect(self.check_asked)
        self.tag_field.textChanged.connect(self._on_typed)
        self.tag_field.returnPressed.connect(self.tag_changed)
        self.tags.picked.connect(self.tag_field.setText)
        self._settle.timeout.connect(self.tag_changed)

    def focus_first(self) -> None:
        """The tag field: the first touch."""
        self.tag_field.setFocus()

    def tag(self) -> str:
        """The tag that was typed."""
        return self.tag_field.text().strip()

    def asset(self) -> str:
        """The tag as the device spells it where only the case differs, else as it was typed."""
        return self._identity.passport.tag if self._identity is not None and self.is_tag_right() else self.tag()

    def clear_tag(self) -> None:
        """Each update asks again."""
        self.tag_field.blockSignals(True)
        self.tag_field.clear()
        self.tag_field.blockSignals(False)
        self._on_match()

    def is_tag_right(self) -> bool:
        """Whether the tag that was typed is the device's."""
        return self._identity is not None and bool(self.tag()) and self.tag().casefold() == self._identity.passport.tag.casefold()

    def load_tags(self) -> None:
        """Read the project's pumps: their tags can be chosen without a keyboard."""
        if self._context.project is not None:
            self._context.read(show_project, ProjectRequest(project=self._context.project_text), self._on_project)

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
        clear_layout(self._rows)
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

    def _on_project(self, result: object) -> None:
        assert isinstance(result, ProjectResult)
        self.tags.set_texts(asset.tag for asset in result.assets)

    def _show_slots(self, identity: IdentifyResult, bundle: BundleResult | None) -> None:
        spare = _spare_of(identity.slots)
        for card, slot in zip(self._slots, identity.slots, strict=False):
            has_data = identity.live.state != Verdict.NO_DATA
            card.show_slot(slot, bundle if slot.slot == spare else None, has_data=has_data)

    def _lay_out(self) -> None:
        column = vertical(self, gap_px=12)
        column.addWidget(self.steps)
        slots = horizontal(gap_px=12)
        for card in self._slots:
            slots.addWidget(card, 1)
        column.addLayout(slots)
        inner = QWidget()
        inner.setLayout(self._rows)
        self._rows.setContentsMargins(0, 0, 0, 0)
        scroll = scrolled(inner, is_sideways=True)
        self._card.body.addWidget(scroll)
        column.addWidget(self._card, 1)
        touch = Card(padding_px=14)
        row = horizontal(gap_px=8)
        words = vertical()
        words.addWidget(Text(self.tr("1   Which pump are you at?"), "label", is_wrapped=True))
        words.addWidget(Text(self.tr("Scan, type or choose its tag."), "small", "text2", is_wrapped=True))
        row.addLayout(words, 1)
        row.addWidget(self.tag_field)
        row.addWidget(self.tags)
        row.addWidget(self._match)
        touch.body.addLayout(row)
        column.addWidget(touch)

    def _on_typed(self, _text: str) -> None:
        self._on_match()
        self.tag_typed.emit()
        self._settle.start()

    def _on_match(self) -> None:
        if not self.tag():
            self._match.set_state(State.NOT_CHECKED, self.tr("Not named yet"))
        elif self.is_tag_right():
            self._match.set_state(State.GOOD, self.tr("Matches the device"))
        else:
            device = self._identity.passport.tag if self._identity else "–"
            self._match.set_state(State.FAILURE, self.tr("The device is {tag}").format(tag=device))


def _spare_of(slots: tuple[SlotState, ...]) -> int | None:
    """The slot that an update would be written to: the first that neither runs nor stays."""
    return next((slot.slot for slot in slots if not slot.active and not slot.confirmed), None)
