"""The stations of the demo's loop, in order."""

from __future__ import annotations

from pathlib import Path

from workbench.core.jobs import Job
from workbench.core.requests import Request
from workbench.services import bundles, devices, drift, exporting, keys, labels, logs, runs, samples, training
from workbench.services.demo import (
    BOARD,
    KEY_NAME,
    REPLAY_S,
    Station,
    Story,
    altered_copy,
    expect_outcome,
    expect_verified,
    keep_recent_for_device,
    wait_until,
)

Outcome = tuple[str, tuple[tuple[str, ...], Request] | None]
_DRIFT_EVERY_S = 21_600.0
_BURST_EVERY_H = 24.0


def sample(story: Story, job: Job) -> Outcome:
    """Make sample pumps; the recent part of one pump's log is kept for the device."""
    asked = story.request
    request = samples.SampleRequest(
        out=str(story.out / "logs"), pumps=asked.pumps, days=asked.days, seed=asked.seed, burst_every_h=_BURST_EVERY_H
    )
    story.sample = samples.write_samples(request, job)
    story.device_tag = story.sample.assets[-1]
    log = Path(story.sample.logs[-1])
    story.device_log = story.out / "device" / log.name
    keep_recent_for_device(log, log, story.device_log)
    return f"{asked.pumps} pumps, {asked.days:g} days; the last fifth of {story.device_tag} is kept for the device.", (
        ("sample",), request,
    )  # fmt: skip


def import_(story: Story, job: Job) -> Outcome:
    """Import the logs."""
    assert story.sample is not None
    paths = (*story.sample.logs, *story.sample.bursts)
    request = logs.ImportRequest(paths=paths, project=story.project, site="Havsule A", join=False)
    story.imported = logs.import_logs(request, job)
    rows = sum(recording.rows for recording in story.imported.recordings)
    n_findings = sum(len(recording.findings) for recording in story.imported.recordings)
    return f"{len(story.imported.recordings)} recordings, {rows} rows, {n_findings} quality findings.", (
        ("logs", "import"),
        request,
    )


def label(story: Story, job: Job) -> Outcome:
    """Import the events that the sample's people wrote down."""
    assert story.sample is not None
    request = labels.LabelsImportRequest(path=story.sample.events, project=story.project, state="real")
    found = labels.import_labels(request, job)
    return f"{len(found.events)} events on {len(found.layers)} pumps.", (("labels", "import"), request)


def train(story: Story, job: Job) -> Outcome:
    """Train all families of the default recipe."""
    recipe = story.out / "recipe.toml"
    training.new_recipe(training.RecipeNewRequest(out=str(recipe), overwrite=True), job)
    request = training.TrainRequest(recipe=str(recipe), project=story.project)
    story.trained = training.train(request, job)
    # A demo before this one in the same folder left its champion, which stays until a person says otherwise.
    title = next((run.title for run in story.trained.runs if run.id == story.champion), "of the demo before this one")
    return f"{len(story.trained.runs)} runs on one hold-out; champion {story.champion[:8]}, {title}.", (("train",), request)


def compare(story: Story, job: Job) -> Outcome:
    """Alarms of the champion against the events of the hold-out."""
    request = runs.TimelineRequest(run=story.champion, project=story.project)
    story.timeline = runs.run_timeline(request, job)
    found = story.timeline
    return (
        f"{found.n_caught} of {found.n_events} events caught, {found.false_alarms_per_week:.2f} false alarms a pump-week.",
        (("runs", "timeline"), request),
    )


def drift_(story: Story, job: Job) -> Outcome:
    """Has the device's pump moved since its reference period?"""
    until = _reference_end(story)
    request = drift.DriftRequest(project=story.project, asset=story.device_tag, every=_DRIFT_EVERY_S, reference_until=until)
    story.drift = drift.measure_drift(request, job)
    moved = [channel.channel for channel in story.drift.channels if channel.is_over]
    text = ", ".join(moved) if moved else "no channel"
    return f"{story.drift.evaluations} evaluations of {story.device_tag}; over its limit now: {text}.", (("drift",), request)


def quantize(story: Story, job: Job) -> Outcome:
    """Make the smaller forms and compare their alarms; of the best run that has some, if the champion has none."""
    assert story.trained is not None
    others = [run.id for run in story.trained.runs if not run.is_baseline and run.id != story.champion]
    for run in (story.champion, *others):
        request = exporting.QuantizeRequest(run=run, project=story.project, board=BOARD)
        story.quantized = exporting.quantize_run(request, job)
        if len(story.quantized.variants) > 1:
            break
    assert story.quantized is not None
    chosen = next(variant for variant in story.quantized.variants if variant.is_recommended)
    size = f"recommended {chosen.name}, {chosen.size_bytes / 1000:.0f} kB"
    changed = f"{chosen.parity.n_alarms_changed} of {chosen.parity.n_alarms} alarms changed"
    whose = "" if story.quantized.run == story.champion else f" of {story.quantized.run[:8]} (the champion has none smaller)"
    return f"{len(story.quantized.variants)} forms{whose}; {size}, {changed}.", (("quantize",), request)


def package(story: Story, job: Job) -> Outcome:
    """Build the bundle."""
    request = bundles.BundleBuildRequest(run=story.champion, project=story.project, out=str(story.bundle_path), board=BOARD)
    story.bundle = bundles.build_bundle(request, job)
    return f"{story.bundle.name} release {story.bundle.release}, {story.bundle.size_bytes / 1000:.0f} kB.", (
        ("bundle", "build"), request,
    )  # fmt: skip


