"""Parquet: one row is one document; record batches are read one at a time."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from graphwright.pipeline.errors import CorpusError
from graphwright.pipeline.readers.rows import KEPT, LANGUAGES, missing_field, row_passage
from graphwright.pipeline.readers.source import Passage, Source

BATCH_ROWS = 256


def read(source: Source) -> Iterator[Passage]:
    """A passage for each row, with the columns that rows of other formats keep."""
    try:
        file = pq.ParquetFile(source.stream, pre_buffer=False)
    except (pa.ArrowException, OSError) as error:
        raise CorpusError(f"this is not a Parquet file ({error})") from error
    columns = file.schema_arrow.names
    if source.text_field not in columns:
        raise CorpusError(missing_field(source.text_field, columns))
    wanted = [name for name in columns if name in {source.text_field, "id", *KEPT, *LANGUAGES}]
    number = 0
    for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=wanted):
        for row in batch.to_pylist():
            number += 1
            text = row[source.text_field]
            if isinstance(text, str):
                yield row_passage(row, text, number)
            else:
                source.reject(f"row {number}", f"no text in column {source.text_field!r} ({type(text).__name__})")
