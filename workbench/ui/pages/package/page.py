"""The Package page: the champion's forms side by side at the level of alarms, the bundle, its signatures."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from PySide6.QtWidgets import QStackedWidget, QWidget

from workbench.core.errors import WorkbenchError
from workbench.core.jobs import Job
from workbench.core.requests import Request
from workbench.core.runner import JobCall
from workbench.services.bundles import (
    BundleBuildRequest,
    BundleListRequest,
    BundleListResult,
    BundleResult,
    BundleSignRequest,
    BundleVerifyRequest,
    build_bundle,
    list_bundles,
    sign_bundle,
    verify_bundle,
)
from workbench.services.exporting import QuantizeRequest, QuantizeResult, quantize_run
from workbench.services.runs import RunsListRequest, RunsListResult, list_runs
from workbench.ui.actions import Action
from workbench.ui.context import AppContext, Selection
from workbench.ui.format import percent
from workbench.ui.page import Page
from workbench.ui.pages.package.bundle import BundlePanel
from workbench.ui.pages.package.parts import MOST_CHANGED, ParityCard, ValidateCard, VariantsCard
from workbench.ui.states import State
from workbench.ui.widgets.layouts import framed, horizontal, vertical
from workbench.ui.widgets.states import EmptyState

_INSPECTOR_PX = 320


class PackagePage(Page):
    """Choose a form, build, sign; the bundle as a tree at the right."""

    page_id: ClassVar[str] = "package"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._run = ""
        self._run_title = ""
        self._quantized: QuantizeResult | None = None
        self._bundle: BundleResult | None = None
        self.variants = VariantsCard(context)
        self.parity = ParityCard(context)
        self.validate = ValidateCard(context)
        self.bundle = BundlePanel(context)
        self._empty = EmptyState(
            self.theme, "package", self.tr("No champion to package yet"),
            self.tr("Train, compare, and set a champion: then its smaller forms can be compared and packaged."),
            self.tr("Go to Compare"),
        )  # fmt: skip
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self.set_header(self.tr("Package"))
        self.set_header_buttons("package.copy", "package.build", primary="package.sign")

    def actions_offered(self) -> tuple[Action, ...]:
        return (
            Action(
                id="package.copy", title=self.tr("Copy as command"), icon="terminal", callback=self.copy_command, page="package",
                blocked=self._why_no_champion,
            ),
            Action(
                id="package.build", title=self.tr("Build bundle"), icon="package", callback=self.build, page="package",
                menu="Model", command="workbench bundle build", blocked=self._why_not_build,
            ),
            Action(
                id="package.sign", title=self.tr("Sign bundle"), icon="sign", callback=self.sign, page="package", menu="Model",
                command="workbench bundle sign", blocked=self._why_not_sign,
            ),
        )  # fmt: skip

    def activated(self, selection: Selection) -> None:
        if self.context.project is None:
            self._stack.setCurrentIndex(1)
            self.bundle.setVisible(False)
            return
        project = self.context.project_text
        self.context.read(list_runs, RunsListRequest(project=project), self._on_runs, slot="package.runs")
        self.context.read(list_bundles, BundleListRequest(project=project), self._on_bundles, slot="package.bundles")
        self.bundle.load_keys()

    def focus_first(self) -> None:
        self.variants.table.setFocus()

    def build(self) -> None:
        """Build a bundle of the chosen form."""
        call = JobCall(title=self.tr("Build bundle"), function=build_bundle, request=self._build_request(), slot="bundle.build")
        self.context.start_job(call, on_result=self._on_built)

    def sign(self) -> None:
        """Sign the bundle with the chosen key; the passphrase leaves the field at once."""
        assert self._bundle is not None
        self.variants.table.setFocus()  # the button goes grey, and the keyboard must not be lost with it
        key, passphrase = self.bundle.take_key()
        request = BundleSignRequest(bundle=self._bundle.path, key=key, project=self.context.project_text)
        signer = _WithPassphrase(passphrase)
        call = JobCall(title=self.tr("Sign bundle"), function=signer.sign, request=request, slot="bundle.sign", lane="thread")
        self.context.start_job(call, on_result=self._on_built, on_error=self._on_sign_error)

    def copy_command(self) -> None:
        """The command that builds this bundle."""
        self.context.copy_command(("bundle", "build"), self._build_request())

    def _build_request(self) -> BundleBuildRequest:
        variant = self.variants.chosen() or "float32"
        out = Path(self.context.project_text) / "drafts" / f"{self._run[:8]}-{variant}.pwb"
        return BundleBuildRequest(
            run=self._run, project=self.context.project_text, out=str(out), board=self.variants.board(), variant=variant
        )

    def _lay_out(self) -> None:
        content = QWidget()
        column = vertical(content, margins_px=16, gap_px=12)
        column.addWidget(self.variants, 4)
        lower = horizontal(gap_px=12)
        lower.addWidget(self.parity, 2)
        lower.addWidget(self.validate, 3)
        column.addLayout(lower, 5)
        self._stack.addWidget(content)
        self._stack.addWidget(framed(self._empty))
        self.set_content(self._stack)
        self.set_inspector(self.bundle, _INSPECTOR_PX)

    def _connect(self) -> None:
        self.variants.variant_chosen.connect(self._on_variant)
        self.variants.board_chosen.connect(self._quantize)
        self.bundle.changed.connect(self.refresh_actions)
        self.bundle.bundle_chosen.connect(self._on_bundle_chosen)
        self._empty.acted.connect(self._on_compare)
        self.context.content_changed.connect(self._on_changed)
        self.context.project_changed.connect(self._on_project_changed)

    def _on_runs(self, result: object) -> None:
        assert isinstance(result, RunsListResult)
        champion = next((run for run in result.runs if run.id == result.champion), None)
        self._stack.setCurrentIndex(1 if champion is None else 0)
        self.bundle.setVisible(champion is not None)
        if champion is None:
            self._run = ""
            self.refresh_actions()
            return
        is_new = champion.id != self._run
        self._run, self._run_title = champion.id, champion.title
        self._set_title()
        if is_new or self._quantized is None:
            self._quantize()

    def _set_title(self) -> None:
        site = self.context.project.name if self.context.project else ""
        where = (site, self.tr("{run}, champion").format(run=self._run[:8]))
        title = self._bundle.name if self._bundle else self._run_title
        self.set_header(title, breadcrumb=where, facts=self.tr("for {board}").format(board=self.variants.board()))

    def _quantize(self, _board: str = "") -> None:
        if not self._run:
            return
        request = QuantizeRequest(run=self._run, project=self.context.project_text, board=self.variants.board())
        call = JobCall(title=self.tr("Compare forms"), function=quantize_run, request=request, slot="quantize")
        self.context.start_job(call, on_result=self._on_quantized)

    def _on_quantized(self, result: object) -> None:
        assert isinstance(result, QuantizeResult)
        self._quantized = result
        self.variants.show_variants(result)
        self._set_title()
        self.refresh_actions()

    def _on_variant(self, index: int) -> None:
        assert self._quantized is not None
        variant = self._quantized.variants[index]
        self.parity.show_variant(variant)
        self.validate.show_checks(variant, self._bundle)
        self.refresh_actions()

    def _on_bundles(self, result: object) -> None:
        assert isinstance(result, BundleListResult)
        self.bundle.show_bundles(result.bundles)
        paths = [found.path for found in result.bundles]
        wanted = self.context.selection.bundle or ""
        if wanted and wanted not in paths and Path(wanted).is_file():
            self._check(wanted)  # dropped on the window: it is checked, not taken into the project
        elif paths:
            self._check(wanted if wanted in paths else paths[0])

    def _on_built(self, result: object) -> None:
        assert isinstance(result, BundleResult)
        self.context.select(bundle=None)  # the newest of the project
        self.context.announce("bundle")

    def _on_sign_error(self, error: WorkbenchError) -> None:
        self.bundle.show_problem(str(error))

    def _on_bundle_chosen(self, path: str) -> None:
        self._check(path)

    def _check(self, path: str) -> None:
        self.context.read(verify_bundle, BundleVerifyRequest(bundle=path), self._on_checked)

    def _on_checked(self, result: object) -> None:
        assert isinstance(result, BundleResult)
        self._bundle = result
        self.bundle.show_bundle(result)
        self.context.select(bundle=result.path)
        if self._quantized is not None:
            row = self.variants.row()
            if row is not None:
                self.validate.show_checks(self._quantized.variants[row], result)
        self.set_state(
            None if result.outcome in ("verified", "unsigned") or not result.signatures else State.OUT_OF_SPECIFICATION
        )
        self._set_title()
        self.refresh_actions()

    def _on_compare(self) -> None:
        self.context.navigate("compare")

    def _on_changed(self, kind: str) -> None:
        if kind in ("champion", "run", "bundle") and self.isVisible():
            self.activated(self.context.selection)

    def _on_project_changed(self, _project: object) -> None:
        self._run, self._quantized, self._bundle = "", None, None
        if self.isVisible():
            self.activated(Selection())

    def _why_no_champion(self) -> str:
        return "" if self._run else self.tr("There is no champion yet")

    def _why_not_build(self) -> str:
        if self._quantized is None:
            return self._why_no_champion() or self.tr("The forms are being compared")
        row = self.variants.row()
        share = self._quantized.variants[row].alarms_changed_fraction if row is not None else 0.0
        too_many = self.tr("This form changes {share} of the alarms; less than 1 % is allowed")
        return too_many.format(share=percent(share, 1)) if share >= MOST_CHANGED else self._why_no_champion()

    def _why_not_sign(self) -> str:
        if self._bundle is None:
            return self.tr("Build a bundle first")
        return self.bundle.why_no_key()


class _WithPassphrase:
    """Carries a passphrase into one job; it is never part of a request, a title or a log."""

    def __init__(self, passphrase: str) -> None:
        self._passphrase = passphrase

    def sign(self, request: object, job: Job) -> object:
        """Sign with the passphrase; it is forgotten afterwards."""
        assert isinstance(request, Request)
        try:
            return sign_bundle(request, job, self._ask)  # type: ignore[arg-type]  # the page makes a BundleSignRequest
        finally:
            self._passphrase = ""

    def _ask(self, _question: str) -> str:
        return self._passphrase