def sign(story: Story, job: Job) -> Outcome:
    """Make a key of the demo's own, trust it, sign, verify; an altered copy must be refused."""
    known = (key for key in keys.list_keys(keys.KeyListRequest(), job).keys if key.name == KEY_NAME)
    key = next(known, None) or keys.new_key(keys.KeyNewRequest(name=KEY_NAME), job).keys[0]
    public = story.out / "demo.pub"
    keys.export_key(keys.KeyExportRequest(key=key.id, out=str(public)), job)
    for trust_file in (str(story.trust_path), None):  # for the device, and for this home's own window
        keys.add_trust(keys.TrustAddRequest(key_file=str(public), file=trust_file), job)
    request = bundles.BundleSignRequest(bundle=str(story.bundle_path), key=key.id, project=story.project)
    bundles.sign_bundle(request, job)
    check = bundles.BundleVerifyRequest(bundle=str(story.bundle_path), trust=str(story.trust_path))
    story.bundle = bundles.verify_bundle(check, job)
    expect_outcome(story.bundle, is_good=True)
    copy = story.out / "device" / "altered.pwb"
    altered_copy(story.bundle_path, copy)
    refused = bundles.verify_bundle(bundles.BundleVerifyRequest(bundle=str(copy), trust=str(story.trust_path)), job)
    expect_outcome(refused, is_good=False)
    return f"Signed with key {key.id} (made for this demo, worthless); a copy with one bit flipped: {refused.outcome}.", (
        ("bundle", "sign"), request,
    )  # fmt: skip


def update(story: Story, job: Job) -> Outcome:
    """Update a virtual device and pull its log, then let it go."""
    story.device_log.parent.mkdir(parents=True, exist_ok=True)
    asked = devices.VirtualRequest(
        trust=str(story.trust_path), tag=story.device_tag, board=BOARD, input=str(story.device_log),
        state=str(story.out / "device" / "state"), speed=_replay_speed(story),
    )  # fmt: skip
    device = devices.start_virtual_device(asked)
    try:
        request = devices.UpdateRequest(
            port=device.port, bundle=str(story.bundle_path), yes=True, project=story.project, trust=str(story.trust_path),
            expect_asset=story.device_tag,
        )  # fmt: skip
        story.update = devices.update_device(request, job.part(0.0, 0.3))
        expect_verified(story.update)
        _pull(story, device.port, job.part(0.3, 1.0))
    finally:
        device.stop()
    found = story.update
    return f"{found.verdict}: {found.bytes} bytes in {found.seconds:.1f} s, confirmed and read back.", (
        ("devices", "update"),
        request,
    )


def pull(story: Story, job: Job) -> Outcome:
    """What the device recorded while it ran the new model, now in the project."""
    assert story.pulled is not None
    names = ", ".join(log.kind for log in story.pulled.logs)
    job.progress(1.0, names)
    return (
        f"{len(story.pulled.logs)} logs ({names}), {story.pulled.bytes / 1000:.0f} kB; into the project as the next period.",
        None,
    )


def retrain(story: Story, job: Job) -> Outcome:
    """Train the champion's recipe again with what the device saw."""
    request = training.RetrainRequest(project=story.project)
    story.retrained = training.retrain(request, job)
    kept = story.retrained.champion == story.champion
    return f"{len(story.retrained.runs)} runs with the new period; the champion {'stays' if kept else 'changes'}.", (
        ("retrain",), request,
    )  # fmt: skip


def _pull(story: Story, port: str, job: Job) -> None:
    asked = devices.IdentifyRequest(port=port)

    def has_replayed() -> bool:
        return devices.identify(asked, Job()).last_score_utc >= _last_stamp(story.device_log)

    wait_until(has_replayed, job.part(0.0, 0.6), limit_s=2 * REPLAY_S, message="The device scores its pump")
    request = devices.PullLogsRequest(port=port, out=str(story.out / "pulled"), project=story.project)
    story.pulled = devices.pull_logs(request, job.part(0.6, 1.0))


def _replay_speed(story: Story) -> float:
    return max(1.0, story.request.days * 86_400 * 0.2 / REPLAY_S)


def _reference_end(story: Story) -> str | None:
    """The first part of a sample pump's log is healthy: the generator keeps faults out of it."""
    from workbench.core.clock import format_utc, parse_utc
    from workbench.samples.faults import HEALTHY_SHARE

    recordings = story.imported.recordings if story.imported else ()
    found = next((one for one in recordings if one.asset == story.device_tag), None)
    if found is None or found.first_utc is None or found.last_utc is None:
        return None
    first, last = parse_utc(found.first_utc), parse_utc(found.last_utc)
    return format_utc(first + round((last - first) * HEALTHY_SHARE))


def _last_stamp(log: Path) -> str:
    """The last time stamp less one hour: the last window may not be complete."""
    from workbench.core.clock import NS_PER_S, format_utc, parse_utc

    last = log.read_text(encoding="utf-8").rstrip().rsplit("\n", 1)[-1].split(",")[0]
    return format_utc(parse_utc(last) - 3600 * NS_PER_S)


STATIONS: tuple[tuple[str, Station], ...] = (
    ("sample", sample), ("import", import_), ("label", label), ("train", train), ("compare", compare), ("drift", drift_),
    ("quantize", quantize), ("package", package), ("sign", sign), ("update", update), ("pull", pull), ("retrain", retrain),
)  # fmt: skip
