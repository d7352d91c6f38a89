"""Words offered under a field while one types."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtWidgets import QCompleter, QLineEdit

from workbench.ui.theme import ThemeSource


def offer_words(theme: ThemeSource, field: QLineEdit, words: Sequence[str]) -> None:
    """Offer the words that contain what is typed, instead of those that were offered before."""
    completer: QCompleter | None = field.completer()
    if completer is None:
        completer = QCompleter(field)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        popup = completer.popup()
        assert popup is not None
        theme.dress(popup)  # a window of its own, below no part of ours
        field.setCompleter(completer)
    completer.setModel(QStringListModel(list(words), completer))
