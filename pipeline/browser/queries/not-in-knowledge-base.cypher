// What does the knowledge base not know?
// Things without a Wikidata id, those with the most facts first.
MATCH (thing:Entity)
WHERE thing.kbId IS NULL AND thing.label IN ['PER', 'ORG', 'LOC']
WITH thing, COUNT { (thing)<-[:SUBJECT|OBJECT]-(:Statement) } AS facts
WHERE facts > 0
RETURN thing.name AS name, thing.label AS type, facts,
       COLLECT { MATCH (thing)<-[:RESOLVED_TO]-(:Occurrence)-[:IN]->(d:Document) RETURN DISTINCT d.source } AS documents
ORDER BY facts DESC, name
LIMIT 100;
