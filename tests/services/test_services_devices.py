"""Device services against the real agent on a simulated line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.contracts import bundle_fixtures as fixtures
from tests.services.device_fixtures import TAG, Site, make_update
from workbench.bundle.trust import save_trust
from workbench.core.errors import DeviceError, DeviceNotFound, InputError, JobCancelled, RequestError
from workbench.core.jobs import Job, JobEvent, Partial
from workbench.project.store import Project
from workbench.services.devices import (
    BoardsRequest,
    ConfirmRequest,
    DevicesListRequest,
    IdentifyRequest,
    PreflightRequest,
    PullLogsRequest,
    ResumeRequest,
    RollBackRequest,
    TransferRate,
    UpdateRequest,
    VerifyReceiptRequest,
    VirtualRequest,
    confirm_device,
    identify,
    list_boards,
    list_devices,
    preflight,
    pull_logs,
    resume_update,
    roll_back,
    start_virtual_device,
    update_device,
    verify_receipt,
)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    made = Site.make(tmp_path)
    made.install_old()
    return made


def test_the_boards_are_listed() -> None:
    names = {str(board["name"]) for board in list_boards(BoardsRequest(), Job()).boards}
    assert {"linux-gateway", "virtual-gateway"} <= names


def test_an_update_is_verified_only_when_the_device_says_so_on_its_own_disk(site: Site) -> None:
    with site.device() as port:
        result = site.update(port)
        assert (result.verdict, result.state, result.bytes) == ("verified", "confirmed", site.new.stat().st_size)
    record = site.record()
    assert (site.running(), record.confirmed == record.active, record.trial) == (4, True, None)
    assert (result.before["release"], result.after["release"]) == (3, 4)


def test_nothing_is_written_without_yes(site: Site) -> None:
    with site.device() as port, pytest.raises(RequestError):
        update_device(UpdateRequest(port=port, bundle=str(site.new), trust=str(site.trust)), Job())


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"boards": ("linux-gateway",)}, "board_mismatch"),
        ({"model_line": "another"}, "line_mismatch"),
        ({"floor": 0, "name": "changed"}, "hash_mismatch"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_reason_and_nothing_is_written(
    site: Site, changes: dict[str, object], reason: str
) -> None:
    release = 3 if reason == "hash_mismatch" else 4
    site.new.write_bytes(make_update(release, **changes))
    before = site.record()
    with site.device() as port:
        result = site.update(port)
    assert (result.verdict, result.state, result.reason, result.bytes) == ("failed", "refused", reason, 0)
    assert site.record().slots == before.slots


def test_a_flipped_byte_is_refused_before_anything_is_written(site: Site) -> None:
    damaged = bytearray(site.new.read_bytes())
    damaged[-2000] ^= 1
    site.new.write_bytes(bytes(damaged))
    with site.device() as port:
        result = site.update(port)
    assert (result.state, result.reason, result.bytes, site.running()) == ("refused", "hash_mismatch", 0, 3)


@pytest.mark.parametrize(("field", "reason"), [("expect_asset", "wrong_asset"), ("expect_serial", "wrong_serial")])
def test_the_wrong_pump_is_refused(site: Site, field: str, reason: str) -> None:
    with site.device() as port:
        result = site.update(port, **{field: "P-9999"})
    assert (result.state, result.reason, result.bytes) == ("refused", reason, 0)


def test_the_wrong_pump_is_refused_even_where_this_model_runs_already(site: Site) -> None:
    with site.device() as port:
        result = site.update(port, site.old, expect_asset="P-9999")
    assert (result.verdict, result.state, result.reason) == ("failed", "refused", "wrong_asset")


def test_a_model_that_runs_already_is_verified_without_a_byte(site: Site) -> None:
    with site.device() as port:
        result = site.update(port, site.old)
    assert (result.verdict, result.bytes) == ("verified", 0)


def test_a_device_without_trust_refuses_everything_itself(site: Site) -> None:
    (site.state / "trust.json").unlink()
    with site.device(trust_file=None) as port:
        result = site.update(port)
    assert (result.state, result.reason, result.bytes, site.running()) == ("refused", "not_provisioned", 0, 3)


def test_a_release_below_the_floor_is_refused(site: Site) -> None:
    with site.device() as port:
        site.new.write_bytes(make_update(5, floor=5))
        assert site.update(port).verdict == "verified"
        result = site.update(port, site.old)
    assert (result.state, result.reason) == ("refused", "below_floor")


def test_a_test_boot_waits_for_a_second_touch_where_that_was_asked(site: Site) -> None:
    with site.device() as port:
        result = site.update(port, confirm=False)
        assert (result.verdict, result.state) == ("unknown", "awaiting_confirm")
        assert "devices confirm" in result.next_action
        assert site.record().trial is not None
        confirmed = confirm_device(ConfirmRequest(port=port), Job())
    assert (confirmed.verdict, site.running(), site.record().trial) == ("verified", 4, None)


def test_a_device_that_lies_about_its_self_test_is_caught_by_windows_drawn_now(site: Site) -> None:
    with site.device("lie") as port:
        result = site.update(port)
    assert (result.verdict, result.state, result.reason) == ("failed", "rolled_back", "wrong_scores")
    assert site.running() == 3


def test_a_full_disk_fails_at_transfer_with_the_old_model_running(site: Site) -> None:
    with site.device("full") as port:
        result = site.update(port)
    assert (result.verdict, result.state, result.reason) == ("failed", "failed_at_transfer", "no_space")
    assert site.running() == 3


@pytest.mark.parametrize("at", [700, 30_000])
def test_a_corrupted_byte_on_the_line_costs_a_piece_and_nothing_else(site: Site, at: int) -> None:
    with site.device(f"corrupt@{at}") as port:
        result = site.update(port)
    assert (result.verdict, site.running()) == ("verified", 4)


@pytest.mark.parametrize("at", [20_000, 46_000])
def test_a_power_cut_never_gives_a_false_verdict_and_a_resume_completes(site: Site, at: int) -> None:
    with site.device(f"power@{at}") as port:
        result = site.update(port)
        if result.verdict != "verified":
            result = resume_update(ResumeRequest(port=port), Job())
    assert (result.verdict, site.running()) == ("verified", 4)


def test_a_cable_that_stays_out_is_unknown_and_says_what_to_do(site: Site) -> None:
    with site.device("cut@30000/6") as port:
        result = site.update(port, reconnect_wait_s=0.0)
        assert (result.verdict, result.state) == ("unknown", "not_reached")
        assert f"devices resume --port {port}" in result.next_action
        assert site.running() == 3
        again = result
        # The cable may come back in the middle of a resume: the old model is then read back, and the next resume goes on.
        while again.state in ("not_reached", "failed_at_identify"):
            assert site.running() == 3
            again = resume_update(ResumeRequest(port=port), Job())
    assert (again.verdict, site.running()) == ("verified", 4)
    assert 0 < again.bytes < site.new.stat().st_size


def test_a_resume_needs_neither_the_bundle_nor_the_trust_file(site: Site) -> None:
    with site.device("cut@30000/5") as port:
        site.update(port, reconnect_wait_s=0.0)
    site.new.unlink()
    site.trust.unlink()
    with site.device(trust_file=None) as port:
        assert resume_update(ResumeRequest(port=port), Job()).verdict == "verified"


def test_a_resume_without_an_update_says_so(site: Site) -> None:
    with pytest.raises(InputError):
        resume_update(ResumeRequest(port="socket://127.0.0.1:1"), Job())


def test_a_resume_after_a_refusal_only_reads_back(site: Site) -> None:
    site.new.write_bytes(make_update(4, boards=("linux-gateway",)))
    with site.device() as port:
        site.update(port)
        again = resume_update(ResumeRequest(port=port), Job())
    assert (again.verdict, again.bytes, site.running()) == ("failed", 0, 3)


def test_cancel_in_the_transfer_leaves_the_old_model(site: Site) -> None:
    jobs: list[Job] = []

    def sink(event: JobEvent) -> None:
        if isinstance(event, Partial) and isinstance(event.value, TransferRate) and event.value.offset_bytes > 10_000:
            jobs[0].cancel()

    jobs.append(Job(sink))
    with site.device(baud_rate_bd=921600) as port:
        request = UpdateRequest(port=port, bundle=str(site.new), trust=str(site.trust), yes=True)
        with pytest.raises(JobCancelled):
            update_device(request, jobs[0])
        assert identify(IdentifyRequest(port=port), Job()).slots[0].active
        assert resume_update(ResumeRequest(port=port), Job()).verdict == "verified"


def test_nobody_at_the_port_is_unknown_with_the_next_action(site: Site) -> None:
    result = site.update("socket://127.0.0.1:1")
    assert (result.verdict, result.state, result.bytes) == ("unknown", "not_reached", 0)
    with pytest.raises(DeviceNotFound):
        identify(IdentifyRequest(port="socket://127.0.0.1:1"), Job())


def test_only_this_machine_can_be_reached(site: Site) -> None:
    with pytest.raises(InputError):
        identify(IdentifyRequest(port="socket://10.0.0.1:80"), Job())


def test_the_receipt_is_signed_and_a_changed_one_is_not_valid(site: Site, tmp_path: Path) -> None:
    with site.device() as port:
        result = site.update(port)
    assert result.receipt is not None
    found = verify_receipt(VerifyReceiptRequest(receipt=result.receipt), Job())
    assert (found.is_valid, found.receipt["kind"]) == (True, "update")
    data = Path(result.receipt).read_bytes()
    changed = tmp_path / "changed.json"
    import json

    envelope = json.loads(data)
    envelope["signatures"][0]["sig"] = "A" * 86 + "=="
    changed.write_bytes(json.dumps(envelope, sort_keys=True, separators=(",", ":")).encode())
    assert not verify_receipt(VerifyReceiptRequest(receipt=str(changed)), Job()).is_valid


def test_an_update_is_journalled_with_its_receipt(site: Site, tmp_path: Path) -> None:
    with site.device() as port:
        result = site.update(port, project=str(tmp_path / "station"))
    with Project.open(tmp_path / "station") as project:
        (item,) = project.items("receipt")
        assert (item.asset, item.details["verdict"]) == (TAG, "verified")
        assert result.receipt == str(project.objects.path_of("receipt", item.id))


def test_the_lights_show_what_was_looked_at(site: Site) -> None:
    request = PreflightRequest(port="", bundle=str(site.new), trust=str(site.trust), expect_asset=TAG)
    with site.device() as port:
        result = preflight(type(request)(**{**_fields(request), "port": port}), Job())
    assert result.is_ready
    assert {light.name: light.state for light in result.lights} == dict.fromkeys(
        ["right_pump", "signature", "right_board", "model_line", "security_floor", "release", "fits", "spare_slot", "cable"],
        "good",
    )


@pytest.mark.parametrize(("trusted", "reason"), [("nobody", "not_provisioned"), ("a stranger", "key_unknown")])
def test_the_lights_show_that_the_device_itself_does_not_trust_the_signer(site: Site, trusted: str, reason: str) -> None:
    root = site.state / "trust.json"
    root.unlink()
    if trusted == "a stranger":
        save_trust(root, fixtures.make_root(fixtures.STRANGER))
    with site.device(trust_file=None) as port:
        found = preflight(PreflightRequest(port=port, bundle=str(site.new), trust=str(site.trust), expect_asset=TAG), Job())
    light = next(light for light in found.lights if light.name == "signature")
    assert (found.is_ready, light.state) == (False, "failure")
    assert ("no key" in light.value) == (reason == "not_provisioned")
    assert "pump-edge provision" in light.fix


def _fields(request: PreflightRequest) -> dict[str, object]:
    return {name: getattr(request, name) for name in request.__struct_fields__}


def test_a_named_port_that_does_not_answer_is_a_tile_with_its_error(site: Site) -> None:
    with site.device() as port:
        tiles = list_devices(DevicesListRequest(ports=(port, "socket://127.0.0.1:1")), Job()).devices
    found = {tile.port: tile for tile in tiles}
    assert found[port].passport is not None
    assert found["socket://127.0.0.1:1"].error


def test_logs_are_pulled_whole_and_a_second_pull_reads_only_what_is_new(site: Site, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    rows = [f"2026-01-01T00:{second // 60:02d}:{second % 60:02d}Z,{1 + second % 7},{2 - second % 5}" for second in range(600)]
    log.write_text("\n".join(["time_utc,PT-1,TT-1", *rows]) + "\n", encoding="utf-8")
    with site.device(input_file=log, speed=100_000.0) as port:
        while identify(IdentifyRequest(port=port), Job()).last_score_utc < "2026-01-01T00:09:5":
            continue
        pulled = pull_logs(PullLogsRequest(port=port, out=str(tmp_path / "out")), Job())
        again = pull_logs(PullLogsRequest(port=port, out=str(tmp_path / "out")), Job())
    assert {log.kind for log in pulled.logs} == {"alerts", "scores", "minutes", "raw", "events"}
    raw = next(Path(log.path) for log in pulled.logs if log.kind == "raw")
    assert raw.read_text(encoding="utf-8").splitlines()[1:] == rows
    assert again.bytes == 0


def test_the_devices_scores_are_those_of_the_bundle_on_the_laptop(site: Site, tmp_path: Path) -> None:
    import numpy as np

    log = tmp_path / "log.csv"
    generator = np.random.default_rng(3)
    values = generator.normal(1.0, 0.6, (400, 2))
    rows = [f"2026-01-01T00:{s // 60:02d}:{s % 60:02d}Z,{a:.6g},{b:.6g}" for s, (a, b) in enumerate(values)]
    log.write_text("\n".join(["time_utc,PT-1,TT-1", *rows]) + "\n", encoding="utf-8")
    with site.device(input_file=log, speed=100_000.0) as port:
        while identify(IdentifyRequest(port=port), Job()).last_score_utc < "2026-01-01T00:06:3":
            continue
        pulled = pull_logs(PullLogsRequest(port=port, out=str(tmp_path / "out")), Job())
    text = next(Path(item.path) for item in pulled.logs if item.kind == "scores").read_text(encoding="utf-8")
    from workbench.core.clock import parse_utc
    from workbench.edge.sensors import read_csv
    from workbench.scoring.session import ScoringSession
    from workbench.scoring.windower import windows_of

    samples = read_csv(log)
    windows = windows_of(samples.times_ns, samples.values, fixtures.SPEC)
    scores = ScoringSession(fixtures.make_model()).score(windows).score
    lines = [line.split(",") for line in text.splitlines()[1:]]
    # Behind the log's end its time goes on: those windows are `test_services_silence`'s.
    heard = [line for line in lines if parse_utc(line[0]) <= samples.times_ns[-1]]
    assert [parse_utc(line[0]) for line in heard] == windows.end_ns.tolist()
    assert [line[1] for line in heard] == [f"{score:.6g}" for score in scores]
    assert [line[3] for line in heard] == [str(int(score >= 0.5)) for score in scores]


def test_a_person_goes_back_to_the_confirmed_model_with_a_signed_command(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    key = make_key(site, monkeypatch)
    with site.device() as port:
        assert site.update(port).verdict == "verified"
        result = roll_back(RollBackRequest(port=port, key=key), Job())
    assert (result.verdict, site.running(), site.record().trial) == ("verified", 3, None)


def test_a_roll_back_that_the_device_does_not_trust_changes_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    key = make_key(site, monkeypatch, is_trusted=False)
    with site.device() as port:
        assert site.update(port).verdict == "verified"
        result = roll_back(RollBackRequest(port=port, key=key), Job())
    assert (result.verdict, result.state, result.reason) == ("failed", "refused", "not_trusted")
    assert site.running() == 4


def test_there_is_nothing_to_go_back_to_on_a_device_with_one_model(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    key = make_key(site, monkeypatch)
    with site.device() as port, pytest.raises(InputError):
        roll_back(RollBackRequest(port=port, key=key), Job())


def make_key(site: Site, monkeypatch: pytest.MonkeyPatch, *, is_trusted: bool = True) -> str:
    """A key in the vault, in the device's trust root or not."""
    from workbench.bundle.trust import add_key, load_trust, save_trust, trust_key
    from workbench.services.keys import KeyNewRequest, ask_environment, new_key, open_vault

    monkeypatch.setenv("WORKBENCH_PASSPHRASE", "correct horse battery staple")
    made = new_key(KeyNewRequest(name="field"), Job()).keys[0].id
    if is_trusted:
        public = open_vault().unlock(made, ask_environment).public_key
        save_trust(site.trust, add_key(load_trust(site.trust), trust_key(public, "field")))
    return made


