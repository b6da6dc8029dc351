// What waits for review?
// Facts that make no edge yet: too unsure, denied, planned or only reported. The surest first.
MATCH (s:Statement {band: 'review'})-[:SUBJECT]->(subject:Entity), (s)-[:SUPPORTED_BY]->(e:Evidence)-[:FROM]->(d:Document)
OPTIONAL MATCH (s)-[:OBJECT]->(object:Entity)
RETURN subject.name AS subject, s.name AS fact, coalesce(object.name, s.value) AS object, e.assertion AS said,
       e.saidBy AS by, round(e.score, 2) AS probability, e.text AS sentence, d.source AS document, s.id AS statement
ORDER BY probability DESC, subject, fact, object
LIMIT 200;
