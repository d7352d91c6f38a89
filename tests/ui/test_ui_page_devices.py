"""The Devices page by hand: a rehearsal, two touches, verdicts, a device that dies meanwhile, stopping, pulled logs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.ui.hand import Hand
from tests.ui.page_fixtures import Site, hand, template  # noqa: F401 - fixtures
from workbench.app.window import Built
from workbench.core.jobs import Job
from workbench.services.device_servers import VirtualDevice
from workbench.services.devices import (
    UpdateRequest,
    UpdateResult,
    UpdateStep,
    VirtualRequest,
    start_virtual_device,
    update_device,
)
from workbench.ui.format import instant, zone_of
from workbench.ui.pages.devices.page import DevicesPage
from workbench.ui.states import State
from workbench.ui.widgets.states import StateBadge
from workbench.ui.widgets.text import Text

TAG = "P-2041A"
HOLD_S = 2.2
SLOW_BD = 230_400


@pytest.fixture
def page(hand: Hand) -> DevicesPage:  # noqa: F811 - the fixture
    found = hand.show("devices")
    assert isinstance(found, DevicesPage)
    return found


class Gateways:
    """Starts virtual gateways with one state folder, and ends them all."""

    def __init__(self, folder: Path, trust: Path) -> None:
        self._folder = folder
        self._trust = trust
        self._started: list[VirtualDevice] = []

    def start(
        self, listen: str = "socket://127.0.0.1:0", baud_rate_bd: int = 0, log: Path | None = None, speed: float = 1.0
    ) -> VirtualDevice:
        request = VirtualRequest(
            trust=str(self._trust), tag=TAG, state=str(self._folder), listen=listen, baud_rate_bd=baud_rate_bd,
            input=None if log is None else str(log), speed=speed,
        )  # fmt: skip
        device = start_virtual_device(request)
        self._started.append(device)
        return device

    def stop(self) -> None:
        for device in self._started:
            device.stop()


@pytest.fixture
def gateways(hand: Hand, home: Path, tmp_path: Path) -> Iterator[Gateways]:  # noqa: F811 - the fixture
    found = Gateways(tmp_path / "gateway", home / "trust.json")
    yield found
    found.stop()


def plug_in(hand: Hand, page: DevicesPage, port: str) -> None:  # noqa: F811
    hand.type(page.ports.other, port)
    hand.press("Ask this port")
    hand.rest()


def name_the_pump(hand: Hand, page: DevicesPage, tag: str) -> None:  # noqa: F811
    hand.type(page.checks.tag_field, tag)
    hand.pause(0.7)
    hand.rest()


def test_a_rehearsal_goes_from_the_button_to_a_verified_update_and_its_logs(hand: Hand, page: DevicesPage) -> None:  # noqa: F811
    assert page._empty.isVisible()
    hand.press("Start a rehearsal")
    hand.rest()
    assert page._identity is not None
    tag = page._identity.passport.tag
    assert page.update_panel.hold.is_locked
    name_the_pump(hand, page, "P-9999")
    assert page.checks._match.text() == f"The device is {tag}"
    assert page.update_panel._reason.text() == "Red: Right pump."
    name_the_pump(hand, page, tag.lower())
    assert not page.update_panel.hold.is_locked
    hand.hold(page.update_panel.hold, 0.5)
    assert not page._is_writing
    hand.hold(page.update_panel.hold, HOLD_S)
    hand.wait(lambda: page.verdict.isVisible(), 60)
    assert page.verdict.banner._word.text() == "Verified"
    hand.rest()
    assert page.verdict.done.isVisible()
    hand.press("Pull logs")
    hand.rest()
    assert any("checked by hash" in text for text in hand.notices())
    hand.press("Next pump")
    hand.rest()
    assert page.checks.tag() == ""
    assert page.update_panel.hold.is_locked
    page.stop_rehearsal()


def test_a_device_that_dies_meanwhile_is_unknown_and_resume_ends_it(
    hand: Hand, page: DevicesPage, gateways: Gateways  # noqa: F811
) -> None:  # fmt: skip
    device = gateways.start(baud_rate_bd=SLOW_BD)
    plug_in(hand, page, device.port)
    name_the_pump(hand, page, TAG)
    hand.hold(page.update_panel.hold, HOLD_S)
    hand.wait(lambda: bool(page.writing._percent.text()), 20)
    hand.window.close()  # a write asks first
    assert hand.window.isVisible()
    question = hand.built.context.messages.question
    assert question is not None
    question.reject()
    device.process.kill()
    hand.wait(lambda: page.verdict.isVisible(), 60)
    assert page.verdict.banner._word.text() == "Unknown"
    assert page.verdict.banner._sentence.text().startswith("Do this next: plug the cable back in, then press Resume.")
    hand.rest()
    gateways.start(device.port)
    hand.press("Resume")
    hand.wait(lambda: page.verdict.banner._word.text() == "Verified", 60)
    hand.rest()


def test_stopping_a_write_leaves_the_old_model_and_says_so(
    hand: Hand, page: DevicesPage, gateways: Gateways  # noqa: F811
) -> None:  # fmt: skip
    plug_in(hand, page, gateways.start(baud_rate_bd=SLOW_BD).port)
    name_the_pump(hand, page, TAG)
    hand.hold(page.update_panel.hold, HOLD_S)
    hand.wait(lambda: bool(page.writing._percent.text()), 20)
    hand.press("Stop writing")
    hand.wait(lambda: page.verdict.isVisible(), 30)
    assert page.verdict.banner._word.text() == "Failed"
    assert page.verdict.banner._sentence.text().startswith("No model runs, as before.")
    hand.rest()
    hand.press("Resume")
    hand.wait(lambda: page.verdict.banner._word.text() == "Verified", 60)
    hand.rest()


def test_typing_another_tag_locks_the_second_touch_at_once(
    hand: Hand, page: DevicesPage, gateways: Gateways  # noqa: F811
) -> None:  # fmt: skip
    plug_in(hand, page, gateways.start().port)
    name_the_pump(hand, page, TAG)
    assert not page.update_panel.hold.is_locked
    hand.type(page.checks.tag_field, "P-2041B")
    assert page.update_panel.hold.is_locked
    hand.pause(0.7)  # it is checked again


def test_a_gateway_whose_sensors_fell_silent_has_no_data(
    hand: Hand, page: DevicesPage, gateways: Gateways, template: Site, tmp_path: Path  # noqa: F811
) -> None:  # fmt: skip
    log = tmp_path / "log.csv"
    whole = next((template.project.parent / "samples").glob(f"{TAG}*.csv")).read_text(encoding="utf-8").splitlines()
    log.write_text("\n".join(whole[:400]) + "\n", encoding="utf-8")
    device = gateways.start()
    bundle = str(template.project.parent / "first.pwb")
    assert update_device(UpdateRequest(port=device.port, bundle=bundle, yes=True), Job()).verdict == "verified"
    device.stop()
    gateways.start(device.port, log=log, speed=100_000.0)  # a log of seven hours, over in a quarter of a second
    plug_in(hand, page, device.port)
    hand.wait(lambda: page._identity is not None)
    for _ in range(20):
        if page.update_panel._model.text() == "No data":
            break
        hand.pause(0.5)
        hand.press("Look again")
        hand.rest()
    assert page.update_panel._model.text() == "No data"
    assert page.update_panel._model.state == State.OUT_OF_SPECIFICATION
    (score,) = (text.text() for text in page.update_panel._device.findChildren(Text) if text.text().startswith("none: "))
    (tile,) = page.ports._tiles
    (badge,) = tile.findChildren(StateBadge)
    assert badge.text() == "Release 1 has no data"
    assert [card._badge.text() for card in page.checks._slots] == ["No data", "Not running"]
    last = whole[399].partition(",")[0]
    assert instant(last, zone_of(hand.built.context.settings.zone)) in score


def test_a_port_where_nobody_answers_says_so_on_its_tile(hand: Hand, page: DevicesPage) -> None:  # noqa: F811
    plug_in(hand, page, "socket://127.0.0.1:9")
    assert len(page.ports._tiles) == 1
    assert page._empty.isVisible()


def test_a_rehearsal_without_a_project_says_what_is_missing(built: Built) -> None:
    empty = Hand(built)
    page = empty.show("devices")
    assert isinstance(page, DevicesPage)
    empty.press("Start a rehearsal")
    empty.rest()
    assert any("Import a log first" in text for text in empty.notices())


def test_a_second_click_does_not_start_a_second_rehearsal(hand: Hand, page: DevicesPage) -> None:  # noqa: F811
    hand.press("Start a rehearsal")
    hand.press("Rehearsal")
    assert any("being started" in text for text in hand.notices())
    hand.rest()
    assert len(page.ports.extra_ports()) == 1
    page.stop_rehearsal()
    assert page.ports.extra_ports() == ()


@pytest.mark.parametrize(("word", "state", "button"), [
    ("verified", "confirmed", "Next pump"), ("failed", "rolled_back", "Next pump"),
    ("failed", "failed_at_transfer", "Resume"), ("unknown", "on_trial", "Resume"),
])  # fmt: skip
def test_each_verdict_has_one_button_that_goes_on(
    hand: Hand, page: DevicesPage, word: str, state: str, button: str  # noqa: F811
) -> None:  # fmt: skip
    step = UpdateStep(at_utc="2026-03-16T10:52:33Z", step="transfer", state="failed", text="The cable came out.")
    result = UpdateResult(
        verdict=word, state=state, reason="", next_action="", bytes=0, seconds=1.0, rate_Bps=0.0, line_rate_fraction=None,
        before={}, after={}, receipt=None, steps=(step,), message="The old model is still running (release 1).",
    )  # type: ignore[arg-type]  # fmt: skip
    page._on_verdict(msgspec.structs.replace(result))
    hand.rest()
    assert hand.button(button).isVisible()
    assert page.verdict.again.isVisible() != page.verdict.done.isVisible()
    assert (page.state is None) == (word == "verified")
    assert page.state in (None, State.OUT_OF_SPECIFICATION)
