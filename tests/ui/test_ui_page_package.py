"""The Package page by hand: forms, building, a key with a passphrase, signing, a dropped bundle."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit

from tests.ui.hand import Hand
from tests.ui.page_fixtures import KEY_NAME, PASSPHRASE, Site, hand, template  # noqa: F401 - fixtures
from workbench.ui.pages.package.page import PackagePage


@pytest.fixture
def page(hand: Hand) -> PackagePage:  # noqa: F811 - the fixture
    found = hand.show("package")
    assert isinstance(found, PackagePage)
    return found


def test_the_recommended_form_is_chosen_and_checked(page: PackagePage) -> None:
    assert page.variants.chosen()
    assert page.validate.header.facts.text()
    assert page.bundle._outcome.text() == "Signed and verified"


def test_a_bundle_is_built_and_signed_with_an_own_key(hand: Hand, page: PackagePage) -> None:  # noqa: F811
    hand.press("Build bundle")
    hand.rest()
    assert page._bundle is not None
    assert (page._bundle.release, page.bundle._outcome.text()) == (2, "Built, not signed yet")
    assert page._why_not_sign() == "Type the key's passphrase"
    hand.type(page.bundle.passphrase, "a wrong passphrase")
    hand.press("Sign bundle")
    hand.rest()
    assert KEY_NAME in page.bundle._hint.text()
    assert page.bundle.passphrase.text() == ""
    hand.type(page.bundle.passphrase, PASSPHRASE)
    hand.press("Sign bundle")
    hand.rest()
    assert page._bundle.outcome == "verified"
    assert page.bundle.choice.currentText().endswith("2 · signed")


def test_a_new_key_wants_a_name_and_a_long_passphrase(hand: Hand, page: PackagePage) -> None:  # noqa: F811
    panel = page.bundle
    panel.key.set_value("new")
    assert panel.passphrase.echoMode() == QLineEdit.EchoMode.Password
    hand.type(panel.name, "Second key")
    hand.type(panel.passphrase, "short")
    assert not panel.make.isEnabled()
    assert "at least 8" in panel._hint.text()
    hand.type(panel.passphrase, PASSPHRASE)
    hand.click(panel.make)
    hand.rest()
    assert panel.key.currentText().startswith("Second key")
    assert panel.why_no_key() == ""


def test_a_form_that_changes_too_many_alarms_is_not_built(page: PackagePage) -> None:
    assert page._quantized is not None
    import msgspec

    bad = tuple(msgspec.structs.replace(variant, alarms_changed_fraction=0.12) for variant in page._quantized.variants)
    page._on_quantized(msgspec.structs.replace(page._quantized, variants=bad))
    assert page._why_not_build().startswith("This form changes 12.0")


def test_a_dropped_bundle_is_checked_and_not_taken_over(hand: Hand, template: Site, tmp_path: Path) -> None:  # noqa: F811
    damaged = tmp_path / "damaged.pwb"
    data = bytearray((template.home.parent / "first.pwb").read_bytes())
    data[-200] ^= 1
    damaged.write_bytes(bytes(data))
    hand.show("start")
    hand.drop([damaged])
    hand.rest()
    page = hand.window.host.page("package")
    assert isinstance(page, PackagePage)
    assert hand.window.host.current_id == "package"
    assert page._bundle is not None
    assert page._bundle.outcome not in ("verified", "signed")
    assert page._bundle.path == str(damaged)
