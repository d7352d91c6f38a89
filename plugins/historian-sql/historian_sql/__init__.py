"""A plant historian's SQL database as a source of logs; imports nothing of the program but `workbench.api`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from workbench.api import Plugin, SourceAsk, SourceFacts, SourceRows

from .config import load_config


class HistorianSql:
    """A table of tags and values, or of a column a tag, read in a read-only transaction."""

    kind, name = "historian-sql", "Historian (SQL)"

    def describe(self, config: Path) -> SourceFacts:
        """See LogSource."""
        found = load_config(config)
        opens = "opens a read-only connection to a database" if found.host else f"reads the file {found.file}"
        return SourceFacts(
            name=found.name, opens=opens, host=found.host, secret_name=f"historian-sql {found.url}" if found.host else "",
            zone=found.zone,
        )  # fmt: skip

    def read(self, ask: SourceAsk) -> Iterator[SourceRows]:
        """See LogSource."""
        from .query import read_rows

        return read_rows(load_config(ask.config), ask)


plugin = Plugin(sources=(HistorianSql(),))
