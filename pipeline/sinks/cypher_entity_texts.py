"""The Cypher texts for entities (the model is in ``cypher_statements``): made, counted, named and placed."""

from __future__ import annotations

from graphwright.pipeline.sinks.cypher_names import quoted

PUT_ENTITIES = "UNWIND $rows AS row MERGE (:Entity {id: row})"

KNOWN_ENTITIES = "UNWIND $rows AS row MATCH (n:Entity {id: row}) RETURN n.id AS id"


def create_entities(label: str) -> str:
    """Entities of one type that are not there yet."""
    return f"UNWIND $rows AS row CREATE (n:Entity:{quoted(label)}) SET n = row"


TALLIES = """
UNWIND $rows AS row
MATCH (n:Entity {id: row})
RETURN n.id AS id, labels(n) AS labels, n.tally AS tally, n.vector IS NOT NULL AS placed
"""

COUNT_OCCURRENCES = """
UNWIND $rows AS row
MATCH (n:Entity {id: row})
OPTIONAL MATCH (n)<-[:RESOLVED_TO]-(o:Occurrence)
RETURN n.id AS id, o.label AS label, o.name AS name, o.aliases AS aliases, count(o) AS count
"""

DELETE_ENTITIES = "UNWIND $rows AS row MATCH (n:Entity {id: row}) DETACH DELETE n"

UPDATE_ENTITIES = """
UNWIND $rows AS row
MATCH (n:Entity {id: row.id})
SET n += row
"""


# Vectors are set by a procedure, since only that keeps them in single precision.
SET_OCCURRENCE_VECTORS = """
UNWIND $rows AS row
MATCH (o:Occurrence {id: row.id})
CALL db.create.setNodeVectorProperty(o, 'vector', row.vector)
"""

ENTITY_VECTORS = """
UNWIND $rows AS row
MATCH (n:Entity {id: row})<-[:RESOLVED_TO]-(o:Occurrence)
WHERE o.vector IS NOT NULL
WITH n, o ORDER BY o.id
RETURN n.id AS id, collect(o.vector)[..$most] AS vectors
"""

SET_ENTITY_VECTORS = """
UNWIND $rows AS row
MATCH (n:Entity {id: row.id})
CALL db.create.setNodeVectorProperty(n, 'vector', row.vector)
"""

REMOVE_ENTITY_VECTORS = "UNWIND $rows AS row MATCH (n:Entity {id: row}) REMOVE n.vector"


def relabel_entities(old: tuple[str, ...], new: str) -> str:
    """Put the label of a type in place of others."""
    removed = "".join(f" REMOVE n:{quoted(label)}" for label in old)
    return f"UNWIND $rows AS row MATCH (n:Entity {{id: row}}){removed} SET n:{quoted(new)}"
