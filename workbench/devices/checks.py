"""Everything that can be checked before a write, as lights and as the gate of an update. Reads only.

A light is shown only for what was truly looked at. The first red one is why an update is refused.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from workbench.bundle.chain import TrustChain
from workbench.bundle.trust import TrustRoot
from workbench.bundle.verify import Expectation, OpenedBundle, open_bundle, verify_bundle, verify_head
from workbench.core.codec import Record, sha256_hex
from workbench.core.errors import BundleRejected, DeviceError
from workbench.core.wire import Passport
from workbench.devices.protocols.smp import SmpClient
from workbench.devices.trust_links import links_for
from workbench.devices.verdicts import Snapshot, Trouble, hint_of

GOOD, FAILURE, OUT_OF_SPECIFICATION, NOT_CHECKED = "good", "failure", "out_of_specification", "not_checked"
N_ECHOES = 8
ECHO_CHARS = 256
NO_CHAIN = TrustChain()
TEST_BOOT_S = 10.0
FRAMING_SHARE = 0.70
"""Share of a serial line that SMP's own framing leaves for the image."""
_LIGHT_OF_REASON = {"board_mismatch": "right_board", "line_mismatch": "model_line", "below_floor": "security_floor"}


class CheckLight(Record, frozen=True, kw_only=True):
    """One thing that was checked: `state` is a NAMUR NE 107 word; `reason` a word for programs when it is red."""

    name: str
    state: str
    value: str
    fix: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPlan:
    """What shall be put where. `chain` leads to `trust`, for a device that still holds a root of before."""

    image: bytes
    trust: TrustRoot
    chain: TrustChain = NO_CHAIN
    expect_asset: str | None = None
    expect_serial: str | None = None


def trusts_without_chain(passport: Passport, opened: OpenedBundle | None) -> bool:
    """Whether the device's own root, as it is, names one of the bundle's signers."""
    return bool(opened and {mark.keyid for mark in opened.signatures.signatures} & set(passport.trust_keys))


def check_device(plan: CheckPlan, device: Snapshot) -> tuple[CheckLight, ...]:
    """The lights that need no more than the bundle and what the device said."""
    return (*_place_lights(plan, device), *_bundle_lights(plan, device), *_room_lights(plan, device))


def check_place(plan: CheckPlan, device: Snapshot) -> tuple[CheckLight, ...]:
    """The lights that need no bundle: whether this is the pump, and whether the device can take anything."""
    return (*_place_lights(plan, device), _spare_light(device.has_free_slot))


