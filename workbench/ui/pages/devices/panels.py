"""The two sides of the Devices page: ports at the left; this update and the second touch at the right."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from workbench.core.wire import LiveState, SlotState, Verdict
from workbench.services.bundles import (
    BundleListRequest,
    BundleListResult,
    BundleResult,
    BundleShowRequest,
    list_bundles,
    show_bundle,
)
from workbench.services.devices import DeviceTile, IdentifyResult, UpdateResult
from workbench.ui.context import AppContext
from workbench.ui.format import duration, short_hash, size, zone_of
from workbench.ui.pages.devices.words import model_state, model_words, verdict_name
from workbench.ui.states import State
from workbench.ui.widgets.buttons import FlatButton, SecondaryButton
from workbench.ui.widgets.card import KeyValueList, SectionHeader
from workbench.ui.widgets.fields import Choice
from workbench.ui.widgets.hold_button import HoldButton
from workbench.ui.widgets.layouts import horizontal, vertical
from workbench.ui.widgets.states import StateBadge
from workbench.ui.widgets.text import IconLabel, Text, hairline


class Tile(QFrame):
    """One port: tag, board, port, state. `chosen(port)`."""

    chosen = Signal(str)

    def __init__(self, context: AppContext, tile: DeviceTile, is_chosen: bool) -> None:
        super().__init__()
        self.port = tile.port
        self.has_answered = tile.passport is not None
        self.setProperty("frame", "card")
        self._theme = context.theme
        self._is_chosen = is_chosen
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        title = tile.passport.tag or tile.passport.serial if tile.passport else tile.description or tile.port
        self.setAccessibleName(f"{title} {tile.port}")
        column = vertical(self, margins_px=(12, 10, 12, 10), gap_px=3)
        head = horizontal(gap_px=8)
        head.addWidget(IconLabel(context.theme, "devices" if tile.passport else "unplug", "text1", 16))
        head.addWidget(Text(title, "label"))
        head.addStretch(1)
        column.addLayout(head)
        board = tile.passport.board if tile.passport else tile.error or self.tr("does not answer")
        column.addWidget(Text(board, "small", "text2", is_wrapped=True))
        column.addWidget(Text(tile.port.removeprefix("socket://"), "caption", "text3", is_mono=True))
        if tile.passport:
            self._badge = StateBadge(context.theme, *self._state_of(tile.slots, tile.live), is_quiet=True)
            column.addWidget(self._badge)

    def show_identity(self, identity: IdentifyResult) -> None:
        """What the device said since it was listed."""
        self._badge.set_state(*self._state_of(identity.slots, identity.live))

    def _state_of(self, slots: tuple[SlotState, ...], live: LiveState) -> tuple[State, str]:
        active = next((slot for slot in slots if slot.active), None)
        if active is None:
            return State.NOT_CHECKED, self.tr("No model yet")
        if live.state == Verdict.NO_DATA:
            return State.OUT_OF_SPECIFICATION, self.tr("Release {n} has no data").format(n=active.release)
        return State.GOOD, self.tr("Release {n} runs").format(n=active.release)

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.chosen.emit(self.port)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(self.port)
        else:
            super().keyPressEvent(event)

    def set_chosen(self, is_chosen: bool) -> None:
        """Draw it as chosen or not."""
        self._is_chosen = is_chosen
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_chosen:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colour("accent"), 1))
        painter.setBrush(self._theme.colour("selection"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.setClipRect(QRectF(0, 0, 3, self.height()))
        painter.setBrush(self._theme.colour("accent"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.end()


class PortPanel(QWidget):
    """What answers at which port; another port can be typed; a rehearsal can be started."""

    port_chosen = Signal(str)
    look_asked = Signal()
    rehearsal_asked = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._extra: list[str] = []
        self._tiles: list[Tile] = []
        self._list = vertical(gap_px=8)
        self.other = QLineEdit()
        self.other.setPlaceholderText("COM3, /dev/ttyUSB0, socket://…")
        self.other.setAccessibleName(self.tr("Another port"))
        self._ask = SecondaryButton(context.theme, self.tr("Ask this port"), "search")
        self._rehearse = SecondaryButton(context.theme, self.tr("Rehearsal"), "rehearsal")
        column = vertical(self)
        column.addWidget(SectionHeader(self.tr("Plugged in")))
        column.addWidget(hairline())
        tiles = QVBoxLayout()
        tiles.setContentsMargins(16, 12, 16, 12)
        tiles.addLayout(self._list)
        tiles.addStretch(1)
        column.addLayout(tiles, 1)
        column.addWidget(hairline())
        foot = vertical(margins_px=(16, 12, 16, 16), gap_px=8)
        for widget in (Text(self.tr("Another port"), "label"), self.other, self._ask, self._rehearse):
            foot.addWidget(widget)
        column.addLayout(foot)
        self._ask.clicked.connect(self._on_ask)
        self.other.returnPressed.connect(self._on_ask)
        self._rehearse.clicked.connect(self.rehearsal_asked)

    def extra_ports(self) -> tuple[str, ...]:
        """Ports that were typed or started here."""
        return tuple(self._extra)

    def add_port(self, port: str) -> None:
        """Ask this port too from now on."""
        if port not in self._extra:
            self._extra.append(port)

    def drop_port(self, port: str) -> None:
        """Ask this port no more: its rehearsal was ended."""
        if port in self._extra:
            self._extra.remove(port)

    def set_busy(self, is_busy: bool) -> None:
        """Nothing else may be chosen while a write runs."""
        for widget in (*self._tiles, self._ask, self._rehearse, self.other):
            widget.setEnabled(not is_busy)

    def choose(self, port: str) -> None:
        """Draw this port's tile as chosen."""
        for tile in self._tiles:
            tile.set_chosen(tile.port == port)

    def show_identity(self, identity: IdentifyResult) -> None:
        """The tile of a device that has just been asked says what it says now."""
        for tile in self._tiles:
            if tile.port == identity.port and tile.has_answered:
                tile.show_identity(identity)

    def show_tiles(self, found: tuple[DeviceTile, ...], chosen: str) -> None:
        """One tile a port: what answers first, then what doesn't."""
        for tile in self._tiles:
            self._list.removeWidget(tile)
            tile.hide()
            tile.deleteLater()
        listed = sorted(found, key=_answering_first)
        self._tiles = [Tile(self._context, tile, tile.port == chosen) for tile in listed]
        for tile in self._tiles:
            tile.chosen.connect(self.port_chosen)
            self._list.addWidget(tile)

    def _on_ask(self) -> None:
        if self.other.text().strip():
            self.add_port(self.other.text().strip())
            self.other.clear()
        self.look_asked.emit()


