"""The window as a whole: pages, keys, palette, drops."""

from __future__ import annotations

from workbench.app.window import Built
from workbench.ui.page_table import PAGES


def test_every_page_of_the_table_can_be_shown(built: Built) -> None:
    built.window.show()
    for entry in PAGES:
        built.window.show_page(entry.id)
        assert built.window.host.current_id == entry.id
