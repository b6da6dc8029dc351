// What is denied, doubted, planned or reported, and by whom?
// Such sentences are kept as evidence, but make no edge.
MATCH (s:Statement)-[:SUPPORTED_BY]->(e:Evidence)-[:FROM]->(d:Document), (s)-[:SUBJECT]->(subject:Entity)
WHERE e.assertion <> 'asserted'
OPTIONAL MATCH (s)-[:OBJECT]->(object:Entity)
RETURN e.assertion AS said, e.saidBy AS by, subject.name AS subject, s.name AS fact,
       coalesce(object.name, s.value) AS object, e.text AS sentence, d.source AS document
ORDER BY said, subject, fact, object
LIMIT 200;
