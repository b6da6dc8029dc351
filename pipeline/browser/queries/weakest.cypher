// Which kept facts should I check first?
// The least sure ones that one sentence alone supports.
MATCH (s:Statement {band: 'keep', evidenceCount: 1})-[:SUPPORTED_BY]->(e:Evidence)-[:FROM]->(d:Document)
MATCH (s)-[:SUBJECT]->(subject:Entity)
OPTIONAL MATCH (s)-[:OBJECT]->(object:Entity)
RETURN round(s.score, 3) AS probability, subject.name AS subject, s.name AS fact,
       coalesce(object.name, s.value) AS object, e.text AS sentence, d.source AS document
ORDER BY probability, subject, fact, object
LIMIT 50;
