"""Agreement between two readers of a project, or of a project and an export."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from tests.services.test_services_labels import store_recording
from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.logs.events.event import Event
from workbench.services import labels
from workbench.services.agreement import AgreementRequest, labels_agreement


def event(author: str, first: int, last: int, name: str = "leak", state: str = "real") -> Event:
    stamps = [f"1970-01-{day:02d}T00:00:00Z" for day in (first, last)]
    return Event(id="", asset="P-1", name=name, start_utc=stamps[0], end_utc=stamps[1], state=state, author=author)  # type: ignore[arg-type]


def save(folder: Path, *events: Event) -> str:
    store_recording(folder, "P-1", "a.csv", np.zeros(21))
    labels.save_labels(labels.LabelsSaveRequest(project=str(folder), asset="P-1", events=events), Job())
    return str(folder)


def test_two_authors_are_compared_and_their_differences_listed(tmp_path: Path) -> None:
    project = save(
        tmp_path / "p",
        event("Ada", 2, 4), event("Ada", 8, 9), event("Ada", 12, 14), event("Ada", 18, 19, state="not_real"),
        event("Bo", 2, 5), event("Bo", 12, 14, "trip"), event("Bo", 16, 17),
        msgspec.structs.replace(event("", 6, 7, state="unsure"), source="similar"),
    )  # fmt: skip
    found = labels_agreement(AgreementRequest(project=project, asset="P-1"), Job())
    assert (found.first, found.second, found.n_first, found.n_second, found.n_same) == ("Ada", "Bo", 3, 3, 2)
    assert found.f1 == pytest.approx(4 / 6)
    assert [(one.kind, one.first, one.second) for one in found.disagreements] == [
        ("ends", "leak", "leak"), ("only_first", "leak", ""), ("name", "leak", "trip"), ("only_second", "", "leak")
    ]  # fmt: skip
    # Ada 5 of 20 days, Bo 6, both 4: p_o = (4 + 13)/20, p_e = 5/20·6/20 + 15/20·14/20
    assert found.kappa == pytest.approx((17 / 20 - 240 / 400) / (1 - 240 / 400))
    assert found.kappa_words == "substantial"


def test_an_export_of_the_other_reader_is_enough(tmp_path: Path) -> None:
    mine, theirs = save(tmp_path / "p", event("Ada", 2, 4)), save(tmp_path / "q", event("Bo", 2, 4))
    out = str(tmp_path / "bo.csv")
    labels.export_labels(labels.LabelsExportRequest(project=theirs, out=out), Job())
    for other in (out, theirs):
        found = labels_agreement(AgreementRequest(project=mine, asset="P-1", other=other), Job())
        assert (found.n_same, found.kappa, found.disagreements) == (1, pytest.approx(1), ())


def test_one_reader_alone_is_refused_with_who_labelled(tmp_path: Path) -> None:
    project = save(tmp_path / "p", event("Ada", 2, 4))
    with pytest.raises(InputError, match=r"Ada \(1\)"):
        labels_agreement(AgreementRequest(project=project, asset="P-1"), Job())
