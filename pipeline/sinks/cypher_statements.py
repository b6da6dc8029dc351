"""The Cypher texts. Data comes in as parameters only; ``$rows`` is sorted and sent in batches.

The model::

    (:Document)<-[:FROM]-(:Mention)-[:REFERS_TO]->(:Entity:Person)
    (:Document)<-[:IN]-(:Occurrence)-[:RESOLVED_TO]->(:Entity),  (:Mention)-[:OF]->(:Occurrence)-[:KEYED]->(:BlockKey)
    (:Statement)-[:SUBJECT|OBJECT]->(:Entity),  (:Statement)-[:SUPPORTED_BY]->(:Evidence)-[:FROM]->(:Document)
    (:Entity)-[:SPOUSE {statement, predicate, score, evidenceCount}]->(:Entity)      the view: one edge a kept statement

From an entity only edges of the view go out. An :Evidence holds its whole local fact (occurrences, predicate,
qualifiers), so statements can be derived again when occurrences are resolved differently; its ``id`` is the fact's.
A :Decision of a person stands alone, since what it refers to comes and goes.
"""

from __future__ import annotations

from graphwright.pipeline.sinks.cypher_names import quoted

LABELS = ("Document", "Entity", "Occurrence", "Mention", "Statement", "Evidence", "BlockKey", "Decision", "GraphInfo")
SCHEMA = {
    **{
        f"{label.lower()}_id": f"CREATE CONSTRAINT {label.lower()}_id IF NOT EXISTS "
        f"FOR (n:{label}) REQUIRE n.id IS UNIQUE"
        for label in LABELS
        if label != "Mention"  # nobody looks for one by its id, and most nodes are mentions
    },
    "entity_name": "CREATE INDEX entity_name IF NOT EXISTS FOR (n:Entity) ON (n.name)",
    "entity_names": """CREATE FULLTEXT INDEX entity_names IF NOT EXISTS FOR (n:Entity) ON EACH [n.name, n.aliases]
    OPTIONS {indexConfig: {`fulltext.eventually_consistent`: true}}""",
}
VECTOR_INDEX = "entity_vectors"
INDEXES = "SHOW INDEXES YIELD name RETURN name"
AWAIT_INDEXES = "CALL db.awaitIndexes(300)"


def vector_index(width: int) -> str:
    """The index for similarity search of entities whose vectors are so long."""
    return f"""CREATE VECTOR INDEX {VECTOR_INDEX} IF NOT EXISTS FOR (n:Entity) ON (n.vector)
OPTIONS {{indexConfig: {{`vector.dimensions`: {int(width)}, `vector.similarity_function`: 'cosine'}}}}"""


# Writers take turns: each waits here until the one before has ended, so what is derived from what is read stays true.
# The number of the write tells whether another has come between.
LOCK = """
MERGE (g:GraphInfo {id: 'graph'})
SET g.format = 1, g.writes = coalesce(g.writes, 0) + 1
RETURN g.writes AS write
"""

# --- what documents held -------------------------------------------------------------------------------------------

HELD_DOCUMENTS = "UNWIND $rows AS row MATCH (d:Document {id: row}) RETURN d.id AS id"

HELD_OCCURRENCES = """
UNWIND $rows AS row
MATCH (:Document {id: row})<-[:IN]-(o:Occurrence)-[:RESOLVED_TO]->(n:Entity)
RETURN o.id AS id, o.decision AS decision, o.keys AS keys, n.id AS node,
       o.label AS label, o.name AS name, o.aliases AS aliases
"""

SUPPORTED_STATEMENTS = """
UNWIND $rows AS row
MATCH (:Document {id: row})<-[:FROM]-(:Evidence)<-[:SUPPORTED_BY]-(s:Statement)
RETURN DISTINCT s.id AS id
"""

DELETE_SPANS = """
UNWIND $rows AS row
MATCH (:Document {id: row})<-[:FROM]-(part:Mention|Evidence)
DETACH DELETE part
"""

DELETE_OCCURRENCES = "UNWIND $rows AS row MATCH (:Document {id: row})<-[:IN]-(o:Occurrence) DETACH DELETE o"

DELETE_DOCUMENTS = "UNWIND $rows AS row MATCH (d:Document {id: row}) DETACH DELETE d"

# --- what documents hold now ---------------------------------------------------------------------------------------

PUT_DOCUMENTS = "UNWIND $rows AS row MERGE (d:Document {id: row.id}) SET d = row"

PUT_KEYS = "UNWIND $rows AS row MERGE (k:BlockKey {id: row.id}) ON CREATE SET k.key = row.key"

MARK_ADDED = "UNWIND $rows AS row MATCH (o:Occurrence {id: row}) SET o:Pending"

MARK_PENDING = "UNWIND $rows AS row MERGE (k:BlockKey {id: row.id}) ON CREATE SET k.key = row.key SET k:Pending"

