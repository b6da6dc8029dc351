// Which facts do several documents agree on?
MATCH (s:Statement {band: 'keep'})-[:SUPPORTED_BY]->(e:Evidence {assertion: 'asserted'})-[:FROM]->(d:Document)
WITH s, collect(DISTINCT d.source) AS documents
WHERE size(documents) > 1
MATCH (s)-[:SUBJECT]->(subject:Entity)
OPTIONAL MATCH (s)-[:OBJECT]->(object:Entity)
RETURN subject.name AS subject, s.name AS fact, coalesce(object.name, s.value) AS object,
       round(s.score, 2) AS probability, documents
ORDER BY size(documents) DESC, subject, fact, object
LIMIT 100;
