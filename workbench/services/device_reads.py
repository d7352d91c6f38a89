"""Behind the device services that only read: ports, identity, pre-flight, logs, receipts."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from workbench.core.codec import translate_os_error
from workbench.core.errors import DeviceError, DeviceRefused
from workbench.core.jobs import Job
from workbench.core.paths import user_home
from workbench.services.device_updates import open_client
from workbench.services.devices import (
    DeviceTile,
    IdentifyResult,
    Light,
    PreflightRequest,
    PreflightResult,
    PulledLog,
    PullLogsRequest,
    PullLogsResult,
    ReceiptResult,
    TrustRequest,
    TrustResult,
)

if TYPE_CHECKING:
    from workbench.bundle.signing import Envelope
    from workbench.core.wire import LogInfo
    from workbench.devices.checks import CheckLight
    from workbench.devices.discovery import FoundPort
    from workbench.devices.protocols.smp import SmpClient

DEFAULT_BAUD_RATE_BD = 115200
RAW_KIND = "raw"


def list_tiles(ports: tuple[str, ...], job: Job, *, wants_identity: bool) -> tuple[DeviceTile, ...]:
    """One tile a port; asking a port that doesn't answer takes a few seconds."""
    from workbench.devices.discovery import find_ports

    found = find_ports(ports)
    tiles = []
    for number, port in enumerate(found):
        job.progress(number / len(found), port.name)
        tile = DeviceTile(port=port.name, description=port.description, passport=None)
        tiles.append(_asked(port) if wants_identity else tile)
    return tuple(tiles)


def _asked(port: FoundPort) -> DeviceTile:
    tile = DeviceTile(port=port.name, description=port.description, passport=None)
    try:
        client = open_client(port.name, DEFAULT_BAUD_RATE_BD, n_tries=1)
    except DeviceError as error:
        return msgspec.structs.replace(tile, error=error.message)
    try:
        return msgspec.structs.replace(tile, passport=client.passport(), slots=client.slots().slots, live=client.live())
    except DeviceRefused:
        return msgspec.structs.replace(tile, error="It speaks SMP, but it is not one of our gateways.")
    except DeviceError as error:
        return msgspec.structs.replace(tile, error=error.message)
    finally:
        client.close()


def read_identity(port: str, baud_rate_bd: int, job: Job) -> IdentifyResult:
    """Raises DeviceError when nobody answers."""
    client = open_client(port, baud_rate_bd)
    try:
        return _identity_of(client, port, job)
    finally:
        client.close()


def _identity_of(client: SmpClient, port: str, job: Job) -> IdentifyResult:
    job.progress(0.1, "Who is there?")
    passport = client.greet()
    slots = client.slots().slots
    job.progress(0.4, "Self-test")
    self_test = client.self_test()
    live = client.live()
    job.progress(0.8, "Logs")
    return IdentifyResult(
        port=port, passport=passport, slots=slots, self_test=self_test, logs=client.logs(),
        last_score=live.score, last_score_utc=live.score_utc, live=live,
    )  # fmt: skip


def run_preflight(request: PreflightRequest, job: Job) -> PreflightResult:
    """All lights that can truly be looked at, in order."""
    from workbench.devices.checks import CheckPlan, check_cable, check_device, check_place, estimate_s
    from workbench.devices.verdicts import Snapshot
    from workbench.services.bundle_files import load_chain_of, load_trust_file, read_bundle

    image = read_bundle(request.bundle) if request.bundle else b""
    plan = CheckPlan(
        image=image, trust=load_trust_file(request.trust), chain=load_chain_of(request.trust),
        expect_asset=request.expect_asset, expect_serial=request.expect_serial,
    )  # fmt: skip
    client = open_client(request.port, request.baud_rate_bd)
    try:
        identity = _identity_of(client, request.port, job)
        device = Snapshot(passport=client.passport(), slots=client.slots())
        lights = check_device(plan, device) if request.bundle else check_place(plan, device)
        job.progress(0.9, "Testing the cable")
        cable, echo_rate = check_cable(client)
    finally:
        client.close()
    seconds = estimate_s(len(image), client.transport.rate_bytes_per_s, echo_rate) if request.bundle else None
    shown = tuple(_light(light) for light in (*lights, cable))
    return PreflightResult(
        lights=shown, is_ready=all(light.state != "failure" for light in shown), estimate_s=seconds, identity=identity
    )


def _light(light: CheckLight) -> Light:
    return Light(name=light.name, state=light.state, value=light.value, fix=light.fix)


