"""What the digest covers, as lines that the server writes: ``graph.canonical_lines`` in Cypher."""

from __future__ import annotations

_SPANS = " + ' ' + ".join(f"toString(e.{end}[0]) + '-' + toString(e.{end}[1])" for end in ("head", "tail", "sentence"))
_BOX = " + ',' + ".join(f"toString(e.box[{place}])" for place in range(4))
_REGION = f"CASE WHEN e.picture IS NULL THEN '' ELSE ' ' + e.picture + ' ' + toString(e.page) + ' ' + {_BOX} END"

LINES = f"""
MATCH (s:Statement)-[:SUPPORTED_BY]->(e:Evidence)
RETURN s.id + ' ' + e.documentId + ' ' + {_SPANS} + ' ' + e.assertion + ' ' + e.band + {_REGION} AS line
"""
