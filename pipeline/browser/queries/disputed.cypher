// What does one sentence say and another deny?
// The same fact, asserted here and negated, doubted or only reported there.
MATCH (s:Statement)-[:SUPPORTED_BY]->(yes:Evidence {assertion: 'asserted'})
MATCH (s)-[:SUPPORTED_BY]->(no:Evidence)
WHERE no.assertion <> 'asserted'
MATCH (s)-[:SUBJECT]->(subject:Entity)
OPTIONAL MATCH (s)-[:OBJECT]->(object:Entity)
RETURN subject.name AS subject, s.name AS fact, coalesce(object.name, s.value) AS object, yes.text AS asserted,
       no.assertion AS how, no.text AS otherwise
ORDER BY subject, fact, object;