def check_cable(client: SmpClient, clock: Callable[[], float] = time.monotonic) -> tuple[CheckLight, float]:
    """Send known text to and fro: the light, and the bytes a second that came back."""
    damaged_before, wrong = client.n_damaged, 0
    text = "Pump Workbench cable test. 0123456789 " * (ECHO_CHARS // 38)
    started_s = clock()
    for number in range(N_ECHOES):
        try:
            wrong += client.echo(f"{number}{text}") != f"{number}{text}"
        except DeviceError:
            wrong += 1
    seconds = max(clock() - started_s, 1e-6)
    errors = wrong + client.n_damaged - damaged_before
    rate = 2 * N_ECHOES * len(text) / seconds
    value = f"{errors} errors in {N_ECHOES} echoes"
    if errors:
        fix = "Push the plugs in, shorten the cable, or lower the line speed."
        state = FAILURE if wrong else OUT_OF_SPECIFICATION
        return CheckLight(name="cable", state=state, value=value, fix=fix, reason="cable_errors"), rate
    return CheckLight(name="cable", state=GOOD, value=value), rate


def estimate_s(size_bytes: int, rate_bytes_per_s: float | None, echo_rate: float) -> float:
    """Seconds that an update will take: transfer at the line's pace, test boot, tests."""
    rate = rate_bytes_per_s * FRAMING_SHARE if rate_bytes_per_s else max(echo_rate, 1.0) * 8
    return size_bytes / rate + TEST_BOOT_S


def first_trouble(lights: tuple[CheckLight, ...]) -> Trouble | None:
    """Why the update is refused, None when no light is red."""
    red = next((light for light in lights if light.state == FAILURE), None)
    if red is None:
        return None
    return Trouble(step="check", reason=red.reason, message=red.value, hint=red.fix, is_refusal=True)


def open_image(image: bytes) -> OpenedBundle | None:
    """The bundle for showing, None where it isn't one."""
    try:
        return open_bundle(image)
    except BundleRejected:
        return None


def _place_lights(plan: CheckPlan, device: Snapshot) -> tuple[CheckLight, ...]:
    passport = device.passport
    pump = CheckLight(
        name="right_pump", state=NOT_CHECKED, value=passport.tag or "no tag", fix="Say which pump: --expect-asset TAG."
    )
    if plan.expect_asset is not None:
        value = f"The device is at {passport.tag or 'no pump'}, you are at {plan.expect_asset}."
        pump = _light(
            "right_pump", passport.tag == plan.expect_asset, passport.tag, value, "Find the right cable.", "wrong_asset"
        )
    if plan.expect_serial is None:
        return (pump,)
    value = f"The device is {passport.serial}, not {plan.expect_serial}."
    is_right = passport.serial == plan.expect_serial
    return (pump, _light("right_device", is_right, passport.serial, value, "Find the right device.", "wrong_serial"))


def _bundle_lights(plan: CheckPlan, device: Snapshot) -> tuple[CheckLight, ...]:
    """Board, line and floor are looked at one by one, so that each has its own light; the rest is one verdict."""
    passport = device.passport
    opened = open_image(plan.image)
    rejected = _whole_rejection(plan)
    if rejected is not None:
        signature = CheckLight(name="signature", state=FAILURE, value=rejected.message, fix=rejected.hint, reason=rejected.reason)
    else:
        signature = _device_trust_light(plan, passport, opened)
    if opened is None:
        return (signature,)
    line = passport.model_line or None
    expectations = {
        "right_board": (Expectation(board=passport.board), passport.board),
        "model_line": (Expectation(model_line=line), passport.model_line or "takes the first bundle's"),
        "security_floor": (
            Expectation(security_floor=passport.security_floor),
            f"release {opened.manifest.release}, floor {passport.security_floor}",
        ),
    }
    lights = [_expectation_light(name, plan, wanted, value) for name, (wanted, value) in expectations.items()]
    return (signature, *lights, _release_light(opened, device))


def _device_trust_light(plan: CheckPlan, passport: Passport, opened: OpenedBundle | None) -> CheckLight:
    """This machine trusts the signers; the device has a trust root of its own, and may be brought up to ours first."""
    signers = {mark.keyid for mark in opened.signatures.signatures} if opened else set()
    if links_for(passport, plan.trust, plan.chain):
        ours = {key.key_id for key in plan.trust.signers_of(opened.identity)} if opened else set()
        known = ", ".join(sorted(signers & ours))
        step = f"the device takes trust root {plan.trust.version} after its {passport.trust_version} first"
        return CheckLight(name="signature", state=GOOD, value=f"signed with key {known}, trusted here; {step}")
    if not passport.trust_keys:
        value, reason = "The device trusts no key, so it refuses every bundle.", "not_provisioned"
    elif not trusts_without_chain(passport, opened):
        value, reason = f"The device trusts {', '.join(passport.trust_keys)}, and none of them signed this.", "key_unknown"
    else:
        known = ", ".join(sorted(signers & set(passport.trust_keys)))
        return CheckLight(name="signature", state=GOOD, value=f"signed with key {known}, trusted here and there")
    fix = hint_of("not_provisioned", "")  # at the device in both cases: this machine trusts the signer already
    return CheckLight(name="signature", state=FAILURE, value=value, fix=fix, reason=reason)


def _expectation_light(name: str, plan: CheckPlan, wanted: Expectation, value: str) -> CheckLight:
    rejected = _head_rejection(plan, wanted)
    if rejected is not None and _LIGHT_OF_REASON.get(rejected.reason) == name:
        return CheckLight(name=name, state=FAILURE, value=rejected.message, fix=rejected.hint, reason=rejected.reason)
    if rejected is not None:
        return CheckLight(name=name, state=NOT_CHECKED, value=value)
    return CheckLight(name=name, state=GOOD, value=value)


def _release_light(opened: OpenedBundle, device: Snapshot) -> CheckLight:
    release, confirmed = opened.manifest.release, device.confirmed
    if confirmed is None:
        return CheckLight(name="release", state=GOOD, value=f"{release}, the first one")
    value = f"{release}, the device runs {confirmed.release}"
    if release == confirmed.release and opened.identity != confirmed.identity:
        text = f"Release {release} runs there already with other contents."
        return CheckLight(
            name="release", state=FAILURE, value=text, fix="Build it with a higher release.", reason="hash_mismatch"
        )
    if release < confirmed.release:
        fix = "It is older than what runs; go on only if you mean to."
        return CheckLight(name="release", state=OUT_OF_SPECIFICATION, value=value, fix=fix)
    return CheckLight(name="release", state=GOOD, value=value)


def _room_lights(plan: CheckPlan, device: Snapshot) -> tuple[CheckLight, ...]:
    size, slot = len(plan.image), device.slots.slot_bytes
    value = f"{size / 1000:.0f} kB of {slot / 1e6:.0f} MB"
    fits = _light("fits", size <= slot, value, f"The bundle has {value} of a slot.", "Build a smaller variant.", "too_large")
    runs_there = device.find(sha256_hex(plan.image)) is not None
    return (fits, _spare_light(device.has_free_slot or runs_there))


def _spare_light(is_free: bool) -> CheckLight:
    text = "A test boot is under way; no slot is free."
    return _light("spare_slot", is_free, "free", text, "Confirm or restart the device first.", "no_free_slot")


def _whole_rejection(plan: CheckPlan) -> BundleRejected | None:
    try:
        verify_bundle(plan.image, plan.trust, Expectation())
    except BundleRejected as error:
        return error
    return None


def _head_rejection(plan: CheckPlan, wanted: Expectation) -> BundleRejected | None:
    try:
        verify_head(plan.image, plan.trust, wanted)
    except BundleRejected as error:
        return error
    return None


def _light(name: str, is_good: bool, value: str, bad_value: str, fix: str, reason: str) -> CheckLight:
    if is_good:
        return CheckLight(name=name, state=GOOD, value=value)
    return CheckLight(name=name, state=FAILURE, value=bad_value, fix=fix, reason=reason)