CREATE_OCCURRENCES = """
UNWIND $rows AS row
MATCH (d:Document {id: row.document})
MATCH (n:Entity {id: row.node})
CREATE (d)<-[:IN]-(o:Occurrence)-[:RESOLVED_TO]->(n)
SET o = row.properties
FOREACH (item IN row.mentions |
    CREATE (d)<-[:FROM]-(m:Mention)-[:OF]->(o), (m)-[:REFERS_TO]->(n)
    SET m = item)
WITH o, row
UNWIND row.keys AS key
MATCH (k:BlockKey {id: key})
CREATE (o)-[:KEYED]->(k)
"""

CREATE_EVIDENCE = """
UNWIND $rows AS row
MATCH (d:Document {id: row.document})
CREATE (d)<-[:FROM]-(e:Evidence)
SET e = row.properties
"""

CREATE_SUPPORT = """
UNWIND $rows AS row
MATCH (d:Document {id: row.document})
MATCH (s:Statement {id: row.statement})
CREATE (d)<-[:FROM]-(e:Evidence)<-[:SUPPORTED_BY]-(s)
SET e = row.properties
"""

# --- statements and their view -------------------------------------------------------------------------------------

KNOWN_STATEMENTS = "UNWIND $rows AS row MATCH (s:Statement {id: row}) RETURN s.id AS id"

CREATE_LINKED_STATEMENTS = """
UNWIND $rows AS row
MATCH (a:Entity {id: row.subject})
MATCH (b:Entity {id: row.object})
CREATE (a)<-[:SUBJECT]-(s:Statement)-[:OBJECT]->(b)
SET s = row.properties
"""


def create_shown_statements(type: str) -> str:
    """Statements that are kept, with all that follows from their evidence, and their edges of one type.

    A text for each type, as in ``create_edges``.
    """
    return f"""
UNWIND $rows AS row
MATCH (a:Entity {{id: row.subject}})
MATCH (b:Entity {{id: row.object}})
CREATE (a)<-[:SUBJECT]-(s:Statement)-[:OBJECT]->(b)
CREATE (a)-[r:{quoted(type)}]->(b)
SET s = row.properties, r.statement = row.properties.id, r.predicate = row.properties.predicate,
    r.score = row.properties.score, r.evidenceCount = row.properties.evidenceCount
"""


CREATE_VALUED_STATEMENTS = """
UNWIND $rows AS row
MATCH (a:Entity {id: row.subject})
CREATE (a)<-[:SUBJECT]-(s:Statement)
SET s = row.properties
"""

DETACH_EVIDENCE = "UNWIND $rows AS row MATCH (:Statement)-[r:SUPPORTED_BY]->(:Evidence {id: row}) DELETE r"

ATTACH_EVIDENCE = """
UNWIND $rows AS row
MATCH (s:Statement {id: row.statement})
MATCH (e:Evidence {id: row.evidence})
CREATE (s)-[:SUPPORTED_BY]->(e)
"""

# graph.combined_score and Statement.band, where the data is
WEIGH_STATEMENTS = """
UNWIND $rows AS row
MATCH (s:Statement {id: row})
OPTIONAL MATCH (s)-[:SUPPORTED_BY]->(e:Evidence)
WITH s, count(e) AS evidenceCount, max(e.score) AS best,
     max(CASE WHEN e.assertion = 'asserted' THEN e.score END) AS asserted,
     count(CASE WHEN e.assertion = 'asserted' AND e.band = 'keep' THEN 1 END) AS kept
SET s.evidenceCount = evidenceCount, s.score = coalesce(asserted, best),
    s.band = CASE WHEN kept > 0 THEN 'keep' ELSE 'review' END
RETURN s.id AS id, s.predicate AS predicate, s.edge AS edge, evidenceCount,
       kept > 0 AND s.datatype IS NULL AS shown
"""

DELETE_STATEMENTS = "UNWIND $rows AS row MATCH (s:Statement {id: row}) DETACH DELETE s"

_ENDS = """
UNWIND $rows AS row
MATCH (s:Statement {id: row})-[:SUBJECT]->(a:Entity)
MATCH (s)-[:OBJECT]->(b:Entity)
"""

DELETE_EDGES = _ENDS + "MATCH (a)-[r {statement: s.id}]->(b) DELETE r REMOVE s.edge"

UPDATE_EDGES = _ENDS + "MATCH (a)-[r {statement: s.id}]->(b) SET r.score = s.score, r.evidenceCount = s.evidenceCount"


def create_edges(type: str) -> str:
    """Edges of the view of one type, one a statement.

    A text for each type, though 5.26 knows ``CREATE (a)-[r:$(row.type)]->(b)``: there a cached plan gives each edge
    the type that it saw first.
    """
    return f"""{_ENDS}
CREATE (a)-[r:{quoted(type)}]->(b)
SET r.statement = s.id, r.predicate = s.predicate, r.score = s.score, r.evidenceCount = s.evidenceCount,
    s.edge = '{type}'
"""


# --- resolution ----------------------------------------------------------------------------------------------------

