"""Arrow IPC files and streams (Feather version 2) through pyarrow: the same tables as Parquet's, read batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from workbench.logs.readers.parquet import read_batches
from workbench.logs.readers.reader import Content, ReadGuard, Streaming
from workbench.logs.readers.signals import check_claim
from workbench.logs.readers.sources import Source

_STREAM = b"\xff\xff\xff\xff"


class ArrowReader(Streaming):
    """Feather (version 2), Arrow IPC files and streams. Feather version 1 is refused by pyarrow's own words."""

    kind, name, suffixes, extra, needs = "arrow", "Feather or Arrow", (".feather", ".arrow", ".arrows", ".ipc"), "", ("pyarrow",)

    def recognises(self, head: bytes) -> bool:
        """The file's magic, or a stream's continuation mark before the length of a schema."""
        return head.startswith((b"ARROW1", b"FEA1")) or (head.startswith(_STREAM) and len(head) > 8 and head[7] == 0)

    @contextmanager
    def opened(self, source: Source) -> Iterator[Content]:
        """One table a file; its batches are gone through once to count its rows."""
        import pyarrow as pa

        trouble = (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError, KeyError)
        guard = ReadGuard(source, self.name, trouble, "Write it again, as Feather version 2 or Parquet.")
        is_stream = source.head(len(_STREAM)) == _STREAM

        def batches() -> Iterator[Any]:
            with guard(), source.open() as file:
                yield from _in_stream(file) if is_stream else _in_file(file)

        n_rows = n_columns = 0
        for batch in batches():
            source.pulse()
            n_rows, n_columns = n_rows + batch.num_rows, max(n_columns, batch.num_columns)
            check_claim(source.name, n_rows * n_columns, source.size_bytes, str(source.path))
            if source.head_rows is not None and n_rows >= source.head_rows:
                break
        yield Content(tables=(read_batches(source, batches, n_rows, n_columns),))


def _in_stream(file: Any) -> Iterator[Any]:
    from pyarrow import ipc

    with ipc.open_stream(file) as stream:
        yield from stream


def _in_file(file: Any) -> Iterator[Any]:
    from pyarrow import ipc

    with ipc.open_file(file) as opened:
        for index in range(opened.num_record_batches):
            yield opened.get_batch(index)