class UpdatePanel(QWidget):
    """Which bundle, how long it takes, the press-and-hold button, and the receipt afterwards."""

    bundle_changed = Signal()
    held = Signal()
    stop_asked = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._bundles: dict[str, BundleResult] = {}
        self._browsed: dict[str, BundleResult] = {}
        self.choice = Choice(context.theme)
        self.choice.setAccessibleName(self.tr("Bundle"))
        self._browse = FlatButton(context.theme, self.tr("Another file…"), "folder-open")
        self._facts = KeyValueList(key_px=84)
        self._device = KeyValueList(key_px=84)
        self._model = StateBadge(context.theme, State.NOT_CHECKED)
        self._model.setVisible(False)
        self._receipt = KeyValueList(key_px=84)
        self._receipt_title = Text(self.tr("Receipt"), "label")
        self._reason = Text("", "small", "text2", is_wrapped=True)
        self._touch = Text(self.tr("2   Write"), "label")
        self.hold = HoldButton(context.theme, self.tr("Write is locked"))
        self.stop = SecondaryButton(context.theme, self.tr("Stop writing"), "stop")
        self._estimate_s: float | None = None
        self._lay_out()
        self.choice.currentIndexChanged.connect(self._on_choice)
        self._browse.clicked.connect(self._on_browse)
        self.hold.held.connect(self.held)
        self.stop.clicked.connect(self.stop_asked)
        self.lock(self.tr("Choose a bundle first."))

    def load_bundles(self) -> None:
        """Read the project's bundles."""
        if self._context.project is not None:
            request = BundleListRequest(project=self._context.project_text)
            self._context.read(list_bundles, request, self._on_bundles, slot="devices.bundles")

    def bundle(self) -> BundleResult | None:
        """The bundle that is chosen."""
        return self._bundles.get(self.choice.value())

    def bundle_path(self) -> str:
        """Its file."""
        return self.choice.value()

    def show_identity(self, identity: IdentifyResult) -> None:
        """What the device says of itself."""
        passport = identity.passport
        free = size(passport.free_bytes)
        rows = [
            (self.tr("Serial"), passport.serial), (self.tr("Agent"), passport.agent_version),
            (self.tr("Model line"), passport.model_line or self.tr("not set yet")),
            (self.tr("Floor"), str(passport.security_floor)), (self.tr("Free"), free),
            (self.tr("Score"), model_words(identity.live, zone_of(self._context.settings.zone))),
        ]  # fmt: skip
        self._device.set_rows(rows)
        self._model.set_state(*model_state(identity.live))
        self._model.setVisible(True)
        self._show_parts(is_hold=True)

    def show_estimate(self, estimate_s: float | None) -> None:
        """How long it will take."""
        self._estimate_s = estimate_s
        self._show_facts()

    def show_receipt(self, result: UpdateResult) -> None:
        """Where the signed receipt is."""
        self._show_parts(has_receipt=True)
        name = Path(result.receipt).stem if result.receipt else ""
        rows = [
            (self.tr("Verdict"), verdict_name(result.verdict)),
            (self.tr("Written"), size(result.bytes)),
            (self.tr("Took"), duration(result.seconds)),
            (self.tr("Signed"), f"{short_hash(name, 3)} …" if name else "–"),
        ]
        self._receipt.set_rows(rows)
        safe = result.verdict == "verified" or result.state in ("refused", "rolled_back")
        word = (
            self.tr("Safe to pull the cable: yes.")
            if safe
            else self.tr("Leave the cable in, or plug it back in, until the update was resumed.")
        )
        self.lock(word)

    def show_writing(self) -> None:
        """While a write runs it can only be stopped."""
        self._show_parts(is_writing=True)
        self.lock(self.tr("The spare slot stays unfinished, and the old model is not touched. You may use the other pages."))

    def _show_parts(self, *, is_hold: bool = False, is_writing: bool = False, has_receipt: bool = False) -> None:
        touch: tuple[QWidget, ...] = (self._touch, self.hold)
        receipt: tuple[QWidget, ...] = (self._receipt, self._receipt_title, self._receipt_line)
        for widgets, is_shown in ((touch, is_hold), (receipt, has_receipt), ((self.stop,), is_writing)):
            for widget in widgets:
                widget.setVisible(is_shown)
        self.choice.setEnabled(is_hold)
        self._browse.setEnabled(is_hold)

    def lock(self, reason: str) -> None:
        """The second touch is locked, with the reason below."""
        self.hold.lock(self.tr("Write is locked"))
        self._reason.setText(reason)

    def unlock(self, text: str) -> None:
        """The second touch may be held."""
        self.hold.unlock(text)
        self._reason.setText(self.tr("Hold for two seconds, or hold Space. The old model keeps running meanwhile."))

    def _lay_out(self) -> None:
        column = vertical(self, margins_px=(16, 14, 16, 16), gap_px=10)
        head = QHBoxLayout()
        head.addWidget(Text(self.tr("This update"), "label"))
        head.addStretch(1)
        head.addWidget(self._browse)
        column.addLayout(head)
        column.addWidget(self.choice)
        column.addWidget(self._facts)
        column.addWidget(hairline())
        device = QHBoxLayout()
        device.addWidget(Text(self.tr("This device"), "label"))
        device.addStretch(1)
        device.addWidget(self._model)
        column.addLayout(device)
        column.addWidget(self._device)
        self._receipt_line = hairline()
        column.addWidget(self._receipt_line)
        column.addWidget(self._receipt_title)
        column.addWidget(self._receipt)
        column.addStretch(1)
        for widget in (self._touch, self.hold, self.stop, self._reason):
            column.addWidget(widget)
        self._show_parts(is_hold=True)

    def _show_facts(self) -> None:
        found = self.bundle()
        if found is None:
            self._facts.set_rows(())
            return
        rows = [(self.tr("Release"), f"{found.release}"), (self.tr("Model line"), found.model_line),
                (self.tr("Size"), size(found.size_bytes)), (self.tr("Boards"), ", ".join(found.boards)),
                (self.tr("Takes"), duration(self._estimate_s))]  # fmt: skip
        self._facts.set_rows(rows)

    def _on_bundles(self, result: object) -> None:
        assert isinstance(result, BundleListResult)
        self._bundles = {**{found.path: found for found in result.bundles}, **self._browsed}
        self._show_choices()
        wanted = self._context.selection.bundle
        if wanted:
            self.choice.set_value(wanted)
        self._show_facts()

    def _show_choices(self) -> None:
        options = [(path, f"{found.name} · {found.release}") for path, found in self._bundles.items()]
        self.choice.set_options(options)

    def _on_choice(self, _index: int) -> None:
        self._show_facts()
        self.bundle_changed.emit()

    def _on_browse(self) -> None:
        self._context.messages.choose_files(self.tr("Choose a bundle"), self.tr("Bundles (*.pwb)"), self._on_file)

    def _on_file(self, paths: list[Path]) -> None:
        if paths:
            self._context.read(show_bundle, BundleShowRequest(bundle=str(paths[0])), self._on_shown)

    def _on_shown(self, result: object) -> None:
        assert isinstance(result, BundleResult)
        self._browsed[result.path] = self._bundles[result.path] = result
        self._show_choices()
        self.choice.set_value(result.path)


def _answering_first(tile: DeviceTile) -> tuple[bool, str]:
    return tile.passport is None, tile.port
