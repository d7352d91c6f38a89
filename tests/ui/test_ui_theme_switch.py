"""Another theme while the window is open: what is seen changes at once, what is hidden when it is shown, and each part once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from tests.ui.conftest import OpenPage
from workbench.app.window import Built, build
from workbench.core.settings import Settings
from workbench.ui.page_table import PAGES
from workbench.ui.pages.label.page import LabelPage
from workbench.ui.pages.logs.modes import MODES, TIME
from workbench.ui.pages.logs.page import LogsPage
from workbench.ui.pages.settings.page import SettingsPage

WaitFor = Callable[..., None]


class EventCounter(QObject):
    """How often which event came to widgets below the watched ones."""

    def __init__(self) -> None:
        super().__init__()
        self.n_by_type: Counter[QEvent.Type] = Counter()

    def watch(self, *widgets: QWidget) -> int:
        """Returns how many widgets that is."""
        watched = [one for widget in widgets for one in (widget, *widget.findChildren(QWidget))]
        for one in watched:
            one.installEventFilter(self)
        return len(watched)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.n_by_type[event.type()] += 1
        return False


@pytest.fixture
def in_dark(app: QApplication, home: Path) -> Iterator[Built]:
    """A second window, dark from the start."""
    made = build(home, Settings(operator="Operator 1", theme="dark"))
    made.window.resize(1280, 800)
    yield made
    made.close()
    made.window.deleteLater()


def _picture(built: Built, page_id: str, wait_for: WaitFor) -> QImage:
    """The page as it is shown, when all that it reads was read twice."""
    for other in (page_id, "help", page_id):
        built.window.show_page(other)
        _rest(built, built.window.host.page(other), wait_for)
    built.window.host.page(page_id).setFocus()  # no cursor blinks in a field
    _rest(built, built.window.host.page(page_id), wait_for)
    return built.window.host.page(page_id).grab().toImage()


def test_pages_that_were_hidden_look_as_if_they_were_made_in_the_theme(built: Built, in_dark: Built, wait_for: WaitFor) -> None:
    built.window.show()
    in_light = {entry.id: _picture(built, entry.id, wait_for) for entry in PAGES}
    built.window.show_page("start")
    built.context.change_settings(theme="dark")
    built.context.theme.switch("dark")
    switched = {entry.id: _picture(built, entry.id, wait_for) for entry in PAGES}
    built.window.hide()
    in_dark.context.theme.apply()
    in_dark.window.show()
    expected = {entry.id: _picture(in_dark, entry.id, wait_for) for entry in PAGES}
    assert [name for name in expected if switched[name] != expected[name]] == []
    assert [name for name in expected if switched[name] == in_light[name]] == []


def test_a_way_to_look_that_was_hidden_looks_as_if_it_was_made_in_the_theme(
    built: Built, in_dark: Built, log_project: Path, wait_for: WaitFor
) -> None:
    in_light = _modes(built, log_project, wait_for)
    built.window.host.page("logs").modes.choose(TIME)
    for theme in ("sunlight", "dark"):
        built.context.theme.switch(theme)
    switched = _modes(built, log_project, wait_for)
    built.window.hide()
    expected = _modes(in_dark, log_project, wait_for)
    assert [name for name in expected if switched[name] != expected[name]] == []
    assert [name for name in expected if switched[name] == in_light[name]] == []


def _modes(built: Built, project: Path, wait_for: WaitFor) -> dict[str, QImage]:
    """Each way to look, seen for the second time: some fields are filled from what was read first."""
    built.context.theme.apply()
    built.context.open_project(project)
    wait_for(lambda: built.context.project == project)
    built.window.show()
    built.window.show_page("logs")
    page = built.window.host.page("logs")
    assert isinstance(page, LogsPage)
    wait_for(lambda: page.view.logs is not None)
    found = {}
    for entry in (*MODES, *MODES):
        page.modes.choose(entry.id)
        page.setFocus()
        _rest(built, page, wait_for)
        found[entry.id] = page.modes.mode(entry.id).grab().toImage()
    return found


def test_nothing_in_the_window_goes_undressed(open_page: OpenPage, built: Built, log_project: Path, wait_for: WaitFor) -> None:
    page = open_page(log_project, "logs", LogsPage)
    wait_for(lambda: page.view.logs is not None)
    for entry in MODES:
        page.modes.choose(entry.id)
    _rest(built, page, wait_for)
    window = built.window
    window.open_palette()
    window.host.build_all()
    window.palette_box.close_palette()
    bare = [one for one in window.findChildren(QWidget) if not _is_dressed(one)]
    # What holds dressed parts paints nothing; ring and veil paint all of theirs themselves.
    holders = {window.centralWidget(), window.host, window.ring, window.veil, page, page.view, page.modes.stack}
    assert [type(one).__name__ for one in bare if one not in holders and one.parent() is not page] == []
    assert {type(one).__name__ for one in bare if one.parent() is page} == {"QStackedWidget"}
    menu = window.make_menu()
    fields = [window.host.page("settings"), window.host.page("label")]
    assert isinstance(fields[0], SettingsPage)
    assert isinstance(fields[1], LabelPage)
    popups = [fields[0].zone.completer().popup(), fields[1].inspector.name.completer().popup()]
    assert [_is_dressed(one) for one in (menu, *popups)] == [True, True, True]
    menu.close()
    menu.deleteLater()


def test_a_switch_styles_what_is_seen_once_and_nothing_that_is_hidden(built: Built) -> None:
    built.window.show()
    for page_id in ("settings", "label", "settings"):
        built.window.show_page(page_id)
    QApplication.processEvents()
    seen, hidden = EventCounter(), EventCounter()
    n_seen = seen.watch(built.window.host.page("settings"))
    n_hidden = hidden.watch(built.window.host.page("label"))
    built.context.theme.switch("dark")
    # Off and on again; the application's own sheet would come nine times to each, hidden or not.
    assert n_seen < seen.n_by_type[QEvent.Type.StyleChange] <= 2 * n_seen
    assert hidden.n_by_type[QEvent.Type.StyleChange] == 0
    built.window.show_page("label")
    assert n_hidden < hidden.n_by_type[QEvent.Type.StyleChange] <= 2 * n_hidden
    built.window.show_page("settings")
    built.window.show_page("label")
    assert hidden.n_by_type[QEvent.Type.StyleChange] <= 2 * n_hidden


def test_a_page_is_built_without_being_styled_again_and_again(built: Built) -> None:
    """Under a sheet of the application's, each widget would be styled for each part that it is put into."""
    counter = EventCounter()
    QApplication.instance().installEventFilter(counter)
    page = built.window.host.page("label")
    QApplication.instance().removeEventFilter(counter)
    n_widgets = len(page.findChildren(QWidget))
    assert counter.n_by_type[QEvent.Type.StyleChange] < 2 * n_widgets


def test_a_menu_and_a_question_are_in_the_theme(built: Built) -> None:
    built.window.show()
    built.context.theme.switch("dark")
    menu = built.window.make_menu()
    built.context.messages.confirm("Remove it?", "It is gone then.", "Remove", lambda: None)
    question = built.context.messages.question
    assert question is not None
    expected = built.context.theme.tokens["bg2"].lower()
    assert menu.grab().toImage().pixelColor(menu.width() // 2, 2).name() == expected
    danger = next(button for button in question.buttons() if button.property("kind") == "danger")
    image = danger.grab().toImage()
    down = {image.pixelColor(image.width() // 2, y).name() for y in range(image.height())}
    assert built.context.theme.tokens["failure_text"].lower() in down
    question.close()
    menu.close()


def _rest(built: Built, page: QWidget, wait_for: WaitFor) -> None:
    """Until all that was asked for is read and drawn."""

    def is_at_rest() -> bool:
        QApplication.processEvents()
        return not built.context.jobs.running and not any(timer.isActive() for timer in page.findChildren(QTimer))

    wait_for(is_at_rest)


def _is_dressed(widget: QWidget) -> bool:
    one: QWidget | None = widget
    while one is not None and not one.styleSheet():
        one = one.parentWidget()
    return one is not None
