"""Every command of the program, one line each; `tests/architecture` compares it with the services."""

from __future__ import annotations

from workbench.cli.command import Command
from workbench.core.errors import EXIT_DEVICE, EXIT_INPUT, EXIT_OK, EXIT_REFUSED


def verdict_exit(result: object) -> int:
    """Verified 0; refused with nothing written 3; any other failure, and unknown, 4."""
    verdict = getattr(result, "verdict", "unknown")
    if verdict == "verified":
        return EXIT_OK
    return EXIT_REFUSED if getattr(result, "state", "") == "refused" else EXIT_DEVICE


def outcome_exit(result: object) -> int:
    """A verified bundle 0, any refusal 3."""
    return EXIT_OK if getattr(result, "outcome", "") == "verified" else EXIT_REFUSED


def replay_exit(result: object) -> int:
    """All golden vectors passed 0, else 3."""
    return EXIT_OK if getattr(result, "is_passed", False) else EXIT_REFUSED


def preflight_exit(result: object) -> int:
    """All lights green 0, else 3."""
    return EXIT_OK if getattr(result, "is_ready", False) else EXIT_REFUSED


def receipt_exit(result: object) -> int:
    """A receipt whose signature holds 0, else 3."""
    return EXIT_OK if getattr(result, "is_valid", False) else EXIT_REFUSED


def problems_exit(result: object) -> int:
    """Nothing found 0, else 2."""
    return EXIT_INPUT if getattr(result, "problems", ()) else EXIT_OK


def self_test_exit(result: object) -> int:
    """Everything needed is there 0, else 2."""
    return EXIT_OK if getattr(result, "is_usable", False) else EXIT_INPUT


def capture_exit(result: object) -> int:
    """Stopped by a person or by its time 0; a cable that came out 4, though what arrived is recorded."""
    return EXIT_DEVICE if getattr(result, "ended_by", "") == "unplugged" else EXIT_OK


