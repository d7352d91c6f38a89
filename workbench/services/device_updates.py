"""Behind the update, resume, confirm and roll-back services: from a request to a deployment, its receipt and its journal line."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from workbench.core.clock import format_utc, now_ns
from workbench.core.codec import write_atomic
from workbench.core.errors import DeviceError, InputError, RequestError, WorkbenchError
from workbench.core.jobs import Job
from workbench.core.paths import user_home
from workbench.core.provenance import version
from workbench.core.settings import load_settings, operator_name
from workbench.services.devices import TransferRate, UpdateResult, UpdateStep

if TYPE_CHECKING:
    from workbench.bundle.signing import SigningKey
    from workbench.devices.history import Intent, Past
    from workbench.devices.link import Link
    from workbench.devices.protocols.smp import SmpClient
    from workbench.devices.receipt import BundleNamed
    from workbench.devices.update_plan import Outcome, Sent, Step, Update
    from workbench.devices.verdicts import Snapshot, Verdict

RECEIPTS_FOLDER = "receipts"
BOOT_TIMEOUT_S = 60.0
_SHARE_OF_STEP = {
    "identify": 0.02,
    "check": 0.04,
    "trust": 0.045,
    "transfer": 0.05,
    "verify": 0.86,
    "activate": 0.88,
    "self-test": 0.94,
    "confirm": 0.98,
}
Kind = Literal["update", "confirm", "roll_back"]
Unlock = Callable[[], "SigningKey"]
"""Opens the key that signs, once it is clear that there is something to sign."""
Scope = Literal["all", "confirm", "look"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateOrder:
    """What the service was asked for."""

    port: str
    bundle: str
    trust: str | None
    project: str | None
    expect_asset: str | None
    expect_serial: str | None
    confirm: bool
    baud_rate_bd: int
    reconnect_wait_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """How an update is driven this time."""

    port: str
    project: str | None
    scope: Scope = "all"
    kind: Kind = "update"
    reconnect_wait_s: float = 3.0


def open_client(port: str, baud_rate_bd: int, *, n_tries: int = 3) -> SmpClient:
    """An SMP client at a port. Raises DeviceNotFound, PortBusy, InputError."""
    from workbench.devices.protocols.smp import SmpClient
    from workbench.devices.transports.ports import open_transport

    return SmpClient(open_transport(port, baud_rate_bd=baud_rate_bd), n_tries=n_tries)


def run_update(order: UpdateOrder, job: Job) -> UpdateResult:
    """A new update, from the bundle's file to the receipt."""
    from workbench.bundle.chain import encode_chain
    from workbench.bundle.trust import encode_trust
    from workbench.devices.history import Intent, Past, begin_log, keep_image
    from workbench.services.bundle_files import load_chain_of, load_trust_file, read_bundle

    image, trust, home = read_bundle(order.bundle), load_trust_file(order.trust), user_home()
    deployment_id, log = begin_log(home)
    intent = Intent(
        deployment_id=deployment_id, port=order.port, baud_rate_bd=order.baud_rate_bd, image_sha256=keep_image(home, image),
        size_bytes=len(image), bundle_path=order.bundle, trust=encode_trust(trust).decode("utf-8"),
        chain=encode_chain(load_chain_of(order.trust)).decode("utf-8"), confirm=order.confirm,
        expect_asset=order.expect_asset, expect_serial=order.expect_serial, project=order.project,
    )  # fmt: skip
    log.append("update", "open", msgspec.to_builtins(intent))
    past = Past(log=log, intent=intent, serial="", before=None)
    return _run(past, job, _Run(port=order.port, project=order.project, reconnect_wait_s=order.reconnect_wait_s))


def run_again(port: str, project: str | None, job: Job, *, scope: Scope, kind: Kind) -> UpdateResult:
    """Go on with the newest update of the device at this port: read back first, then write only what is missing."""
    past = find_update(port)
    if past.is_over:
        # It came to an end: reading back is all there is to do, and a bundle that was refused is not tried again.
        scope = "look"
    elif scope == "confirm":
        past = _wanting_confirm(past)
    return _run(past, job, _Run(port=port, project=project or past.intent.project, scope=scope, kind=kind))


