"""The Cypher texts about decisions of people; ``cypher_statements`` has the model."""

from __future__ import annotations

# Of those that change: what they said before, so that it can be looked at again.
HELD_DECISIONS = "UNWIND $rows AS row MATCH (d:Decision {id: row}) RETURN properties(d) AS decision"

PUT_DECISIONS = "UNWIND $rows AS row MERGE (d:Decision {id: row.id}) SET d = row"

DELETE_DECISIONS = "UNWIND $rows AS row MATCH (d:Decision {id: row}) DELETE d"

KEYS_BESIDE = """
UNWIND $rows AS row
MATCH (:Document {id: row.id})<-[:IN]-(o:Occurrence)
WHERE row.key IN o.keys
UNWIND o.keys AS key
RETURN DISTINCT key
"""

ALL_DECISIONS = "MATCH (d:Decision) RETURN properties(d) AS decision ORDER BY d.id"
