"""Readers: one module for each format, each with ``read(source) -> Iterator[Passage | Attachment]``.

A reader is chosen by extension in ``graphwright.pipeline.corpora``. It raises ``CorpusError`` where a whole file cannot
be read and calls ``source.reject`` where a part of it cannot.
"""
