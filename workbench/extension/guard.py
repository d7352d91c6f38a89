"""A plugin's reader behind a fence: whatever it raises is an error of this file, with the plugin's name, never of the program."""

from __future__ import annotations

from workbench.core.errors import WorkbenchError
from workbench.logs.readers.reader import Content, Reader, cant_read
from workbench.logs.readers.sources import Source


class GuardedReader:
    """See `readers.reader.Reader`."""

    extra = ""

    def __init__(self, plugin: str, reader: Reader) -> None:
        self._plugin, self._reader = plugin, reader
        self.kind, self.name = str(reader.kind), str(reader.name)
        self.suffixes, self.needs = tuple(reader.suffixes), tuple(reader.needs)

    def recognises(self, head: bytes) -> bool:
        """False where the plugin fails."""
        try:
            return bool(self._reader.recognises(head))
        except (Exception, SystemExit):  # noqa: BLE001 - a stranger's code: a file that it stumbles over is none of its own
            return False

    def read(self, source: Source) -> Content:
        """Raises LogFormatError for everything but the program's own errors."""
        try:
            return self._reader.read(source)
        except WorkbenchError:
            raise
        except (Exception, SystemExit) as error:
            raise cant_read(source, f"{self.name} (plugin {self._plugin})", error, "Tell the plugin's makers.") from error
