"""An action is data: one list feeds menus, shortcuts, header buttons, the command palette and tests.

`blocked` answers why an action can't run now ('' when it can); the window disables it then and shows the reason beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal


def _never_blocked() -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing a person can do."""

    id: str
    """'page.verb', such as 'logs.import'."""
    title: str
    callback: Callable[[], None]
    icon: str = ""
    keys: tuple[str, ...] = ()
    """Portable key sequences, such as 'Ctrl+I'. With `page` they work only on that page."""
    menu: str = ""
    """Title of the menu it is listed in; '' = palette and buttons only."""
    page: str = ""
    """Page it belongs to; the palette goes there first. '' = everywhere."""
    command: str = ""
    """The command line that does the same, shown in the palette."""
    blocked: Callable[[], str] = _never_blocked


class ActionTable(QObject):
    """All actions that exist at this moment, in order. Emits `changed` when some were added."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actions: dict[str, Action] = {}

    def add(self, actions: Iterable[Action]) -> None:
        """Add actions; raises ValueError for an id that is taken or a title that is empty."""
        for action in actions:
            if action.id in self._actions:
                raise ValueError(f"There are two actions {action.id!r}.")
            if not action.title:
                raise ValueError(f"The action {action.id!r} has no title.")
            self._actions[action.id] = action
        self.changed.emit()

    def all(self) -> tuple[Action, ...]:
        """Every action in the order it was added."""
        return tuple(self._actions.values())

    def find(self, action_id: str) -> Action:
        """The action of an id; KeyError if there is none."""
        return self._actions[action_id]