def hand_trust(request: TrustRequest, job: Job) -> TrustResult:
    """The whole chain from the device's root on; one that it doesn't follow is refused by the device. Raises DeviceError."""
    from workbench.bundle.chain import links_after
    from workbench.services.bundle_files import load_chain_of, load_trust_file

    trust, chain = load_trust_file(request.trust), load_chain_of(request.trust)
    client = open_client(request.port, DEFAULT_BAUD_RATE_BD)
    try:
        passport = client.greet()
        before = passport.trust_version
        if not before:
            raise DeviceRefused("The device takes no chain of trust roots.", hint_of_provisioning(), reason="not_provisioned")
        job.progress(0.3, f"{passport.tag or passport.serial} holds trust root {before}, ours is {trust.version}")
        links = links_after(chain, before)
        if not links and before < trust.version:
            text = f"The chain beside the trust file has no link after the device's trust root {before}."
            raise DeviceRefused(text, hint_of_provisioning(), reason="chain_missing")
        after = _handed(client, links, before)
        keys = client.passport().trust_keys
    finally:
        client.close()
    return TrustResult(
        port=request.port, serial=passport.serial, tag=passport.tag, before=before, after=after, own=trust.version,
        trust_keys=keys, is_current=after == trust.version,
    )  # fmt: skip


def _handed(client: SmpClient, links: tuple[Envelope, ...], before: int) -> int:
    from workbench.devices.trust_links import hand_links

    after = hand_links(client, links) if links else before
    if after is None:
        text = f"The device does not follow from its trust root {before} to ours: another root lies before ours."
        raise DeviceRefused(text, hint_of_provisioning(), reason="not_trusted")
    return after


def hint_of_provisioning() -> str:
    """What to do at a device whose root can't be brought up over the cable."""
    from workbench.devices.verdicts import hint_of

    return hint_of("not_provisioned", "")


def run_pull(request: PullLogsRequest, job: Job) -> PullLogsResult:
    """Files first, then the project: a cable that comes out leaves whole files behind, and a new pull goes on."""
    started_s = time.monotonic()
    client = open_client(request.port, DEFAULT_BAUD_RATE_BD)
    try:
        passport = client.greet()
        infos = client.logs()
        logs, n_bytes = _pull_all(client, infos, passport.serial, Path(request.out), job)
    finally:
        client.close()
    recordings = _import(request.project, logs, passport.tag, job) if request.project else ()
    return PullLogsResult(logs=logs, recordings=recordings, seconds=time.monotonic() - started_s, bytes=n_bytes)


def _pull_all(
    client: SmpClient, infos: tuple[LogInfo, ...], serial: str, out: Path, job: Job
) -> tuple[tuple[PulledLog, ...], int]:
    from workbench.devices.log_pull import file_name_of, pull_log

    total = max(1, sum(info.size_bytes for info in infos))
    done, n_bytes, logs = 0, 0, []
    for info in infos:
        path, here = out / file_name_of(info, serial), [0]

        def count(n: int, counted: list[int] = here, kind: str = info.kind, before: int = done) -> None:
            counted[0] += n
            job.progress(0.85 * min(1.0, (before + counted[0]) / total), kind)

        try:
            n_bytes += pull_log(client, info, path, count)
        except OSError as error:
            raise translate_os_error(error, path) from error
        done += info.size_bytes
        logs.append(PulledLog(kind=info.kind, path=str(path), size_bytes=info.size_bytes, sha256=info.sha256))
    return tuple(logs), n_bytes


def _import(project: str, logs: tuple[PulledLog, ...], tag: str, job: Job) -> tuple[str, ...]:
    """The raw log becomes the next period of the pump, through the importer that every log goes through."""
    from workbench.services.logs import ImportRequest, import_logs

    paths = tuple(log.path for log in logs if log.kind == RAW_KIND)
    if not paths:
        return ()
    request = ImportRequest(paths=paths, project=project, zone="UTC", asset=tag or None, join=True)
    imported = import_logs(request, job.part(0.85, 1.0))
    return tuple(recording.id for recording in imported.recordings if recording.id)


def read_receipt(file: str) -> ReceiptResult:
    """Raises InputError where the file is no receipt."""
    from workbench.bundle.keys import load_installation_key
    from workbench.devices.receipt import load_receipt, public_text

    receipt, is_valid = load_receipt(Path(file))
    is_own = receipt.signer_key == public_text(load_installation_key(user_home()))
    signer = f"{receipt.operator}, {'this installation' if is_own else 'another installation'}"
    return ReceiptResult(is_valid=is_valid, signer=signer, receipt=msgspec.to_builtins(receipt))
