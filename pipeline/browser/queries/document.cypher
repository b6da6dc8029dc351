// What did a document say?
// Its facts in the order of the text, kept or not. Give any part of the document's address.
WITH 'alan-turing' AS address
MATCH (d:Document)<-[:FROM]-(e:Evidence)<-[:SUPPORTED_BY]-(s:Statement)-[:SUBJECT]->(subject:Entity)
WHERE d.source CONTAINS address
OPTIONAL MATCH (s)-[:OBJECT]->(object:Entity)
RETURN d.source AS document, e.sentence[0] AS at, e.text AS sentence, subject.name AS subject, s.name AS fact,
       coalesce(object.name, s.value) AS object, round(e.score, 2) AS probability, e.assertion AS said, e.band AS band
ORDER BY document, at, subject, fact, object;
