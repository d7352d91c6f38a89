"""Arrow IPC files and streams (Feather version 2) through pyarrow: the same tables as Parquet's, read batch by batch."""

from __future__ import annotations

import io

from workbench.core.errors import LogFormatError
from workbench.logs.readers.parquet import MAX_BYTES, MAX_CELLS, read_table
from workbench.logs.readers.reader import Content, cant_read
from workbench.logs.readers.sources import Source

_STREAM = b"\xff\xff\xff\xff"


class ArrowReader:
    """Feather (version 2), Arrow IPC files and streams. Feather version 1 is refused by pyarrow's own words."""

    kind, name, suffixes, extra, needs = "arrow", "Feather or Arrow", (".feather", ".arrow", ".arrows", ".ipc"), "", ("pyarrow",)

    def recognises(self, head: bytes) -> bool:
        """The file's magic, or a stream's continuation mark before the length of a schema."""
        return head.startswith((b"ARROW1", b"FEA1")) or (head.startswith(_STREAM) and len(head) > 8 and head[7] == 0)

    def read(self, source: Source) -> Content:
        """One table a file."""
        import pyarrow as pa
        from pyarrow import ipc

        try:
            buffer = io.BytesIO(source.data)
            if source.data.startswith(_STREAM):
                with ipc.open_stream(buffer) as stream:
                    return Content(segments=(read_table(source, _gather(source, stream)),))
            with ipc.open_file(buffer) as file:
                batches = (file.get_batch(index) for index in range(file.num_record_batches))
                return Content(segments=(read_table(source, _gather(source, batches, file.schema)),))
        except (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError, KeyError) as error:
            if isinstance(error, LogFormatError):
                raise
            raise cant_read(source, self.name, error, "Write it again, as Feather version 2 or Parquet.") from error


def _gather(source: Source, batches: object, schema: object = None) -> object:
    """The batches as one table; refused while they come in when they are too many."""
    import pyarrow as pa

    kept = []
    n_cells = n_bytes = 0
    for batch in batches:  # type: ignore[attr-defined] # pyarrow has no types
        n_cells += batch.num_rows * max(batch.num_columns, 1)
        n_bytes += batch.nbytes
        if n_cells > MAX_CELLS or n_bytes > MAX_BYTES:
            raise LogFormatError(f"{source.name} has more than {n_cells} cells: too many.", "Split it.", path=str(source.path))
        kept.append(batch)
    return pa.Table.from_batches(kept, schema or getattr(batches, "schema", None))