_EVENTS = ("events", "layers")
COMMANDS: tuple[Command, ...] = (
    Command(words=("self-test",), service="self_test:self_test", request="SelfTestRequest", exit_rule=self_test_exit),
    Command(words=("sample",), service="samples:write_samples", request="SampleRequest"),
    Command(words=("project", "new"), service="projects:new_project", request="ProjectRequest", about="Make a project folder."),
    Command(
        words=("project", "show"), service="projects:show_project", request="ProjectRequest",
        about="Show what a project holds.",
    ),
    Command(
        words=("project", "check"), service="projects:check_project", request="ProjectRequest",
        about="Check every object and journal line against its hash.", exit_rule=problems_exit,
    ),
    Command(
        words=("project", "rebuild"), service="projects:rebuild_project", request="ProjectRequest",
        about="Make the index of a project anew from its journals.", exit_rule=problems_exit,
    ),
    Command(words=("project", "undo"), service="layer_history:undo_edit", request="UndoRequest"),
    Command(words=("project", "redo"), service="layer_history:redo_edit", request="RedoRequest"),
    Command(words=("project", "items"), service="projects:list_items", request="ItemsRequest"),
    Command(words=("project", "remove"), service="projects:remove_item", request="RemoveRequest"),
    Command(words=("logs", "inspect"), service="logs:inspect_logs", request="InspectRequest"),
    Command(words=("logs", "preview"), service="logs:preview_log", request="PreviewRequest"),
    Command(words=("logs", "import"), service="logs:import_logs", request="ImportRequest"),
    Command(
        words=("logs", "capture"), service="capture:capture", request="CaptureRequest", exit_rule=capture_exit,
        ends_at_interrupt=True,
    ),
    Command(
        words=("logs", "capture-rehearsal"), service="capture_rehearsal:serve_rehearsal", request="CaptureRehearsalRequest",
        goes_on=True,
    ),
    Command(words=("logs", "capture-ports"), service="capture:list_capture_ports", request="CapturePortsRequest"),
    Command(words=("logs", "capture-preview"), service="capture:preview_capture", request="CapturePreviewRequest"),
    Command(
        words=("logs", "capture-recover"), service="capture:recover_captures", request="CaptureRecoverRequest",
        exit_rule=problems_exit,
    ),
    Command(words=("logs", "sources"), service="log_memory:list_sources", request="SourcesRequest"),
    Command(words=("logs", "tags"), service="tag_map:list_tags", request="TagsRequest"),
    Command(words=("assets", "list"), service="tag_map:list_assets", request="AssetsRequest"),
    Command(words=("assets", "import"), service="tag_map:import_assets", request="AssetsImportRequest"),
    Command(words=("assets", "tag"), service="tag_map:set_tags", request="TagSetRequest"),
    Command(words=("logs", "forget"), service="log_memory:forget_sources", request="ForgetRequest"),
    Command(words=("logs", "quality"), service="logs:log_quality", request="QualityRequest"),
    Command(words=("logs", "export"), service="log_export:export_logs", request="ExportLogsRequest"),
    Command(words=("logs", "xy"), service="log_xy:log_xy", request="XYRequest"),
    Command(words=("logs", "layouts"), service="log_layouts:list_layouts", request="LayoutsRequest"),
    Command(words=("logs", "layout-set"), service="layout_set:set_layout", request="LayoutSetRequest"),
    Command(words=("logs", "layout-import"), service="log_layouts:import_layout", request="LayoutImportRequest"),
    Command(words=("logs", "layout-export"), service="log_layouts:export_layout", request="LayoutExportRequest"),
    Command(words=("logs", "layout-remove"), service="log_layouts:remove_layout", request="LayoutRemoveRequest"),
    Command(words=("logs", "statistics"), service="log_statistics:log_statistics", request="StatisticsRequest"),
    Command(words=("logs", "exclude"), service="corrections:exclude", request="ExcludeRequest"),
    Command(words=("logs", "correct"), service="corrections:correct_log", request="CorrectRequest"),
    Command(words=("logs", "accept"), service="corrections:accept_finding", request="AcceptRequest"),
    Command(words=("logs", "corrections"), service="corrections:list_corrections", request="CorrectionsRequest"),
    Command(words=("logs", "uncorrect"), service="corrections:remove_correction", request="UncorrectRequest"),
    Command(words=("logs", "regimes"), service="regimes:log_regimes", request="RegimesRequest"),
    Command(words=("logs", "set-regime"), service="regimes:set_regime", request="SetRegimeRequest"),
    Command(words=("logs", "unset-regime"), service="regimes:unset_regime", request="UnsetRegimeRequest"),
    Command(words=("logs", "spectrum"), service="analysis_spectrum:log_spectrum", request="SpectrumRequest"),
    Command(words=("logs", "spectrogram"), service="analysis_maps:log_spectrogram", request="SpectrogramRequest"),
    Command(words=("logs", "orders"), service="analysis_maps:log_orders", request="OrdersRequest"),
    Command(words=("logs", "envelope"), service="analysis_envelope:log_envelope", request="EnvelopeRequest"),
    Command(words=("logs", "defect-trend"), service="analysis_trend:log_defect_trend", request="DefectTrendRequest"),
    Command(words=("logs", "pump-curve"), service="analysis_pump:log_pump_curve", request="PumpCurveRequest"),
    Command(words=("logs", "machine"), service="machine:machine", request="MachineRequest"),
    Command(words=("logs", "bearings"), service="analysis_envelope:list_bearings", request="BearingsRequest"),
    Command(words=("channels", "list"), service="derived_channels:list_channels", request="ChannelsListRequest"),
    Command(words=("channels", "add"), service="derived_channels:add_channel", request="ChannelAddRequest"),
    Command(words=("channels", "remove"), service="derived_channels:remove_channel", request="ChannelRemoveRequest"),
    Command(words=("logs", "fetch"), service="log_fetch:fetch_logs", request="FetchRequest", asks=True),
    Command(words=("plugins", "list"), service="plugins:list_plugins", request="PluginsRequest"),
    Command(words=("plugins", "allow"), service="plugins:allow_plugin", request="PluginAllowRequest"),
    Command(words=("plugins", "try"), service="plugins:try_plugin", request="PluginTryRequest"),
    Command(words=("plugins", "forbid"), service="plugins:forbid_plugin", request="PluginForbidRequest"),
    Command(words=("labels", "list"), service="labels:list_labels", request="LabelsListRequest"),
    Command(words=("labels", "add"), service="labels:add_label", request="LabelsAddRequest", only_json=_EVENTS),
    Command(words=("labels", "change"), service="label_edits:change_labels", request="LabelsChangeRequest"),
    Command(words=("labels", "split"), service="label_edits:split_label", request="LabelsSplitRequest"),
    Command(words=("labels", "merge"), service="label_edits:merge_labels", request="LabelsMergeRequest"),
    Command(words=("labels", "delete"), service="label_edits:delete_labels", request="LabelsDeleteRequest"),
    Command(words=("labels", "look"), service="label_edits:label_looks", request="LookRequest"),
    Command(words=("labels", "similar"), service="similar:find_similar", request="SimilarRequest"),
    Command(words=("labels", "agreement"), service="agreement:labels_agreement", request="AgreementRequest"),
    Command(words=("labels", "periods"), service="reference_periods:reference_periods", request="ReferencePeriodsRequest"),
    Command(words=("labels", "evidence"), service="evidence:event_evidence", request="EvidenceRequest"),
    Command(words=("labels", "preview"), service="event_import:preview_events", request="EventsPreviewRequest"),
    Command(words=("labels", "import"), service="labels:import_labels", request="LabelsImportRequest", only_json=_EVENTS),
    Command(
        words=("labels", "from-column"), service="labels:import_label_column", request="LabelsFromColumnRequest",
        only_json=_EVENTS,
    ),
    Command(words=("labels", "export"), service="labels:export_labels", request="LabelsExportRequest", only_json=_EVENTS),
    Command(words=("screen",), service="screening:screen", request="ScreenRequest"),
    Command(words=("recipe", "new"), service="training:new_recipe", request="RecipeNewRequest"),
    Command(words=("recipe", "families"), service="recipes:list_families", request="FamiliesRequest"),
    Command(words=("train",), service="training:train", request="TrainRequest"),
    Command(words=("train-plan",), service="training:preview_split", request="SplitPreviewRequest"),
    Command(words=("retrain",), service="training:retrain", request="RetrainRequest"),
    Command(words=("runs", "list"), service="runs:list_runs", request="RunsListRequest"),
    Command(words=("runs", "show"), service="runs:show_run", request="RunShowRequest"),
    Command(words=("runs", "timeline"), service="runs:run_timeline", request="TimelineRequest"),
    Command(words=("runs", "compare"), service="runs:compare_runs", request="CompareRequest"),
    Command(words=("runs", "champion"), service="runs:set_champion", request="ChampionRequest"),
    Command(words=("runs", "reproduce"), service="runs:reproduce_run", request="ReproduceRequest"),
    Command(words=("score",), service="scoring:score", request="ScoreRequest"),
    Command(words=("drift",), service="drift:measure_drift", request="DriftRequest"),
    Command(words=("export",), service="exporting:export_run", request="ExportRequest"),
    Command(words=("quantize",), service="exporting:quantize_run", request="QuantizeRequest"),
    Command(words=("bundle", "build"), service="bundles:build_bundle", request="BundleBuildRequest", asks=True),
    Command(words=("bundle", "sign"), service="bundles:sign_bundle", request="BundleSignRequest", asks=True),
    Command(words=("bundle", "approve"), service="bundles:approve_bundle", request="BundleApproveRequest", asks=True),
    Command(words=("bundle", "verify"), service="bundles:verify_bundle", request="BundleVerifyRequest", exit_rule=outcome_exit),
    Command(words=("bundle", "show"), service="bundles:show_bundle", request="BundleShowRequest"),
    Command(words=("bundle", "diff"), service="bundles:diff_bundles", request="BundleDiffRequest"),
    Command(words=("bundle", "replay"), service="bundles:replay_bundle", request="BundleReplayRequest", exit_rule=replay_exit),
    Command(words=("bundle", "list"), service="bundles:list_bundles", request="BundleListRequest"),
    Command(words=("keys", "new"), service="keys:new_key", request="KeyNewRequest", asks=True),
    Command(words=("keys", "list"), service="keys:list_keys", request="KeyListRequest"),
    Command(words=("keys", "export"), service="keys:export_key", request="KeyExportRequest"),
    Command(words=("keys", "rotate"), service="keys:rotate_key", request="KeyRotateRequest", asks=True),
    Command(words=("keys", "revoke"), service="keys:revoke_trust", request="KeyRevokeRequest", asks=True),
    Command(words=("trust", "show"), service="keys:show_trust", request="TrustShowRequest"),
    Command(words=("trust", "add"), service="keys:add_trust", request="TrustAddRequest", asks=True),
    Command(words=("trust", "follow"), service="keys:follow_trust", request="TrustFollowRequest"),
    Command(words=("devices", "boards"), service="devices:list_boards", request="BoardsRequest"),
    Command(words=("devices", "list"), service="devices:list_devices", request="DevicesListRequest"),
    Command(words=("devices", "identify"), service="devices:identify", request="IdentifyRequest"),
    Command(words=("devices", "preflight"), service="devices:preflight", request="PreflightRequest", exit_rule=preflight_exit),
    Command(words=("devices", "update"), service="devices:update_device", request="UpdateRequest", exit_rule=verdict_exit),
    Command(words=("devices", "resume"), service="devices:resume_update", request="ResumeRequest", exit_rule=verdict_exit),
    Command(words=("devices", "confirm"), service="devices:confirm_device", request="ConfirmRequest", exit_rule=verdict_exit),
    Command(
        words=("devices", "rollback"), service="devices:roll_back", request="RollBackRequest", exit_rule=verdict_exit, asks=True
    ),
    Command(words=("devices", "trust"), service="devices:update_trust", request="TrustRequest"),
    Command(words=("devices", "pull-logs"), service="devices:pull_logs", request="PullLogsRequest"),
    Command(words=("devices", "virtual"), service="devices:serve_virtual", request="VirtualRequest", goes_on=True),
    Command(words=("edge", "run"), service="devices:serve_edge", request="EdgeRequest", goes_on=True),
    Command(
        words=("receipt", "verify"), service="devices:verify_receipt", request="VerifyReceiptRequest", exit_rule=receipt_exit
    ),
    Command(words=("journal", "show"), service="projects:show_journal", request="JournalRequest"),
    Command(
        words=("journal", "verify"), service="projects:verify_journal", request="JournalRequest",
        about="Check every hash, number and signature of the journal.", exit_rule=problems_exit,
    ),
)  # fmt: skip
