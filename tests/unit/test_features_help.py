"""The manual's page on features says what the catalogue says."""

from workbench.core.paths import resources
from workbench.features.catalogue import FEATURES
from workbench.features.pump import PUMP_FEATURES


def test_the_manual_lists_every_feature_with_its_formula_and_source():
    page = (resources() / "help" / "features.md").read_text(encoding="utf-8")
    rows = {line.split("`")[1]: line for line in page.splitlines() if line.startswith("| `")}
    assert list(rows) == [item.name for item in (*FEATURES, *PUMP_FEATURES)]
    for item in (*FEATURES, *PUMP_FEATURES):
        assert item.formula.replace("|", "\\|") in rows[item.name]
        assert item.source in rows[item.name]
