"""Single parts: press and hold, notices, questions, segments, chips, empty states."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QPixmap, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from tests.ui.component_sheet import ComponentSheet
from workbench.app.window import Built
from workbench.ui.actions import Action
from workbench.ui.messages import Messages, NoticeText
from workbench.ui.states import State
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.buttons import ActionButton
from workbench.ui.widgets.hold_button import HoldButton
from workbench.ui.widgets.markdown import MarkdownView
from workbench.ui.widgets.segmented import Segmented
from workbench.ui.widgets.states import EmptyState, StateBadge
from workbench.ui.widgets.text import plain_tip

WaitFor = Callable[..., None]


def test_a_hold_button_acts_only_once_it_was_held(theme: ThemeSource, wait_for: WaitFor) -> None:
    button = HoldButton(theme, "Hold to write 2.3.0", hold_s=0.15)
    held: list[int] = []
    button.held.connect(_append(held))
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton)
    QTest.qWait(200)
    assert held == []
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    wait_for(lambda: held == [1])
    QTest.qWait(200)
    assert held == [1]


def _append(held: list[int]) -> Callable[[], None]:
    def append() -> None:
        held.append(1)

    return append


def test_a_hold_button_works_with_the_keyboard(theme: ThemeSource, wait_for: WaitFor) -> None:
    button = HoldButton(theme, "Hold", hold_s=0.1)
    held: list[int] = []
    button.held.connect(_append(held))
    QTest.keyPress(button, Qt.Key.Key_Space)
    wait_for(lambda: held == [1])
    QTest.keyRelease(button, Qt.Key.Key_Space)


def test_a_locked_hold_button_does_nothing_and_says_why(theme: ThemeSource) -> None:
    button = HoldButton(theme, "Hold", hold_s=0.05)
    button.lock("Locked: 1 light is red")
    held: list[int] = []
    button.held.connect(_append(held))
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    QTest.qWait(120)
    assert (held, button.accessibleName()) == ([], "Locked: 1 light is red")


def test_a_later_notice_with_the_same_key_replaces_the_former(built: Built) -> None:
    messages, area = built.context.messages, built.window.notices
    messages.post(NoticeText(text="24 %", key="battery"))
    messages.post(NoticeText(text="20 %", key="battery"))
    assert [notice.text for notice in area.shown()] == ["20 %"]
    messages.withdraw("battery")
    assert (area.shown(), area.isVisibleTo(built.window)) == ((), False)


def test_a_notice_that_asks_for_an_act_stays_and_its_button_acts(built: Built) -> None:
    acted: list[int] = []
    again = Action(id="cable.again", title="Test again", callback=_append(acted))
    key = built.context.messages.post(NoticeText(text="Cable out.", state=State.OUT_OF_SPECIFICATION, actions=(again,)))
    bar = built.window.notices.bar(key)
    bar.findChild(ActionButton).click()
    assert (acted, [notice.text for notice in built.window.notices.shown()]) == ([1], ["Cable out."])


def test_at_most_four_notices_are_shown(built: Built) -> None:
    for number in range(6):
        built.context.messages.post(NoticeText(text=str(number)))
    assert [notice.text for notice in built.window.notices.shown()] == ["5", "4", "3", "2"]


def test_destroying_asks_first_and_keep_is_the_default(built: Built, wait_for: WaitFor) -> None:
    messages = built.context.messages
    built.window.show()
    removed: list[int] = []
    for verb, expected in (("Keep", []), ("Remove", [1])):
        messages.confirm("Remove r-0412?", "The journal keeps that it was there.", "Remove", _append(removed))
        box = messages.question
        assert box is not None
        assert box.defaultButton().text() == "Keep"
        next(button for button in box.findChildren(QPushButton) if button.text() == verb).click()
        wait_for(lambda: messages.question is None)
        assert removed == expected


def test_a_file_chooser_hands_over_paths(built: Built, tmp_path: Path, wait_for: WaitFor) -> None:
    messages: Messages = built.context.messages
    built.window.show()
    (tmp_path / "a.csv").write_text("x", encoding="utf-8")
    chosen: list[list[Path]] = []
    messages.choose_files("Import log", "Logs (*.csv)", chosen.append)
    dialog = messages.chooser
    assert dialog is not None
    dialog.setDirectory(str(tmp_path))
    dialog.filesSelected.emit([str(tmp_path / "a.csv")])
    dialog.close()
    wait_for(lambda: messages.chooser is None)
    assert chosen == [[tmp_path / "a.csv"]]


def test_segments_tell_which_one(theme: ThemeSource) -> None:
    single = Segmented([("a", "A"), ("b", "B")], "a")
    chosen: list[str] = []
    single.chosen.connect(chosen.append)
    single.button("b").click()
    many = Segmented([("a", "A"), ("b", "B")], is_multiple=True)
    toggled: list[tuple[str, bool]] = []

    def note(name: str, is_on: bool) -> None:
        toggled.append((name, is_on))

    many.toggled.connect(note)
    many.button("a").click()
    many.button("b").click()
    assert (chosen, single.current(), toggled, many.is_on("a")) == (["b"], "b", [("a", True), ("b", True)], True)


def test_a_blocked_action_is_disabled_with_its_reason(theme: ThemeSource) -> None:
    action = Action(id="x.y", title="Set champion", callback=_append([]), blocked=_reason)
    button = ActionButton(theme, action)
    assert (button.isEnabled(), button.toolTip()) == (False, "No run is selected")


def _reason() -> str:
    return "No run is selected"


def test_a_badge_says_the_word_of_its_state(theme: ThemeSource) -> None:
    badge = StateBadge(theme, State.OUT_OF_SPECIFICATION)
    assert badge.text() == "Out of specification"
    badge.set_state(State.GOOD, "guarding")
    assert (badge.text(), badge.state) == ("guarding", State.GOOD)


def test_an_empty_state_offers_its_act(theme: ThemeSource) -> None:
    empty = EmptyState(theme, "logs", "No log yet", "Drop a file here.", "Import log")
    acted: list[int] = []
    empty.acted.connect(_append(acted))
    assert empty.button is not None
    empty.button.click()
    assert acted == [1]


def test_the_sheet_of_all_components_draws_in_every_theme(theme: ThemeSource) -> None:
    sheet = ComponentSheet(theme)
    sheet.resize(1280, 860)
    pictures = []
    for name in ("light", "dark", "sunlight"):
        theme.switch(name)
        pictures.append(sheet.grab().toImage())
    assert pictures[0] != pictures[1] != pictures[2]


HOSTILE = '<img src="//server/share/x.png"> P-1'


def test_names_that_look_like_markup_are_shown_as_they_are(theme: ThemeSource, built: Built) -> None:
    assert "<img" not in plain_tip(HOSTILE)
    assert plain_tip("P-1 & co") == "P-1 & co"
    built.context.messages.confirm(HOSTILE, HOSTILE, "Remove", lambda: None)
    question = built.context.messages.question
    assert question is not None
    assert question.textFormat() == Qt.TextFormat.PlainText
    question.close()


def test_markdown_fetches_no_picture(theme: ThemeSource, tmp_path: Path) -> None:
    picture = tmp_path / "seen.png"
    pixmap = QPixmap(4, 4)
    pixmap.fill()
    assert pixmap.save(str(picture))
    view = MarkdownView(theme, "Card")
    view.show_markdown(f"![]({picture})")
    shown = view.document().resource(QTextDocument.ResourceType.ImageResource.value, QUrl(str(picture)))
    assert isinstance(shown, QPixmap)
    assert shown.width() == 1
