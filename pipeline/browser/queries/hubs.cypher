// What is all of this about?
// The things with the most facts, and in how many documents they occur.
MATCH (thing:Entity)
WITH thing, COUNT { (thing)<-[:SUBJECT|OBJECT]-(:Statement {band: 'keep'}) } AS facts
ORDER BY facts DESC, thing.name LIMIT 25
RETURN thing.name AS name, thing.label AS type, facts,
       COUNT { MATCH (thing)<-[:RESOLVED_TO]-(:Occurrence)-[:IN]->(d:Document) RETURN DISTINCT d } AS documents
ORDER BY facts DESC, name;
