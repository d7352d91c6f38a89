"""Markdown on screen (manual pages, model cards) in our type scale. No HTML, and no link opens anything by itself."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QPixmap, QTextBlock, QTextBlockFormat, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QTextBrowser

from workbench.ui.theme import ThemeSource

_HEADINGS = {1: "title", 2: "value"}
_MARGINS = {1: (0, 12), 2: (20, 6), 3: (14, 4)}
_LINE_HEIGHT_PERCENT = 135


class MarkdownView(QTextBrowser):
    """`show_markdown(text)`; follows the theme; `anchorClicked(QUrl)` tells which link was pressed."""

    def __init__(self, theme: ThemeSource, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._text = ""
        self.setOpenLinks(False)
        self.setAccessibleName(name)
        theme.changed.connect(self._on_theme)

    def show_markdown(self, text: str) -> None:
        """Show this from its beginning."""
        self._text = text
        document = self.document()
        document.setDefaultFont(self._theme.font("body"))
        document.setMarkdown(text, QTextDocument.MarkdownFeature.MarkdownNoHTML)
        block = document.begin()
        while block.isValid():
            self._style(block)
            block = block.next()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def loadResource(self, _kind: int, _name: QUrl | str) -> object:
        """No picture is fetched, from a file or from a network share: a model card is a stranger's text."""
        empty = QPixmap(1, 1)  # for nothing, Qt would try the picture's name as a file's
        empty.fill(Qt.GlobalColor.transparent)
        return empty

    def _style(self, block: QTextBlock) -> None:
        level = block.blockFormat().headingLevel()
        cursor = QTextCursor(block)
        above, below = _MARGINS.get(level, (10, 3)) if level else (0, 3 if block.textList() else 8)
        shape = QTextBlockFormat()
        shape.setTopMargin(above)
        shape.setBottomMargin(below)
        shape.setLineHeight(_LINE_HEIGHT_PERCENT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        cursor.mergeBlockFormat(shape)
        if level:
            words = QTextCharFormat()
            words.setFont(self._theme.font(_HEADINGS.get(level, "label")))
            cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
            cursor.setCharFormat(words)  # replaced, not merged: a size adjustment of the reader would win over the size

    def _on_theme(self, _tokens: object) -> None:
        if self._text:
            self.show_markdown(self._text)