ASSIGN = """
UNWIND $rows AS row
MATCH (o:Occurrence {id: row.occurrence})-[:RESOLVED_TO]->(n:Entity)
SET o.decision = CASE WHEN row.node <> coalesce($wikidata + o.kbId, $minted + o.id) THEN row.node END
WITH row, o, n
WHERE n.id <> row.node
RETURN o.id AS id, n.id AS node, o.documentId AS document,
       o.label AS label, o.name AS name, o.aliases AS aliases, o.vector IS NOT NULL AS placed
"""

MOVE_OCCURRENCES = """
UNWIND $rows AS row
MATCH (o:Occurrence {id: row.occurrence})-[r:RESOLVED_TO]->(:Entity)
MATCH (n:Entity {id: row.node})
DELETE r
CREATE (o)-[:RESOLVED_TO]->(n)
"""

MOVE_MENTIONS = """
UNWIND $rows AS row
MATCH (:Occurrence {id: row.occurrence})<-[:OF]-(m:Mention)-[r:REFERS_TO]->(:Entity)
MATCH (n:Entity {id: row.node})
DELETE r
CREATE (m)-[:REFERS_TO]->(n)
"""

DERIVE_AGAIN = """
UNWIND $rows AS row
MATCH (:Document {id: row})<-[:FROM]-(e:Evidence)
MATCH (:Occurrence {id: e.subject})-[:RESOLVED_TO]->(a:Entity)
OPTIONAL MATCH (:Occurrence {id: e.object})-[:RESOLVED_TO]->(b:Entity)
OPTIONAL MATCH (s:Statement)-[:SUPPORTED_BY]->(e)
RETURN e.id AS id, e.predicate AS predicate, e.qualifiers AS qualifiers, e.value AS value, e.datatype AS datatype,
       e.unit AS unit, a.id AS subject, b.id AS object, s.id AS statement
"""

CLEAR_ADDED = "MATCH (o:Occurrence:Pending) REMOVE o:Pending"

CLEAR_PENDING = """
MATCH (k:BlockKey:Pending)
REMOVE k:Pending
WITH k
WHERE NOT EXISTS { (k)<-[:KEYED]-(:Occurrence) }
DELETE k
"""

# --- reading -------------------------------------------------------------------------------------------------------

DOCUMENTS = "MATCH (d:Document) RETURN d.id AS id, d.source AS source, d.fingerprint AS fingerprint ORDER BY id"
VERSIONS = "MATCH (d:Document) RETURN d.id AS id, d.version AS version ORDER BY id"

PENDING = """
OPTIONAL MATCH (g:GraphInfo {id: 'graph'})
WITH coalesce(g.writes, 0) AS seen
OPTIONAL MATCH (n:Pending)
RETURN seen, n.key AS key, CASE WHEN n:Occurrence THEN n.id END AS occurrence, n.keys AS keys
"""

_OCCURRENCE = """
RETURN o {.*, vector: null} AS occurrence,
       COLLECT { MATCH (o)<-[:OF]-(m:Mention) WHERE $mentions RETURN properties(m) ORDER BY m.position } AS mentions
"""

_OWN = "coalesce(o.kbId IS NOT NULL AND coalesce(o.decision, $wikidata + o.kbId) = $wikidata + o.kbId, false)"
_STANDING = f"($settled IS NULL OR $settled = {_OWN})"

ALL_OCCURRENCES = f"MATCH (o:Occurrence) WHERE o.id >= '' AND {_STANDING} WITH o ORDER BY o.id" + _OCCURRENCE

KEYED_OCCURRENCES = (
    f"""
UNWIND $keys AS key
MATCH (:BlockKey {{id: key}})<-[:KEYED]-(o:Occurrence)
WHERE {_STANDING}
WITH DISTINCT o
ORDER BY o.id"""
    + _OCCURRENCE
)

FIRST_LINKED = (
    f"""
UNWIND $keys AS key
MATCH (:BlockKey {{id: key}})<-[:KEYED]-(o:Occurrence)
WHERE {_STANDING}
WITH key, o ORDER BY o.id
WITH key, o.kbId AS link, collect(o)[..$most] AS firsts
UNWIND firsts AS o
WITH DISTINCT o
ORDER BY o.id"""
    + _OCCURRENCE
)

NODES = "MATCH (n:Entity) WHERE n.id >= '' RETURN n {.*, vector: null, tally: null} AS node ORDER BY n.id"

# The condition makes the planner walk the index of ids in order instead of sorting.
STATEMENTS = """
MATCH (s:Statement) WHERE s.id >= ''
WITH s ORDER BY s.id
RETURN properties(s) AS statement,
       head(COLLECT { MATCH (s)-[:SUBJECT]->(n:Entity) RETURN n.id }) AS subject,
       head(COLLECT { MATCH (s)-[:OBJECT]->(n:Entity) RETURN n.id }) AS object,
       COLLECT { MATCH (s)-[:SUPPORTED_BY]->(e:Evidence) RETURN properties(e) } AS evidence
"""
