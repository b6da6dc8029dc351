// What do we know of somebody or something, and who says so?
// All kept facts in both directions with the sentence, the document and the probability.
WITH 'Alan Turing' AS wanted
CALL db.index.fulltext.queryNodes('entity_names', '"' + wanted + '"') YIELD node AS thing
WHERE thing.name = wanted OR wanted IN thing.aliases
MATCH (thing)<-[role:SUBJECT|OBJECT]-(s:Statement {band: 'keep'})-[:SUPPORTED_BY]->(e:Evidence)-[:FROM]->(d:Document)
MATCH (s)-[:SUBJECT]->(subject:Entity)
OPTIONAL MATCH (s)-[:OBJECT]->(object:Entity)
RETURN subject.name AS subject, s.name AS fact, coalesce(object.name, s.value) AS object, e.text AS sentence,
       round(e.score, 2) AS probability, e.assertion AS said, d.source AS document, e.sentence[0] AS at
ORDER BY type(role) DESC, fact, object, probability DESC;
