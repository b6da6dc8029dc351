"""Pictures within documents: one module for each format that holds any, each with ``pictures(...) -> Iterator[Piece]``.

``found`` says what a picture is and opens it safely; ``reading`` chooses the module, bounds the work and finds out
where in the text a picture stands; ``depicted`` makes facts of what a network sees in them.
"""
