"""The import preview: what was dropped, how it will be read, what is asked; nothing is stored before Import is pressed."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from workbench.core.errors import QuestionOpen, WorkbenchError
from workbench.core.runner import JobCall
from workbench.services.labels import LabelsImportRequest, import_labels
from workbench.services.log_files import LogFile, LogFilesRequest, LogFilesResult, list_log_files
from workbench.services.logs import (
    ImportRequest,
    ImportResult,
    InspectRequest,
    InspectResult,
    PreviewRequest,
    PreviewResult,
    import_logs,
    inspect_logs,
    preview_log,
)
from workbench.services.tag_map import TagSetRequest, TagsRequest, TagsResult, entry_text, list_tags, set_tags
from workbench.ui.context import AppContext
from workbench.ui.format import count
from workbench.ui.pages.logs.preview_columns import ColumnsCard
from workbench.ui.pages.logs.preview_files import FilesCard
from workbench.ui.pages.logs.preview_logs import LogsCard
from workbench.ui.pages.logs.preview_parts import GuessCard, QuestionsCard, RowsCard, stacked
from workbench.ui.states import State
from workbench.ui.widgets.layouts import horizontal, scrolled
from workbench.ui.widgets.text import StateSymbol, Text

_RIGHT_PX = 336
_TIME = "TIME_RELATIVE"


class ImportPreview(QWidget):
    """`changed()` when what can be done changed, `imported(assets)` after everything was stored, `events_found(paths)` for files
    whose events are looked at on the Label page: all of them, or those that came with the logs."""

    changed = Signal()
    imported = Signal(object)
    events_found = Signal(object)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._files: tuple[LogFile, ...] = ()
        self._preview: PreviewResult | None = None
        self._chosen = 0
        self._log = ""
        self._answers: dict[str, str] = {}
        self._starts: dict[str, str] = {}
        self._time = ""
        self._queue: list[ImportRequest] = []
        self._stored: list[str] = []
        self._is_busy = False
        self.files = FilesCard(context.theme)
        self.logs = LogsCard(context.theme)
        self.guesses = GuessCard(context)
        self.questions = QuestionsCard(context.theme)
        self.columns = ColumnsCard(context.theme)
        self.rows = RowsCard(context.theme)
        self._said = Text("", "small", "text2", is_wrapped=True)
        self._said_symbol = StateSymbol(context.theme, State.OUT_OF_SPECIFICATION, 14)
        self._lay_out()
        self._connect()

    @property
    def n_logs(self) -> int:
        """How many logs would be imported."""
        return sum(file.kind == "log" for file in self._files)

    def open_paths(self, paths: list[Path]) -> None:
        """Look at files and folders."""
        self._files, self._preview, self._answers = (), None, {}
        self._starts, self._time = {}, ""
        self._show_cards(False)
        self.files.show_files(())
        self._say(self.tr("Looking at the files…"))
        request = LogFilesRequest(paths=tuple(str(path) for path in paths))
        self._context.read(list_log_files, request, self._on_files, self._on_refused, slot="logs.files")
        self.changed.emit()

    def why_not(self) -> str:
        """Why nothing can be imported now, '' if it can."""
        if self._is_busy:
            return self.tr("The import is running")
        if not self.n_logs:
            return self.tr("There is no log among these files")
        if not all(self.files.groups()):
            return self.tr("A file has no pump: type its tag")
        return "" if self.questions.is_complete() else self.tr("Answer the questions first")

    def start_import(self) -> None:
        """One job a pump, and one a file whose start was told; events that came along are added at the end."""
        self._queue = self._requests()
        self._stored = []
        self._is_busy = True
        self.changed.emit()
        request = self.tags_request()
        if request is None:
            self._next()
            return
        call = JobCall(title=self.tr("Keep the tag map"), function=set_tags, request=request, slot="logs.tags", lane="thread")
        self._context.start_job(call, on_result=self._on_tags_kept, on_error=self._on_import_error)

    def tags_request(self) -> TagSetRequest | None:
        """What goes into the tag map before the import; None for nothing."""
        entries = self.columns.entries()
        return TagSetRequest(project=self._context.project_text, entries=tuple(map(entry_text, entries))) if entries else None

    def copy_tags_command(self) -> None:
        """'Copy as command' of what goes into the tag map."""
        request = self.tags_request()
        if request is not None:
            self._context.copy_command(("assets", "tag"), request)

    def request_for_all(self) -> ImportRequest | None:
        """The first pump's import, for 'Copy as command'."""
        return next(iter(self._requests()), None)

    # What is asked

    def _requests(self) -> list[ImportRequest]:
        found = []
        for asset, paths in self.files.groups().items():
            together = [path for path in paths if path not in self._starts]
            parts = [together] if together else []
            parts += [[path] for path in paths if path in self._starts]
            found += [self._request(asset, part) for part in parts]
        return found

    def _request(self, asset: str, paths: list[str]) -> ImportRequest:
        return ImportRequest(
            paths=tuple(paths), project=self._context.project_text, zone=self.guesses.zone.value() or None,
            answer=_as_list(self._with_time(paths[0])), asset=asset, site=self.files.site.text().strip() or None,
        )  # fmt: skip

    def _with_time(self, path: str) -> dict[str, str]:
        """The answers for a file: all share them, but when one began holds for no other."""
        time = self._starts.get(path) or self._time
        others = {key: value for key, value in self._answers.items() if key != _TIME}
        return {**others, _TIME: time} if time else others

    def _keep_time(self) -> None:
        """A burst's start is the chosen file's alone; a rate, and a start that elapsed times count from, serve others, too."""
        from workbench.logs.times.elapsed import rate_alone, says_start

        answer, path = self._answers.get(_TIME, ""), self._files[self._chosen].path
        is_burst = any(guess.name == "waveform start" for guess in (self._preview.guesses if self._preview else ()))
        if is_burst and says_start(answer):
            self._starts[path] = answer
            self._time = rate_alone(answer) or self._time
        else:
            self._starts.pop(path, None)
            self._time = answer

    def _read_chosen(self) -> None:
        if self._chosen < len(self._files) and self._files[self._chosen].kind == "log":
            request = PreviewRequest(
                path=self._files[self._chosen].path, zone=self.guesses.zone.value() or None, answer=_as_list(self._answers),
                project=self._context.project_text or None, log=self._log,
            )  # fmt: skip
            self._context.read(preview_log, request, self._on_preview, self._on_refused, slot="logs.preview")

    def _next(self) -> None:
        if not self._queue:
            self._import_events()
            return
        request = self._queue[0]
        words = count(len(request.paths), self.tr("file"), self.tr("files"))
        title = self.tr("Import {pump} ({files})").format(pump=request.asset, files=words)
        call = JobCall(title=title, function=import_logs, request=request, slot="logs.import")
        self._context.start_job(call, on_result=self._on_imported, on_error=self._on_import_error, on_end=self._on_import_end)

    def _import_events(self) -> None:
        assets = list(dict.fromkeys(self._stored))
        for path in self.files.of_kind("events"):
            request = LabelsImportRequest(
                path=path, project=self._context.project_text, asset=assets[0] if len(assets) == 1 else None
            )
            call = JobCall(title=self.tr("Import events"), function=import_labels, request=request, slot=path, lane="thread")
            self._context.start_job(call, on_result=self._on_events)
        self._is_busy = False
        self.imported.emit(assets)
        if orders := self.files.of_kind("orders"):
            self.events_found.emit([Path(path) for path in orders])

    # What comes back

    def _on_tags_kept(self, _result: object) -> None:
        self._next()

    def _on_tags(self, result: object) -> None:
        assert isinstance(result, TagsResult)
        self.columns.show_tags(result.tags)

    def _on_files(self, result: object) -> None:
        assert isinstance(result, LogFilesResult)
        self._files = result.files
        events = [Path(file.path) for file in result.files if file.kind in ("events", "orders")]
        if events and not self.n_logs:
            self.events_found.emit(events)
            return
        left_out = [file for file in result.files if file.kind == "other"]
        words = ""
        if left_out:
            words = _why_left_out(left_out[0])
            if len(left_out) > 1:
                words += self.tr(" And {n} more are left out.").format(n=len(left_out) - 1)
        self._say(words, is_wrong=bool(words))
        self.files.show_files(result.files)
        self.changed.emit()

    def _on_file(self, index: int) -> None:
        self._chosen, self._log = index, ""
        file = self._files[index]
        if file.kind == "log":
            self._answers = self._with_time(file.path)
            self._read_chosen()
        else:
            self._show_cards(False)
            self._say(_why_left_out(file), is_wrong=True)

    def _on_log(self, name: str) -> None:
        self._log = name
        self._read_chosen()

    def _on_preview(self, result: object) -> None:
        assert isinstance(result, PreviewResult)
        if not self._files:
            return  # of the files before these; what they are is still being found out
        is_first = self._preview is None
        self._preview = result
        if is_first and self._recall(result):
            self._read_chosen()
            return
        self._show_cards(True)
        self.logs.show_logs(result)
        answered = self._focused_key()
        self.guesses.show_guesses(result.guesses, self._answers)
        self.questions.show_questions(result.questions, self._answers)
        self._focus_after(answered)
        units = {key.partition("@")[2]: value for key, value in self._answers.items() if key.startswith("UNIT_UNKNOWN@")}
        self.columns.show_columns(result.columns, units)
        self.rows.show_rows(result)
        request = TagsRequest(paths=(result.path,), project=self._context.project_text or None)
        self._context.read(list_tags, request, self._on_tags, self._on_refused, slot="logs.tags")
        self.changed.emit()

    def _focused_key(self) -> str:
        """What the keyboard is answering now, '' for nothing."""
        asked = [*self.questions.choices.items(), *self.guesses.choices.items()]
        return next((key for key, choice in asked if choice.hasFocus()), "")

    def _focus_after(self, key: str) -> None:
        """Who answers by keyboard goes on with the next question; the fields were made anew."""
        guesses, questions = self.guesses.choices, self.questions.choices
        wanted = questions.get(key) or next(iter(questions.values()), None) or guesses.get(key)
        if key and wanted is not None:
            wanted.show()  # what was just laid out is shown by the next turn of the loop, and can't take the focus before
            wanted.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_answered(self) -> None:
        for card in (self.guesses, self.questions):
            for key, choice in card.choices.items():
                if choice.value():
                    self._answers[key] = choice.value()
                else:
                    self._answers.pop(key, None)
        self._keep_time()
        self._read_chosen()
        self.changed.emit()

    def _on_unit(self, channel: str, unit: str) -> None:
        if unit:
            self._answers[f"UNIT_UNKNOWN@{channel}"] = unit
        else:
            self._answers.pop(f"UNIT_UNKNOWN@{channel}", None)
        self._read_chosen()

    def _on_imported(self, result: object) -> None:
        assert isinstance(result, ImportResult)
        self._stored.extend(one.asset for one in result.recordings if one.asset)
        for said in (*result.nothing_new, *result.replaced):
            self._context.messages.say(said, icon="import")
        self._queue = self._queue[1:]
        if not self._queue or self._is_busy:
            self._next()

    def _on_import_error(self, error: WorkbenchError) -> None:
        failed = next(iter(self._queue), None)
        self._queue = []
        self._is_busy = False
        self._context.messages.error(error)
        if isinstance(error, QuestionOpen) and failed is not None:
            request = InspectRequest(paths=failed.paths, zone=failed.zone, answer=failed.answer)
            call = JobCall(title=self.tr("Find what is open"), function=inspect_logs, request=request, slot="logs.inspect")
            self._context.start_job(call, on_result=self._on_inspected)
        elif self._stored:
            self.imported.emit(list(dict.fromkeys(self._stored)))
        self.changed.emit()

    def _on_import_end(self) -> None:
        if self._is_busy and not any(view.slot == "logs.import" for view in self._context.jobs.running):
            self._is_busy = False  # cancelled in the job panel
            self.changed.emit()

    def _on_inspected(self, result: object) -> None:
        assert isinstance(result, InspectResult)
        self.questions.show_questions(result.questions, self._answers)
        self.changed.emit()

    def _on_events(self, _result: object) -> None:
        self._context.announce("labels")

    def _on_refused(self, error: WorkbenchError) -> None:
        self._say(f"{error.message} {error.hint}", is_wrong=True)
        self.changed.emit()

    # Remembering

    def _recall(self, preview: PreviewResult) -> bool:
        remembered = preview.remembered
        zone, answers = remembered.zone, dict(answer.split("=", 1) for answer in remembered.answer if "=" in answer)
        known = {**answers, **self._answers}
        is_new = known != self._answers or (zone and not self.guesses.zone.value())
        self._answers = known
        self._keep_time()
        if zone and not self.guesses.zone.value():
            self.guesses.zone.blockSignals(True)
            self.guesses.zone.set_value(zone)
            self.guesses.zone.blockSignals(False)
        self.files.suggest(remembered.asset, remembered.site)
        words = self.tr("As chosen before for {name}: {choices}. Change what differs.")
        choices = ", ".join(filter(None, (zone, *remembered.answer, remembered.asset, remembered.site)))
        if choices:
            self._say(words.format(name=preview.remembered_for, choices=choices))
        return bool(is_new)

    def _show_cards(self, is_shown: bool) -> None:
        """What tells of a file is shown once a file was read."""
        for card in (self.guesses, self.questions, self.columns, self.rows):
            card.setVisible(is_shown)
        self.logs.setVisible(is_shown and self.logs.is_needed)

    def _say(self, text: str, *, is_wrong: bool = False) -> None:
        self._said.setText(text)
        self._said_row.setVisible(bool(text))
        self._said_symbol.setVisible(is_wrong)

    def _lay_out(self) -> None:
        right = QWidget()
        right.setLayout(stacked(self.guesses, self.questions))
        layout = right.layout()
        if isinstance(layout, QVBoxLayout):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.addStretch(1)
        area = scrolled(right, is_sideways=True)
        area.setFixedWidth(_RIGHT_PX)
        self._said_row = QWidget()
        said = QHBoxLayout(self._said_row)
        said.setContentsMargins(0, 0, 0, 0)
        self._said_row.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        said.setSpacing(6)
        said.addWidget(self._said_symbol, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self._said, 1)
        left = stacked(self._said_row, self.files, self.logs, self.columns, self.rows)
        left.addStretch(0)  # what is left where the list of files stands alone
        left.setStretch(1, 4)
        left.setStretch(2, 3)
        left.setStretch(3, 5)
        left.setStretch(4, 4)
        row = horizontal(self, margins_px=16, gap_px=12)
        row.addLayout(left, 1)
        row.addWidget(area)

    def _connect(self) -> None:
        self.files.file_chosen.connect(self._on_file)
        self.files.assets_changed.connect(self.changed)
        self.logs.log_chosen.connect(self._on_log)
        self.guesses.changed.connect(self._on_answered)
        self.questions.changed.connect(self._on_answered)
        self.columns.unit_given.connect(self._on_unit)
        self.columns.command_wanted.connect(self.copy_tags_command)


def _why_left_out(file: LogFile) -> str:
    """The reason, with the file's name once."""
    return file.why if file.name in file.why else f"{file.name}: {file.why}"


def _as_list(answers: dict[str, str]) -> tuple[str, ...]:
    return tuple(f"{key}={value}" for key, value in sorted(answers.items()))