def find_update(port: str) -> Past:
    """The newest update of whoever answers at this port. Raises InputError where there is none."""
    from workbench.devices.history import find_past, find_past_at_port

    home = user_home()
    try:
        client = open_client(port, 115200)
        try:
            past = find_past(home, serial=client.passport().serial, port=port)
        finally:
            client.close()
    except DeviceError:
        past = find_past_at_port(home, port)
    if past is None:
        raise InputError(f"No update was begun at {port} from this computer.", "Start one: workbench devices update.")
    return past


def _wanting_confirm(past: Past) -> Past:
    from workbench.devices.history import Past as PastUpdate

    intent = msgspec.structs.replace(past.intent, confirm=True)
    return PastUpdate(log=past.log, intent=intent, serial=past.serial, before=past.before)


def _run(past: Past, job: Job, this: _Run) -> UpdateResult:
    from workbench.devices.deployment import Deployment
    from workbench.devices.history import drop_images, load_kept_image
    from workbench.devices.update_plan import Surroundings

    home, intent = user_home(), past.intent
    image = load_kept_image(home, intent.image_sha256) if this.scope != "look" else b""
    update = _update_of(past, image, this)
    around = Surroundings(
        open_client=_opener(this.port, intent.baud_rate_bd),
        on_step=_step_teller(job),
        on_sent=_sent_teller(job),
        checkpoint=job.checkpoint,
    )
    outcome = Deployment(update, past.log, around).run()
    if outcome.verdict.word == "verified" or outcome.verdict.state in ("refused", "rolled_back"):
        past.log.append("update", "close", {"verdict": outcome.verdict.word, "state": outcome.verdict.state})
    drop_images(home)
    named = _named(update)
    receipt, trouble = keep_receipt(outcome, named, kind=this.kind, port=this.port, project=this.project)
    return result_of(outcome, receipt, trouble)


def _update_of(past: Past, image: bytes, this: _Run) -> Update:
    from workbench.bundle.chain import TrustChain, decode_chain
    from workbench.bundle.trust import decode_trust
    from workbench.devices.checks import CheckPlan, open_image
    from workbench.devices.protocols.upload import Image
    from workbench.devices.update_plan import Update

    intent: Intent = past.intent
    chain = decode_chain(intent.chain.encode("utf-8"), what="The update's chain") if intent.chain else TrustChain()
    plan = CheckPlan(
        image=image, trust=decode_trust(intent.trust.encode("utf-8")), chain=chain, expect_asset=intent.expect_asset,
        expect_serial=intent.expect_serial,
    )  # fmt: skip
    return Update(
        port=this.port, plan=plan, bundle=open_image(image), image=Image(data=image, sha256=intent.image_sha256),
        confirm=intent.confirm, scope=this.scope, before=past.before, reconnect_wait_s=this.reconnect_wait_s,
    )  # fmt: skip


def _opener(port: str, baud_rate_bd: int) -> Callable[[], SmpClient]:
    def open_now() -> SmpClient:
        return open_client(port, baud_rate_bd)

    return open_now


def _step_teller(job: Job) -> Callable[[Step], None]:
    def tell(step: Step) -> None:
        if job.is_cancelled and step.state != "done":
            return
        published = UpdateStep(at_utc=step.at_utc, step=step.step, state=step.state, text=step.text)  # type: ignore[arg-type]
        _unless_cancelled(job, published)
        if step.state == "running" and not job.is_cancelled:
            job.progress(_SHARE_OF_STEP.get(step.step, 0.0), step.step)

    return tell


def _sent_teller(job: Job) -> Callable[[Sent], None]:
    def tell(sent: Sent) -> None:
        rate = TransferRate(
            offset_bytes=sent.offset_bytes, total_bytes=sent.total_bytes, rate_Bps=sent.rate_bytes_per_s,
            remaining_s=sent.remaining_s,
        )  # fmt: skip
        _unless_cancelled(job, rate)
        if not job.is_cancelled:
            job.progress(0.05 + 0.8 * sent.offset_bytes / sent.total_bytes, "transfer")

    return tell


def _unless_cancelled(job: Job, value: object) -> None:
    """Publishing is a cancel point, but only the machine decides where an update may stop."""
    if not job.is_cancelled:
        job.publish(value)


