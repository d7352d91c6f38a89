"""What can be done on the Devices page, as data for menus, keys and the palette."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.ui.actions import Action

if TYPE_CHECKING:
    from workbench.ui.pages.devices.page import DevicesPage


def device_actions(page: DevicesPage) -> tuple[Action, ...]:
    """All actions of the page."""
    return (
        Action(
            id="devices.refresh", title=page.tr("Look again"), icon="refresh", callback=page.look, page="devices",
            menu="Device", keys=("F5",), command="workbench devices list", blocked=page.why_busy,
        ),
        Action(
            id="devices.rehearsal", title=page.tr("Start a rehearsal"), icon="rehearsal", callback=page.rehearse,
            page="devices", menu="Device", command="workbench devices virtual", blocked=page.why_no_rehearsal,
        ),
        Action(
            id="devices.check", title=page.tr("Check all again"), icon="again", callback=page.check, page="devices",
            menu="Device", command="workbench devices preflight", blocked=page.why_no_check,
        ),
        Action(
            id="devices.resume", title=page.tr("Resume an update"), icon="play", callback=page.resume, page="devices",
            menu="Device", command="workbench devices resume", blocked=page.why_no_device,
        ),
        Action(
            id="devices.pull", title=page.tr("Pull logs"), icon="download", callback=page.pull, page="devices",
            menu="Device", command="workbench devices pull-logs", blocked=page.why_no_device,
        ),
    )  # fmt: skip
