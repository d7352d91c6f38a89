"""What a device calls its logs, as file names here."""

from __future__ import annotations

from workbench.core.wire import LogInfo
from workbench.devices.log_pull import file_name_of


def test_a_log_that_a_device_names_after_a_path_stays_in_the_folder() -> None:
    info = LogInfo(log_id=1, kind="../../home/x", size_bytes=1, first_utc="", last_utc="", sha256="")
    assert file_name_of(info, "C:\\GW") == "______home_x-C__GW-00000001.csv"
