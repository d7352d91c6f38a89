"""What a person can do on the Label page, and why something can't be done now; the actions and keys call these."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from workbench.core.clock import parse_utc
from workbench.core.errors import WorkbenchError
from workbench.core.runner import JobCall
from workbench.services.labels import EventState
from workbench.services.similar import SimilarRequest, SimilarResult, find_similar
from workbench.ui.format import count

if TYPE_CHECKING:
    from workbench.ui.pages.label.page import LabelPage

_NEW_SHARE, _STEP_SHARE = 0.05, 0.005
"""Of what the plots show: how long a new event is, how far a step moves it."""


class LabelActs(QObject):
    """The page's acts; each is one line of a menu, a key or a button."""

    def __init__(self, page: LabelPage) -> None:
        super().__init__(page)
        self._page = page

    # Acts

    def add_at_cursor(self) -> None:
        """A new event that begins at the cursor; where the log ends behind it, one that ends there."""
        view = self._page.view.plots.view
        length = round(_NEW_SHARE * view.length_ns)
        start = view.cursor_ns if view.cursor_ns is not None else view.start_ns
        start = max(view.full_ns[0], min(max(start, view.start_ns), view.full_ns[1] - length))
        self._page.draw(start, min(view.full_ns[1], start + length))

    def add_over_span(self) -> None:
        """A new event over the span that was marked on the Logs page, as soon as its pump is open here."""
        selection = self._page.context.selection
        if selection.asset and selection.start_ns is not None and selection.end_ns is not None:
            self._page.span = (selection.asset, selection.start_ns, selection.end_ns)
            self._page.add_span()

    def judge_real(self) -> None:
        """It really happened."""
        self._judge("real")

    def judge_not_real(self) -> None:
        """It did not happen."""
        self._judge("not_real")

    def judge_unsure(self) -> None:
        """Nobody knows."""
        self._judge("unsure")

    def _judge(self, state: EventState) -> None:
        """A suggestion that was judged makes room for the next."""
        event, editor = self._page.editor.chosen, self._page.editor
        was_open = event is not None and event.source == "similar" and event.state == "unsure" and not editor.also_chosen
        editor.judge(state)
        if was_open and state != "unsure" and editor.next_suggestion():
            self._page.choose_shown(editor.next_suggestion())

    def copy_similar(self) -> None:
        """The command that looks for stretches like the chosen event."""
        request = self._similar_request()
        if request is not None:
            self._page.context.copy_command(("labels", "similar"), request)

    def _similar_request(self) -> SimilarRequest | None:
        event = self._page.editor.chosen
        if event is None:
            return None
        return SimilarRequest(
            event=event.id, project=self._page.context.project_text, asset=event.asset, channels=self._page.view.channels(),
            regimes=self._page.view.chosen_states,
        )  # fmt: skip

    def find_similar(self) -> None:
        """Look for stretches like the chosen event in the channels that are shown."""
        event, request = self._page.editor.chosen, self._similar_request()
        if event is None or request is None:
            return
        title = self.tr("Find stretches like {name}").format(name=event.name)
        call = JobCall(title=title, function=find_similar, request=request, slot="label.similar", lane="thread")
        self._page.context.start_job(call, on_result=self._on_similar)

    def _on_similar(self, result: object) -> None:
        assert isinstance(result, SimilarResult)
        editor = self._page.editor
        if editor.session is None or (result.events and result.events[0].asset != editor.session.asset):
            return
        if not result.events:
            self._page.context.messages.say(self.tr("No stretch is at least 70 % alike that is not labelled already."))
            return
        editor.add_all(result.events, f"{len(result.events)} events like {result.events[0].name} suggested")
        self._page.choose_shown(result.events[0].id)
        said = count(len(result.events), self.tr("stretch was found"), self.tr("stretches were found"))
        self._page.context.messages.say(self.tr("{found}, the most alike first. Real 1, not real 2.").format(found=said))

    def start_to_cursor(self) -> None:
        """The chosen event begins at the cursor."""
        if self._page.view.plots.view.cursor_ns is not None:
            self._page.editor.set_end(self._page.view.plots.view.cursor_ns, is_start=True)

    def end_to_cursor(self) -> None:
        """The chosen event ends at the cursor."""
        if self._page.view.plots.view.cursor_ns is not None:
            self._page.editor.set_end(self._page.view.plots.view.cursor_ns, is_start=False)

    def move_earlier(self) -> None:
        """Move the chosen event a little to the left."""
        self._shift(-1)

    def move_later(self) -> None:
        """Move the chosen event a little to the right."""
        self._shift(1)

    def _shift(self, step: int) -> None:
        """As far as the log goes, as with the mouse."""
        view, event = self._page.view.plots.view, self._page.editor.chosen
        if event is not None:
            before, after = view.full_ns[0] - parse_utc(event.start_utc), view.full_ns[1] - parse_utc(event.end_utc)
            shift = step * round(_STEP_SHARE * view.length_ns)
            self._page.editor.shift(max(min(before, 0), min(max(after, 0), shift)))

    def draw_mode(self) -> None:
        """Dragging draws."""
        self._page.set_mode("draw")

    def pan_mode(self) -> None:
        """Dragging pans."""
        self._page.set_mode("pan")

    def name_it(self) -> None:
        """Type what happened."""
        self._page.inspector.name.setFocus()
        self._page.inspector.name.selectAll()

    def split_at_cursor(self) -> None:
        """Two events of the chosen one, that meet at the cursor."""
        at_ns = self._page.view.plots.view.cursor_ns
        try:
            self._page.editor.split(at_ns if at_ns is not None else -1)
        except WorkbenchError as error:
            self._page.context.messages.say(f"{error.message} {error.hint}")

    def merge(self) -> None:
        """One event of all that are chosen, or of the chosen one and the next."""
        chosen = self._page.editor.all_chosen
        others = chosen if len(chosen) > 1 else (*chosen, self._page.editor.next_event())
        self._page.editor.merge([one for one in others if one])

    def next_event(self) -> None:
        """Go to the next event in time."""
        self._page.choose_shown(self._page.editor.next_event(1) or self._page.editor.chosen_id)

    def former_event(self) -> None:
        """Go to the event before it in time."""
        self._page.choose_shown(self._page.editor.next_event(-1) or self._page.editor.chosen_id)

    def next_unsure(self) -> None:
        """Go to the next event that nobody judged."""
        self._page.choose_shown(self._page.editor.next_unsure())

    def import_events(self) -> None:
        """Read events from a file."""
        self._page.files.choose_import()

    def store_import(self) -> None:
        """Add the events of the file that is shown."""
        self._page.importing.start()

    def skip_import(self) -> None:
        """Leave the file that is shown."""
        self._page.importing.skip()

    def copy_import(self) -> None:
        """The command that adds the events of the file that is shown."""
        request = self._page.importing.request()
        if request is not None:
            self._page.context.copy_command(("labels", "import"), request)

    def export_audacity(self) -> None:
        """A label track."""
        self._page.files.choose_export_as("audacity", self._page.view.asset)

    def export_label_studio(self) -> None:
        """A task with regions."""
        self._page.files.choose_export_as("label-studio", self._page.view.asset)

    def export_trainset(self) -> None:
        """Every sample with its label."""
        self._page.files.choose_export_as("trainset", self._page.view.asset)

    def export_nab(self) -> None:
        """Windows of the real events."""
        self._page.files.choose_export_as("nab", self._page.view.asset)

    # Why something can't be done now

    def why_no_log(self) -> str:
        """There is no log to label."""
        return "" if self._page.tags else self.tr("Import a log first")

    def why_no_preview(self) -> str:
        """No file is looked at."""
        return "" if self._page.is_importing else self.tr("Choose a file first")

    def why_not_stored(self) -> str:
        """Why the events of the file can't be added."""
        return self.why_no_preview() or self._page.importing.why_not()

    def why_no_event(self) -> str:
        """No event is chosen."""
        return self.why_no_log() or ("" if self._page.editor.chosen is not None else self.tr("Choose an event first"))

    def why_no_similar(self) -> str:
        """Nothing is chosen, or it is not on disk yet, where the search reads it."""
        return self.why_no_event() or (self.tr("Storing…") if self._page.editor.is_busy else "")

    def why_no_merge(self) -> str:
        """There is nothing to merge with."""
        is_alone = len(self._page.editor.all_chosen) < 2 and not self._page.editor.next_event()
        return self.why_no_event() or (self.tr("Choose two events, with Ctrl") if is_alone else "")

    def why_no_unsure(self) -> str:
        """Everything is judged."""
        return "" if self._page.editor.next_unsure() else self.tr("No other event is unsure")
