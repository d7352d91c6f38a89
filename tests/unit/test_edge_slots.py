"""What boots, what is undone, and what a device refuses."""

from __future__ import annotations

import tracemalloc
from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np
import pytest

from tests.contracts import bundle_fixtures as fixtures
from tests.unit.edge_fixtures import Bench, digest_of, make_agent
from workbench.bundle.trust import TrustRoot, revoke_key
from workbench.bundle.verify import Refusal
from workbench.core.smp_codec import IMAGE_GROUP, OS_GROUP, ImageCommand, Operation
from workbench.core.wire import PUMP_GROUP, PumpCommand, PumpStatus
from workbench.edge.agent import Agent
from workbench.scoring.windower import longest_gap_ns

FIRST = fixtures.make_bundle(release=3)
SECOND = fixtures.make_bundle(release=4, floor=4)


def bench_of(folder: Path) -> Bench:
    bench = Bench(make_agent(folder))
    bench.install(FIRST)
    return bench


def files_of(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*.pwb")) + sorted(path.name for path in folder.rglob("upload.*"))


def test_an_uploaded_model_runs_only_after_a_test_boot_and_stays_only_after_confirm(tmp_path: Path) -> None:
    bench = bench_of(tmp_path)
    assert bench.send(SECOND)["match"] is True
    assert bench.agent.slots.record.active == 0
    bench.set_state(SECOND, confirm=False)
    bench.agent.boot()
    assert (bench.agent.slots.record.active, bench.agent.slots.record.confirmed) == (1, 0)
    bench.set_state(SECOND, confirm=True)
    assert (bench.agent.slots.record.active, bench.agent.slots.record.confirmed) == (1, 1)


def test_a_test_boot_that_is_not_confirmed_is_undone_by_the_next_boot(tmp_path: Path) -> None:
    bench = bench_of(tmp_path)
    bench.send(SECOND)
    bench.set_state(SECOND, confirm=False)
    bench.agent.boot()
    bench.agent.boot()
    assert bench.agent.slots.record.active == 0
    assert bench.agent.passport().last_reset == "reverted"


def test_an_image_that_has_not_run_is_never_confirmed(tmp_path: Path) -> None:
    bench = bench_of(tmp_path)
    bench.send(SECOND)
    assert bench.set_state(SECOND, confirm=True) == {"err": {"group": 1, "rc": 32}}
    assert bench.agent.slots.record.confirmed == 0


def test_the_security_floor_rises_at_confirm_and_not_before(tmp_path: Path) -> None:
    bench = bench_of(tmp_path)
    bench.send(SECOND)
    bench.set_state(SECOND, confirm=False)
    bench.agent.boot()
    assert bench.agent.passport().security_floor == 1
    bench.set_state(SECOND, confirm=True)
    assert bench.agent.passport().security_floor == 4
    bench.send(FIRST)
    assert bench.agent.uploads.refusal == "below_floor"


@pytest.mark.parametrize("reason", list(Refusal))
def test_every_refusal_of_the_verifier_is_the_devices_refusal(reason: Refusal, tmp_path: Path) -> None:
    case = fixtures.broken_bundle(reason)
    bench = Bench(make_agent(tmp_path, trust=case.trust))
    bench.agent.slots.record = msgspec.structs.replace(bench.agent.slots.record, security_floor=case.expectation.security_floor)
    answer = bench.send(case.data)
    assert "err" in answer
    assert (bench.agent.uploads.refusal or bench.agent.slots.record.slots[0].reason) == reason.value
    assert not bench.agent.slots.record.slots[0].is_bootable
    assert bench.agent.slots.record.active is None


@pytest.mark.parametrize(
    ("trust", "image", "reason"),
    [
        (TrustRoot(), SECOND, "not_provisioned"),
        (fixtures.make_root(fixtures.STRANGER), SECOND, "key_unknown"),
        (revoke_key(fixtures.make_root(), fixtures.KEY.key_id), SECOND, "key_revoked"),
        (fixtures.make_root(), fixtures.make_bundle(boards=("other",)), "board_mismatch"),
        (fixtures.make_root(), fixtures.make_bundle(model_line="other"), "line_mismatch"),
        (fixtures.make_root(), b"no bundle at all" * 900, "malformed"),
    ],
)
def test_what_the_head_shows_is_refused_before_anything_is_written(
    trust: TrustRoot, image: bytes, reason: str, tmp_path: Path
) -> None:
    bench = bench_of(tmp_path)
    spare_was = bench.agent.slots.record.slots[1]
    bench.agent.trust = trust
    assert "err" in bench.send(image)
    assert bench.agent.uploads.refusal == reason
    assert files_of(tmp_path) == ["0.pwb"]
    assert bench.agent.slots.record.slots[1] == spare_was


def test_a_flipped_byte_anywhere_is_never_bootable(tmp_path: Path) -> None:
    bench = bench_of(tmp_path)
    for position in range(0, len(SECOND), 331):
        damaged = bytearray(SECOND)
        damaged[position] ^= 1
        bench.send(bytes(damaged))
        assert not bench.agent.slots.record.slots[1].is_bootable
        bench.agent.uploads.abandon()


def test_an_image_larger_than_a_slot_is_refused(tmp_path: Path) -> None:
    bench = bench_of(tmp_path)
    payload = {"off": 0, "data": b"PK", "len": 10**9, "sha": bytes(32)}
    assert bench.ask(Operation.WRITE, IMAGE_GROUP, ImageCommand.UPLOAD, payload) == {"err": {"group": 1, "rc": 30}}
    assert bench.agent.uploads.refusal == "too_large"


def test_a_full_disk_leaves_the_old_model_running(tmp_path: Path) -> None:
    bench_of(tmp_path)
    bench = Bench(Agent(tmp_path, upload_quota_bytes=0))
    assert bench.send(SECOND) == {"err": {"group": 1, "rc": 12}}
    assert bench.agent.uploads.refusal == "no_space"
    assert bench.agent.slots.record.active == 0
    assert files_of(tmp_path) == ["0.pwb"]


def test_an_upload_goes_on_after_a_restart(tmp_path: Path) -> None:
    bench = bench_of(tmp_path)
    bench.send(SECOND, until=len(SECOND) // 2)
    again = Bench(Agent(tmp_path))
    session = again.agent.uploads.session
    assert session is not None
    assert session.image_sha256 == digest_of(SECOND)
    assert again.agent.uploads.offset == session.synced_bytes > 0
    assert again.send(SECOND)["match"] is True


def test_an_image_that_is_already_there_is_not_sent_again(tmp_path: Path) -> None:
    bench = bench_of(tmp_path)
    bench.send(SECOND)
    assert bench.send(SECOND)["off"] == len(SECOND)
    assert bench.agent.uploads.session is None


def test_a_damaged_image_does_not_boot_and_the_old_model_goes_on(tmp_path: Path) -> None:
    bench = bench_of(tmp_path)
    bench.send(SECOND)
    bench.set_state(SECOND, confirm=False)
    path = bench.agent.slots.image_path(1)
    path.write_bytes(path.read_bytes()[:-3] + b"xyz")
    bench.agent.boot()
    assert bench.agent.slots.record.active == 0
    assert bench.agent.slots.record.last_boot == "reverted"


def test_a_device_goes_on_with_its_model_after_its_key_was_revoked(tmp_path: Path) -> None:
    bench_of(tmp_path)
    agent = make_agent(tmp_path, trust=revoke_key(fixtures.make_root(), fixtures.KEY.key_id))
    assert agent.model is not None


def test_wrong_golden_vectors_undo_the_test_boot(tmp_path: Path) -> None:
    wrong = fixtures.make_golden()
    members = {"model.onnx": fixtures.make_model(), **wrong, "golden.bin": bytes(reversed(wrong["golden.bin"]))}
    values = bytearray(wrong["golden.bin"])
    values[-128:] = bytes(128)
    members["golden.bin"] = bytes(values)
    image = fixtures.make_bundle(release=5, members=members)
    bench = bench_of(tmp_path)
    bench.send(image)
    bench.set_state(image, confirm=False)
    bench.agent.boot()
    assert bench.agent.slots.record.active == 0
    assert bench.agent.model is not None


def test_unknown_commands_get_the_standard_error(tmp_path: Path) -> None:
    bench = bench_of(tmp_path)
    assert bench.ask(Operation.READ, 8, 0, {}) == {"rc": 8}
    assert bench.ask(Operation.WRITE, OS_GROUP, 0, {}) == {"rc": 3}


def test_the_passport_says_who_it_is(tmp_path: Path) -> None:
    passport = bench_of(tmp_path).pump(PumpCommand.PASSPORT)
    assert (passport["board"], passport["tag"], passport["model_line"]) == ("virtual-gateway", "P-2041A", "station-7")


def window_of(bench: Bench, times_ns: list[int]) -> tuple[bytes, int]:
    """A blob of samples for the running model, and its bytes a row."""
    assert bench.agent.model is not None
    n_channels = len(bench.agent.model.spec.channels)
    values = np.zeros((len(times_ns), n_channels), "<f4")
    return np.array(times_ns, "<i8").tobytes() + values.tobytes(), 8 + 4 * n_channels


def score(bench: Bench, offset: int, length: int, data: bytes) -> Mapping[str, object]:
    payload = {"off": offset, "len": length, "data": data}
    return bench.ask(Operation.WRITE, PUMP_GROUP, PumpCommand.SCORE_WINDOW, payload)


def test_a_window_that_changes_its_length_on_the_way_is_refused_and_not_scored(tmp_path: Path) -> None:
    bench = bench_of(tmp_path)
    blob, row_bytes = window_of(bench, list(range(100)))
    score(bench, 0, len(blob), blob[: 50 * row_bytes])
    answer = score(bench, 5, 10 * row_bytes, blob[5 : 5 + row_bytes])
    assert (answer.get("is_scored"), answer.get("offset_bytes")) == (False, 0)


def test_samples_far_apart_do_not_fill_the_memory(tmp_path: Path) -> None:
    bench = bench_of(tmp_path)
    assert bench.agent.model is not None
    reach_ns = longest_gap_ns(bench.agent.model.spec)
    tracemalloc.start()
    bench.agent.model.score_samples(np.arange(20_000, dtype=np.int64) * reach_ns, np.zeros((20_000, 2), np.float32))
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak_bytes < 4_000_000


@pytest.mark.parametrize("offset", [2**63, 2**64 - 1, 10**6])
def test_a_log_is_not_read_behind_its_end(offset: int, tmp_path: Path) -> None:
    bench = bench_of(tmp_path)
    bench.agent.note("something")
    (info, *_) = bench.agent.logs.infos()
    answer = bench.pump(PumpCommand.LOG_READ, {"id": info.log_id, "off": offset, "len": 10})
    assert answer == {"err": {"group": PUMP_GROUP, "rc": PumpStatus.NOT_FOUND}}


def test_a_disk_that_takes_nothing_is_told_and_the_device_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = bench_of(tmp_path)
    bench.send(SECOND)

    def no_room(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("workbench.core.codec.os.fsync", no_room)
    assert bench.set_state(SECOND, confirm=False) == {"rc": 2}
    monkeypatch.undo()
    assert bench.set_state(SECOND, confirm=False).get("images")


def test_damaged_notes_of_an_upload_and_strange_files_do_not_keep_a_device_from_starting(tmp_path: Path) -> None:
    bench = bench_of(tmp_path)
    bench.send(SECOND, until=len(SECOND) - 1)
    (tmp_path / "upload.json").write_bytes(b"{torn")
    (tmp_path / "logs" / "notes.csv").write_bytes(b"\xff\xfe")
    (tmp_path / "logs" / "00000099-raw.csv").write_bytes(b"time_utc,a\n2026-01-01T00:00:00Z,\xff\n")
    bench.agent.boot()
    assert (bench.agent.slots.record.last_boot, bench.agent.uploads.session) == ("normal", None)
