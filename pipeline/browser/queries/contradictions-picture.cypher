// What does the graph say twice that can be true only once?
// The contradictions as a picture, with the sentences of both sides.
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
WITH version.statement AS s
MATCH path = (:Entity)<-[:SUBJECT]-(s)-[:SUPPORTED_BY]->(:Evidence)
OPTIONAL MATCH end = (s)-[:OBJECT]->(:Entity)
RETURN path, end
LIMIT 60;
