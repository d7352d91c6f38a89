"""The recipe as a form: fields made from the request, families as check boxes, and what starting now would mean."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from workbench.core.errors import RequestError
from workbench.services.recipes import FamiliesRequest, FamiliesResult, list_families
from workbench.services.training import RecipeNewRequest, SplitPreviewResult
from workbench.ui.context import AppContext
from workbench.ui.format import duration, number, span, zone_of
from workbench.ui.widgets.fields import CheckBox
from workbench.ui.widgets.form import LABEL_PX, RequestForm
from workbench.ui.widgets.layouts import Fitted, horizontal, scrolled, vertical
from workbench.ui.widgets.segmented import Segmented
from workbench.ui.widgets.state_filter import StateFilter
from workbench.ui.widgets.text import Text, hairline

_INNER_PX = 446
_GAP_PX = 8
_OWN_FIELDS = ("out", "overwrite", "task", "families", "channels")


class RecipePanel(QWidget):
    """`changed` on every edit; `values()` are those of RecipeNewRequest but where to write it."""

    changed = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._boxes: dict[str, CheckBox] = {}
        self._loaded_task = ""
        self.task = Segmented(
            [("anomaly", self.tr("Anomaly")), ("classify", self.tr("Fault class")), ("rul", self.tr("Remaining life"))],
            current="anomaly",
        )
        self._family_grid = QGridLayout()
        self._baselines = Text("", "caption", "text2", is_wrapped=True)
        self._channels = Text("", "small", "text2", is_wrapped=True)
        self._left_out = Text("", "caption", "text2", is_wrapped=True)
        self._plan = Text("", "body", is_wrapped=True)
        self._reference = Text("", "caption", "text2", is_wrapped=True)
        self._reference.setVisible(False)
        self.fields = RequestForm(context.theme, RecipeNewRequest, hidden=_OWN_FIELDS)
        self._lay_out()
        self.task.chosen.connect(self._on_task)
        self.fields.changed.connect(self.changed)

    def load(self) -> None:
        """Read the families of the task unless they are shown already."""
        task = self.task.current()
        if task != self._loaded_task:
            self._loaded_task = task
            request = FamiliesRequest(task=task)  # type: ignore[arg-type]  # the segments are the tasks
            self._context.read(list_families, request, self._show_families)

    def focus_first(self) -> None:
        """The first field."""
        self.task.button(self.task.current()).setFocus()

    def open_states(self) -> None:
        """The menu of operating states."""
        states = self.fields.field("regimes").input
        if isinstance(states, StateFilter):
            states.setFocus()
            states.open_menu()

    def values(self) -> dict[str, object]:
        """All values; raises RequestError for one that can't be used."""
        chosen = tuple(name for name, box in self._boxes.items() if box.isChecked())
        if self._boxes and not chosen:
            # An empty list would mean all of them.
            raise RequestError(self.tr("No family is chosen."), self.tr("Tick at least one."))
        families = () if len(chosen) == len(self._boxes) else chosen
        return {**self.fields.values(), "task": self.task.current(), "families": families}

    def show_plan(self, plan: SplitPreviewResult) -> None:
        """What starting now would mean, and which channels are used or left out."""
        n_chosen = sum(box.isChecked() for box in self._boxes.values())
        words = [self.tr("{n} families").format(n=n_chosen), self.tr("{n} windows").format(n=number(plan.n_windows))]
        if plan.estimate_s is not None:
            words.append(self.tr("about {time}").format(time=duration(plan.estimate_s)))
        self._plan.setText("   ·   ".join(words))
        self._channels.setText(", ".join(plan.channels))
        left = [f"{entry.get('channel') or entry.get('asset')}: {entry.get('why')}" for entry in plan.left_out]
        self._left_out.setText(self.tr("Left out: {names}").format(names="; ".join(left)) if left else "")
        self._left_out.setVisible(bool(left))
        self._show_reference(plan)

    def _show_reference(self, plan: SplitPreviewResult) -> None:
        """Which stretches between works on the training pumps serve as healthy; nothing where no pump was worked on."""
        zone = zone_of(self._context.settings.zone)
        used = [
            self.tr("{pump} {times} ({n} windows)").format(
                pump=one.asset, times=span(one.start_utc, one.end_utc, zone), n=number(one.n_windows)
            )
            for one in plan.reference
            if one.is_used
        ]
        lines = [self.tr("Healthy reference: {stretches}").format(stretches="; ".join(used))] if used else []
        self._reference.setText("\n".join([*lines, *plan.notes]))
        self._reference.setVisible(bool(lines or plan.notes))

    def _lay_out(self) -> None:
        inner = Fitted(_INNER_PX)
        column = vertical(inner, margins_px=(16, 14, 16, 14), gap_px=10)
        column.addLayout(self._row(self.tr("Task"), self.task))
        column.addLayout(self._row(self.tr("Channels"), self._channels, self._left_out))
        families = QWidget()
        self._family_grid.setContentsMargins(0, 4, 0, 0)
        families.setLayout(self._family_grid)
        column.addLayout(self._row(self.tr("Families"), families, self._baselines))
        column.addWidget(self.fields)
        column.addStretch(1)
        scroll = scrolled()
        inner.setMaximumWidth(_INNER_PX)
        scroll.setWidget(inner)
        outer = vertical(self)
        outer.addWidget(scroll, 1)
        outer.addWidget(hairline())
        outer.addLayout(self._foot())

    def _foot(self) -> QVBoxLayout:
        foot = vertical(margins_px=(16, 12, 16, 12), gap_px=6)
        foot.addWidget(Text(self.tr("If you start now"), "group", "text2"))
        foot.addWidget(self._plan)
        foot.addWidget(self._reference)
        return foot

    @staticmethod
    def _row(label: str, *widgets: QWidget) -> QHBoxLayout:
        row = horizontal(gap_px=_GAP_PX)
        name = Text(label, "body", "text2")
        name.setFixedWidth(LABEL_PX)
        name.setMinimumHeight(26)
        column = vertical(gap_px=4)
        for widget in widgets:
            is_fixed = isinstance(widget, Segmented)
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft if is_fixed else Qt.AlignmentFlag(0))
        side = QVBoxLayout()
        side.addWidget(name)
        side.addStretch(1)
        row.addLayout(side)
        row.addLayout(column, 1)
        return row

    def _show_families(self, result: object) -> None:
        assert isinstance(result, FamiliesResult)
        for box in self._boxes.values():
            self._family_grid.removeWidget(box)
            box.deleteLater()
        self._boxes = {}
        for family in result.families:
            if not family.is_baseline:
                box = CheckBox(self._context.theme, family.title, is_on=True)
                box.toggled.connect(self._on_toggled)
                self._family_grid.addWidget(box, len(self._boxes) // 2, len(self._boxes) % 2)
                self._boxes[family.name] = box
        names = ", ".join(family.title.lower() for family in result.families if family.is_baseline)
        self._baselines.setText(self.tr("Baselines always run: {names}").format(names=names))

    def _on_task(self, _task: str) -> None:
        self.load()
        self.changed.emit()

    def _on_toggled(self, _is_on: bool) -> None:
        self.changed.emit()