def _named(update: Update) -> BundleNamed | None:
    from workbench.devices.receipt import BundleNamed

    if update.bundle is None:
        return None
    manifest = update.bundle.manifest
    return BundleNamed(
        name=manifest.name, model_line=manifest.model_line, release=manifest.release, identity=update.bundle.identity,
        image_sha256=update.image.sha256, size_bytes=len(update.image.data),
    )  # fmt: skip


def keep_receipt(outcome: Outcome, bundle: BundleNamed | None, *, kind: Kind, port: str, project: str | None) -> tuple[str, str]:
    """Sign and store the receipt, in the project if one is given; returns its path, and what went wrong with the project."""
    from workbench.bundle.keys import load_installation_key
    from workbench.devices.receipt import Receipt, public_text, sign_receipt

    home, made_ns = user_home(), now_ns()
    key = load_installation_key(home)
    receipt = Receipt(
        kind=kind, receipt_id=secrets.token_hex(8), made_utc=format_utc(made_ns), operator=operator_name(load_settings(home)),
        program=f"pump-workbench {version()}", port=port, verdict=outcome.verdict, bundle=bundle, before=outcome.before,
        after=outcome.after, lights=outcome.lights, self_test=outcome.self_test, host_test=outcome.host_test,
        n_bytes=outcome.n_bytes, transfer_s=outcome.transfer_s, seconds=outcome.seconds, steps=outcome.steps,
        signer_key=public_text(key),
    )  # fmt: skip
    data = sign_receipt(receipt, key)
    stamp = receipt.made_utc[:19].replace(":", "").replace("-", "")
    path = home / RECEIPTS_FOLDER / f"{stamp}-{receipt.receipt_id}.json"
    write_atomic(path, data)
    if project is None:
        return str(path), ""
    try:
        return _journal(Path(project), receipt.receipt_id, data, outcome, bundle, kind), ""
    except WorkbenchError as error:
        # The device's verdict stands whatever becomes of the journal; it must not be lost behind a locked project.
        return str(path), f"The project could not take the receipt: {error.message}"


def _journal(project: Path, receipt_id: str, data: bytes, outcome: Outcome, bundle: BundleNamed | None, kind: Kind) -> str:
    from workbench.project.acts import Act, Item
    from workbench.project.store import Project

    verdict, device = outcome.verdict, outcome.after or outcome.before
    tag = (device.passport.tag or device.passport.serial) if device else ""
    release = f"release {bundle.release}" if bundle else "a bundle"
    details: dict[str, object] = {
        "receipt_id": receipt_id, "kind": kind, "verdict": verdict.word, "state": verdict.state, "reason": verdict.reason,
        "message": verdict.message, "bytes": outcome.n_bytes, "seconds": outcome.seconds,
        "bundle": msgspec.to_builtins(bundle), "serial": device.passport.serial if device else "",
    }  # fmt: skip
    with Project.open(project) as opened:
        sha = opened.objects.put_bytes("receipt", data)
        what = f"{kind.replace('_', ' ').capitalize()} of {tag or 'a device'} with {release}: {verdict.word} ({verdict.state})"
        item = Item(kind="receipt", id=sha, name=f"{kind} {verdict.word}", asset=tag, details=details)
        refs = (bundle.image_sha256,) if bundle else ()
        opened.record(Act(act=kind, on=tag, what=what, item=item, refs=refs, state=verdict.word))
        return str(opened.objects.path_of("receipt", sha))


def result_of(outcome: Outcome, receipt: str, trouble: str) -> UpdateResult:
    """The service's answer."""
    verdict = outcome.verdict
    rate = outcome.n_bytes / outcome.transfer_s if outcome.transfer_s > 0 else 0.0
    line = outcome.line_rate_bytes_per_s
    return UpdateResult(
        verdict=verdict.word, state=verdict.state, reason=verdict.reason, next_action=verdict.next_action,
        bytes=outcome.n_bytes, seconds=outcome.seconds, rate_Bps=rate,
        line_rate_fraction=rate / line if line and outcome.n_bytes else None,
        before=device_map(outcome.before), after=device_map(outcome.after), receipt=receipt,
        steps=tuple(
            UpdateStep(at_utc=step.at_utc, step=step.step, state=step.state, text=step.text)  # type: ignore[arg-type]
            for step in outcome.steps
        ),
        message=f"{verdict.message} {trouble}".strip(),
    )  # fmt: skip


