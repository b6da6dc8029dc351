// Where do documents contradict each other?
// Facts of which only one can be true (a birthplace, a mother, a capital), told in several ways. No contradiction: a date
// that is part of another, a place within another, and two places of one clause ("in Torquay, Devon"). The list holds the
// properties that the schema calls functional.
MATCH (s:Statement {band: 'keep'})-[:SUBJECT]->(subject:Entity)
WHERE s.predicate IN ['P19', 'P20', 'P22', 'P25', 'P36', 'P59', 'P105', 'P403', 'P569', 'P570', 'P571', 'P576']
OPTIONAL MATCH (s)-[:OBJECT]->(object:Entity)
WITH subject, s.name AS fact, collect({statement: s, value: s.value, thing: object}) AS told
WHERE size(told) > 1
WITH subject, fact, [one IN told WHERE none(other IN told WHERE other.statement <> one.statement AND (
       coalesce(other.value STARTS WITH one.value, false)
       OR EXISTS { MATCH (o:Entity)-[:LOCATED_IN|COUNTRY*1..2]->(w:Entity) WHERE o = other.thing AND w = one.thing }
       OR EXISTS {
           MATCH (a:Statement)-[:SUPPORTED_BY]->(e:Evidence), (b:Statement)-[:SUPPORTED_BY]->(f:Evidence)
           WHERE a = one.statement AND b = other.statement AND a.score < b.score AND a.value IS NULL
             AND e.documentId = f.documentId AND e.sentence[0] = f.sentence[0]
       }))] AS told
WHERE size(told) > 1
UNWIND told AS version
WITH subject, fact, version.statement AS s, coalesce(version.thing.name, version.value) AS object
MATCH (s)-[:SUPPORTED_BY]->(e:Evidence)-[:FROM]->(d:Document)
RETURN subject.name AS subject, fact, object, round(s.score, 2) AS probability,
       collect(DISTINCT e.text) AS sentences, collect(DISTINCT d.source) AS documents
ORDER BY subject, fact, probability DESC;
