"""Findings and corrections in the Logs page's side panel: a row each; the chosen finding offers what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from workbench.services.corrections import Correction
from workbench.services.logs import Finding
from workbench.ui.format import as_window_says, instant
from workbench.ui.states import State, find_state
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.buttons import Button, IconButton
from workbench.ui.widgets.card import SectionHeader
from workbench.ui.widgets.layouts import horizontal, vertical
from workbench.ui.widgets.text import Text, plain_tip

EXCLUDE, CORRECT, ACCEPT = "exclude", "correct", "accept"


class FindingRow(QAbstractButton):
    """Symbol, where, and what; a click shows it in the plots."""

    def __init__(self, theme: ThemeSource, finding: Finding) -> None:
        super().__init__()
        self.finding = finding
        self._theme = theme
        self._where = finding.channel or self.tr("All channels")
        self._what = as_window_says(finding.text)
        self.setText(f"{self._where}: {self._what}")
        self.setAccessibleName(self.text())
        self.setToolTip(plain_tip(self._what))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("no_ring", True)
        self.is_chosen = False
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self._redraw)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return 24 + self._text_height(width) + 4

    def sizeHint(self) -> QSize:
        return QSize(180, self.heightForWidth(180))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.hasFocus() or self.is_chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("selection" if self.hasFocus() or self.is_chosen else "bg3"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(8, 0, -8, 0), 4, 4)
        state = find_state(self.finding.severity) or State.NOT_CHECKED
        painter.drawPixmap(16, 6, self._theme.state_pixmap(state, 14, self.devicePixelRatioF()))
        painter.setFont(self._theme.font("small"))
        painter.setPen(self._theme.colour("text1"))
        painter.drawText(self.rect().adjusted(38, 4, -12, 0), int(Qt.AlignmentFlag.AlignTop), self._where)
        painter.setFont(self._theme.font("caption"))
        painter.setPen(self._theme.colour("text2"))
        flags = Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(self.rect().adjusted(38, 21, -12, 0), int(flags), self._what)
        painter.end()

    def _text_height(self, width: int) -> int:
        flags = int(Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
        metrics = QFontMetrics(self._theme.font("caption"))
        return metrics.boundingRect(0, 0, max(40, width - 50), 400, flags, self._what).height()

    def _redraw(self, _tokens: object) -> None:
        self.update()


class FindingActs(QWidget):
    """What can be done about the chosen finding. `asked(act)`."""

    asked = Signal(str)

    def __init__(self, theme: ThemeSource) -> None:
        super().__init__()
        row = horizontal(self, margins_px=(28, 0, 0, 6))
        # Three words beside each other in the narrowest panel: they never make it wider, as that would cut the findings.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.exclude = Button(theme, self.tr("Exclude"), kind="flat")
        self.correct = Button(theme, self.tr("Correct…"), kind="flat")
        self.accept = Button(theme, self.tr("It is fine"), kind="flat")
        self.exclude.setToolTip(plain_tip(self.tr("Take this stretch out of plots, training and drift; the log stays as it is")))
        self.accept.setToolTip(plain_tip(self.tr("Looked at: the finding goes quiet, the data stay as they are")))
        for button in (self.exclude, self.correct, self.accept):
            button.setProperty("fit", "tight")
            button.clicked.connect(self._on_clicked)
            row.addWidget(button)
        row.addStretch(1)

    def show_for(self, finding: Finding) -> None:
        """Offer what this finding can have."""
        remedy = finding.remedy
        self.correct.setVisible(remedy is not None and remedy.action != EXCLUDE)
        # One channel can always be left out; a remark about all of a log is no reason to leave all of it out.
        is_about_part = finding.channel is not None
        self.exclude.setVisible(is_about_part or (remedy is not None and remedy.action == EXCLUDE))

    def _on_clicked(self) -> None:
        acts = {self.exclude: EXCLUDE, self.correct: CORRECT, self.accept: ACCEPT}
        self.asked.emit(next(act for button, act in acts.items() if button is self.sender()))


class CorrectionRow(QWidget):
    """One correction with who and when, and the button that removes it. `remove_asked(Correction)`."""

    remove_asked = Signal(object)

    def __init__(self, theme: ThemeSource, correction: Correction) -> None:
        super().__init__()
        self.correction = correction
        row = horizontal(self, margins_px=(16, 2, 8, 2), gap_px=4)
        words = vertical()
        self.words = correction_words(correction)
        words.addWidget(Text(self.words, "small", is_wrapped=True))
        made = " · ".join(filter(None, (correction.why, correction.author, correction.created_utc[:16].replace("T", " "))))
        words.addWidget(Text(made, "caption", "text3", is_wrapped=True))
        row.addLayout(words, 1)
        self.button = IconButton(theme, "trash", self.tr("Remove: {words}").format(words=self.words))
        self.button.setToolTip(plain_tip(self.button.accessibleName()))
        self.button.clicked.connect(self._on_clicked)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)

    def _on_clicked(self) -> None:
        self.remove_asked.emit(self.correction)


class FindingsPanel(QWidget):
    """`chosen(Finding)`, `act_asked(Finding, act)`, `remove_asked(Correction)`."""

    chosen = Signal(object)
    act_asked = Signal(object, str)
    remove_asked = Signal(object)

    def __init__(self, theme: ThemeSource) -> None:
        super().__init__()
        self._theme = theme
        self.findings: list[FindingRow] = []
        self.corrections: list[CorrectionRow] = []
        self.acts = FindingActs(theme)
        self.acts.hide()
        self.acts.asked.connect(self._on_act)
        self._current: FindingRow | None = None
        self._header = SectionHeader(self.tr("Corrections"))
        self._finding_column, self._correction_column = QVBoxLayout(), QVBoxLayout()
        column = vertical(self)
        for part in (self._finding_column, self._correction_column):
            part.setSpacing(0)
        column.addLayout(self._finding_column)
        column.addWidget(self._header)
        column.addLayout(self._correction_column)

    def show_findings(self, findings: tuple[Finding, ...], corrections: tuple[Correction, ...]) -> None:
        """Rows for these."""
        self.acts.hide()
        self._finding_column.removeWidget(self.acts)
        self._current = None
        for row in (*self.findings, *self.corrections):
            row.hide()
            row.deleteLater()
        self.findings, self.corrections = [], []
        for finding in findings:
            found = FindingRow(self._theme, finding)
            found.clicked.connect(self._on_clicked)
            self.findings.append(found)
            self._finding_column.addWidget(found)
        for correction in corrections:
            made = CorrectionRow(self._theme, correction)
            made.remove_asked.connect(self.remove_asked)
            self.corrections.append(made)
            self._correction_column.addWidget(made)
        self._header.setVisible(bool(corrections))
        self._header.facts.setText(str(len(corrections)))

    def _on_clicked(self) -> None:
        row = self.sender()
        if not isinstance(row, FindingRow):
            return
        for other in self.findings:
            other.is_chosen = other is row
            other.update()
        self._current = row
        self.acts.show_for(row.finding)
        self._finding_column.removeWidget(self.acts)  # or the row's place is counted with it
        self._finding_column.insertWidget(self._finding_column.indexOf(row) + 1, self.acts)
        self.acts.show()
        self.chosen.emit(row.finding)

    def _on_act(self, act: str) -> None:
        if self._current is not None:
            self.act_asked.emit(self._current.finding, act)


def correction_words(one: Correction) -> str:
    """What a correction does, in words of the window."""
    on = one.channel or _tr("All channels")
    add = f" {'+' if one.offset > 0 else '−'} {abs(one.offset):.5g}" if one.offset else ""
    drift = f", {one.drift_ppm:+g} ppm" if one.drift_ppm else ""
    words = {
        "exclude": _tr("{channel} excluded"), "scale": _tr("{channel} × {factor}"),
        "swap": _tr("{channel} and {other} exchanged"), "missing": _tr("{value} in {channel} is no value"),
        "clock": _tr("Clock {shift} s"), "accept": _tr("{channel}: is fine"),
    }[one.action]  # fmt: skip
    text = words.format(
        channel=on, factor=f"{one.factor:.5g}{add}", other=one.other, value=f"{one.value:g}", shift=f"{one.shift_s:+g}{drift}"
    )
    start, end = (instant(at, with_seconds=False) if at else "" for at in (one.start_utc, one.end_utc))
    if start and end:
        return f"{text}, {start} – {end}"
    if start:
        return _tr("{text}, from {start}").format(text=text, start=start)
    return _tr("{text}, to {end}").format(text=text, end=end) if end else text


def _tr(text: str) -> str:
    return QCoreApplication.translate("Corrections", text)
