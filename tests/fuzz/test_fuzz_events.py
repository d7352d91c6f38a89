"""Files of events are hostile: whatever they hold, they are read or refused in words, never with a traceback."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.core.errors import WorkbenchError
from workbench.core.jobs import Job
from workbench.project.store import Project
from workbench.services.event_import import EventsPreviewRequest, preview_events

CELLS = st.sampled_from(
    ["", "P-1", "2026-03-01", "01/02/2026 10:00", "00.00.0000", "45000", "ACT", "RTN", "seal leak", "=1+1", "9" * 40,
     "\u202e", "VIB", "1e999",
     "12.03.2026 24:00", "31/12/9999", "0001-01-01", "-1", "1.5\t2", "{", "nan"]
)  # fmt: skip
NAMES = st.sampled_from(["asset", "Found", "State", "description", "Meldedatum", "type.name", "", "Time", "alarm", "mode", "x"])
TABLES = st.builds(
    lambda names, rows, mark: mark.join(names) + "\n" + "\n".join(mark.join(row) for row in rows),
    st.lists(NAMES, min_size=1, max_size=6), st.lists(st.lists(CELLS, max_size=8), max_size=12),
    st.sampled_from([",", ";", "\t"]),
)  # fmt: skip
FILES = st.one_of(
    st.binary(max_size=400), TABLES.map(str.encode), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=FILES)
def test_any_file_is_read_or_refused_in_words(tmp_path: Path, data: bytes) -> None:
    folder = tmp_path / "p"
    if not folder.exists():
        Project.open(folder).close()
    path = tmp_path / "file"
    path.write_bytes(data)
    try:
        found = preview_events(EventsPreviewRequest(path=str(path), project=str(folder), asset="P-1"), Job())
    except WorkbenchError as error:
        assert error.message
        return
    assert all(one.start_utc <= one.end_utc or one.start_utc[:4] != one.end_utc[:4] for one in found.events)