@pytest.mark.skipif(os.name == "nt", reason="this machine has no pseudo terminals")
def test_an_update_over_a_serial_port_is_the_same(site: Site) -> None:
    with site.device(listen="pty") as port:
        result = site.update(port)
    assert (result.verdict, site.running()) == ("verified", 4)
    assert result.line_rate_fraction is not None


def test_the_virtual_device_runs_in_a_process_of_its_own(site: Site) -> None:
    asked = VirtualRequest(state=str(site.state), trust=str(site.trust), tag=TAG)
    with start_virtual_device(asked) as device:
        found = identify(IdentifyRequest(port=device.port), Job())
        assert found.passport.tag == TAG
        assert found.self_test is not None and found.self_test.n_passed == 32
    assert device.process.poll() is not None


def test_a_new_virtual_device_trusts_the_persons_own_keys(site: Site) -> None:
    (site.folder / "home").mkdir(exist_ok=True)
    save_trust(site.folder / "home" / "trust.json", fixtures.make_root())
    with start_virtual_device(VirtualRequest(state=str(site.folder / "new"), tag=TAG)) as device:
        assert identify(IdentifyRequest(port=device.port), Job()).passport.trust_keys == (fixtures.KEY.key_id,)


def test_a_virtual_device_that_can_not_start_says_why(site: Site) -> None:
    with pytest.raises(DeviceError, match=r"missing\.csv"):
        start_virtual_device(VirtualRequest(state=str(site.state), trust=str(site.trust), input=str(site.folder / "missing.csv")))
