"""One sheet with every component in its states, to be looked at beside the mock-up."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from workbench.core.requests import Request, parameter
from workbench.ui.messages import NoticeText
from workbench.ui.states import State
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.bars import ProgressBar
from workbench.ui.widgets.buttons import Button, FlatButton, PrimaryButton, SecondaryButton
from workbench.ui.widgets.card import Card, KeyValueList
from workbench.ui.widgets.fields import CheckBox, Choice, SearchField
from workbench.ui.widgets.form import RequestForm
from workbench.ui.widgets.hold_button import HoldButton
from workbench.ui.widgets.segmented import Segmented
from workbench.ui.widgets.states import EmptyState, NoticeBar, StateBadge, VerdictBanner
from workbench.ui.widgets.table import ArrayTable, Column
from workbench.ui.widgets.text import Text


class SheetRequest(Request, frozen=True, kw_only=True):
    """A request with a field of each kind."""

    window: Annotated[float, parameter("Length of a window.", unit="s", ge=1, le=3600)] = 60.0
    threshold: Annotated[float, parameter("Where a score becomes an alarm.", ge=0, le=1)] = 0.5
    task: Annotated[Literal["anomaly", "fault_class"], parameter("What the model is to tell.")] = "anomaly"
    shuffle: Annotated[bool, parameter("Shuffle the pumps.")] = True
    seed: Annotated[int, parameter("Seed.", ge=0, advanced=True)] = 7


class ComponentSheet(QWidget):
    """All parts on one page."""

    def __init__(self, theme: ThemeSource) -> None:
        super().__init__()
        self.setProperty("surface", "page")
        row = QHBoxLayout(self)
        row.addLayout(self._left(theme), 2)
        row.addLayout(self._right(theme), 4)

    def _left(self, theme: ThemeSource) -> QVBoxLayout:
        column = QVBoxLayout()
        grid = QGridLayout()
        for number, state in enumerate(State):
            grid.addWidget(StateBadge(theme, state), number, 0)
            grid.addWidget(StateBadge(theme, state, "flat 6 h 28 min", is_tinted=True), number, 1)
        column.addWidget(Text("NE 107 states", "group", "text2"))
        column.addLayout(grid)
        self.form = RequestForm(theme, SheetRequest, {"threshold": 1.4})
        column.addWidget(Text("Form", "group", "text2"))
        column.addWidget(self.form)
        column.addWidget(KeyValueList([("When", "16 Mar 2026 10:52:33 UTC"), ("Who", "Operator 1")]))
        column.addWidget(SearchField(theme, "Pump, person, act, hash"))
        boxes = QHBoxLayout()
        boxes.addWidget(CheckBox(theme, "Steady", is_on=True))
        boxes.addWidget(CheckBox(theme, "Stopped"))
        boxes.addStretch(1)
        column.addLayout(boxes)
        column.addWidget(Choice(theme, [("a", "H743 controller"), ("b", "Linux gateway")]))
        column.addStretch(1)
        return column

    def _right(self, theme: ThemeSource) -> QVBoxLayout:
        column = QVBoxLayout()
        for state, word, text in (
            (State.GOOD, "Verified", "P-2041A runs 2.3.0. Read back from the device at 10:52."),
            (State.FAILURE, "Failed", "The old model 2.2.1 is still running. Golden vector 14 gave 0.71, allowed 0.65 to 0.67."),
            (State.OUT_OF_SPECIFICATION, "Unknown", "Do this next: plug P-4410A in. It will be read back, nothing is written."),
        ):
            banner = VerdictBanner(theme)
            banner.show_verdict(state, word, text)
            banner.add_button(SecondaryButton(theme, "Save evidence"))
            column.addWidget(banner)
        buttons = QHBoxLayout()
        off = SecondaryButton(theme, "Set champion", "crown")
        off.setEnabled(False)
        for button in (
            PrimaryButton(theme, "Start search", "play"), SecondaryButton(theme, "Pull logs", "download"),
            FlatButton(theme, "Reset"), Button(theme, "Discard slot B…", kind="danger"), off,
        ):  # fmt: skip
            buttons.addWidget(button)
        buttons.addWidget(Segmented([("r", "RAM"), ("f", "Flash"), ("l", "Latency")], "r"))
        buttons.addStretch(1)
        column.addLayout(buttons)
        holds = QHBoxLayout()
        locked, free, held = (HoldButton(theme, "Hold to write 2.3.0") for _ in range(3))
        locked.lock("Locked: 1 light is red")
        self.held = held
        for hold in (locked, free, held):
            holds.addWidget(hold)
        column.addLayout(holds)
        column.addWidget(
            NoticeBar(
                theme,
                NoticeText(
                    title="Cable out at 176 kB.", text="The old model is still running. Plug back in, it resumes.", icon="unplug"
                ),
            )
        )
        bar = ProgressBar(theme, width_px=220)
        bar.set_fraction(0.62)
        column.addWidget(bar)
        card = Card("Leaderboard", "20 events, hold-out P-2041A and P-4410A")
        card.header.add(FlatButton(theme, "Columns", "sliders"))
        card.body.setContentsMargins(0, 0, 0, 0)
        card.body.addWidget(self._table(theme))
        column.addWidget(card, 1)
        column.addWidget(
            EmptyState(
                theme,
                "logs",
                "No log in this project yet",
                "Drop a file or a folder here. CSV, Parquet, Excel or a device's own log.",
                "Import log",
            )
        )
        return column

    def _table(self, theme: ThemeSource) -> ArrayTable:
        self.table = ArrayTable(
            theme,
            (
                Column(key="run", title="Run", kind="mono", width_px=80),
                Column(key="family", title="Family", stretch=True),
                Column(key="caught", title="Caught", kind="number", width_px=80),
                Column(key="share", title="Share", kind="bar", width_px=90, limit=0.5),
                Column(key="state", title="State", kind="state", width_px=170),
            ),
        )
        self.table.set_data({
            "run": ["r-0412", "r-0437", "baseline"], "family": ["Boosted trees", "Autoencoder", "Never alarm"],
            "caught": np.array([18, 17, np.nan]), "share": np.array([0.9, 0.85, 0.0]),
            "state": ["good", "out_of_specification", "not_checked"], "is_quiet": [False, False, True],
        })  # fmt: skip
        self.table.select_row(0)
        self.table.setMinimumHeight(130)
        return self.table