def device_map(snapshot: Snapshot | None) -> dict[str, object]:
    """What a device said, as plain data: passport fields, release and identity of what runs, all slots."""
    if snapshot is None:
        return {}
    active = snapshot.active
    return {
        **msgspec.to_builtins(snapshot.passport),
        "release": active.release if active else None,
        "identity": active.identity if active else "",
        "confirmed": bool(active and active.confirmed),
        "slots": msgspec.to_builtins(snapshot.slots.slots),
    }


def run_roll_back(port: str, unlock: Unlock, project: str | None, job: Job) -> UpdateResult:
    """Sign the command for this device and its nonce, send it once, and read back what runs."""
    from workbench.devices.link import Link

    started_s = time.monotonic()
    link = Link(_opener(port, 115200), reconnect_wait_s=3.0)
    try:
        verdict, before, after = _roll_back(link, port, unlock, job)
    finally:
        link.hang_up()
    outcome = _plain_outcome(verdict, before, after, time.monotonic() - started_s)
    receipt, problem = keep_receipt(outcome, None, kind="roll_back", port=port, project=project)
    return result_of(outcome, receipt, problem)


def _roll_back(link: Link, port: str, unlock: Unlock, job: Job) -> tuple[Verdict, Snapshot | None, Snapshot | None]:
    from workbench.devices.verdicts import Trouble, judge, not_reached

    before, target_sha, trouble = None, "", None
    try:
        link.connect()
        before = link.look()
        target_sha = _former_model(before)
        job.checkpoint()
        _bring_up(link, before)
        _send_roll_back(link, before, target_sha, unlock())
    except DeviceError as error:
        reason = getattr(error, "reason", "") or error.code.lower()
        trouble = Trouble(step="roll-back", reason=reason, message=error.message, hint=error.hint, is_refusal=True)
    after = link.read_back() if before is not None else None
    if after is None or before is None:
        lost = trouble or Trouble(step="read-back", reason="disconnected", message="The device could not be read back.")
        return not_reached(lost, port, has_begun=False), before, None
    return judge(target_sha, before, after, trouble, port), before, after


def _former_model(before: Snapshot) -> str:
    """Image hash of the slot to go back to. Raises InputError where there is none."""
    floor = before.passport.security_floor
    for slot in before.slots.slots:
        if slot.bootable and not slot.active and slot.release >= floor:
            return slot.image_sha256
    text = f"The device holds no former model at or above its security floor {floor}."
    raise InputError(text, "Update it to the release that you want instead.")


def _bring_up(link: Link, before: Snapshot) -> None:
    """After a rotation the device must hear of the key that signs the command; one with a root of its own is left alone."""
    from workbench.devices.trust_links import hand_links, links_for
    from workbench.services.bundle_files import load_chain_of, load_trust_file

    links = links_for(before.passport, load_trust_file(None), load_chain_of(None))
    if links:
        hand_links(link.client, links)


def _send_roll_back(link: Link, before: Snapshot, target_sha: str, key: SigningKey) -> None:
    from workbench.bundle.signing import PAYLOAD_COMMAND, encode_envelope, sign_envelope
    from workbench.core.codec import encode_canonical
    from workbench.core.wire import DeviceCommand

    target = before.find(target_sha)
    assert target is not None
    command = DeviceCommand(
        command="roll_back", serial=before.passport.serial, nonce=link.client.nonce(), identity=target.identity
    )
    envelope = encode_envelope(sign_envelope(encode_canonical(command), PAYLOAD_COMMAND, (key,)))
    link.boot_after(partial(link.client.roll_back, envelope), BOOT_TIMEOUT_S)


def _plain_outcome(verdict: Verdict, before: Snapshot | None, after: Snapshot | None, seconds: float) -> Outcome:
    from workbench.devices.update_plan import Outcome

    return Outcome(
        verdict=verdict, before=before, after=after, lights=(), self_test=None, host_test=None, n_bytes=0, transfer_s=0.0,
        seconds=seconds, line_rate_bytes_per_s=None, steps=(),
    )  # fmt: skip


def need_yes(yes: bool) -> None:
    """Writing takes a word of its own."""
    if not yes:
        raise RequestError("Nothing was written: the update was not confirmed.", "Add --yes to write; preflight only looks.")
