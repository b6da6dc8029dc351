// Which things do documents call by different names?
// What was taken for one thing: look here whether it is one.
MATCH (thing:Entity)
WHERE size(thing.aliases) > 0
MATCH (thing)<-[:RESOLVED_TO]-(:Occurrence)-[:IN]->(d:Document)
WITH thing, collect(DISTINCT d.source) AS documents
WHERE size(documents) > 1
RETURN thing.name AS name, thing.aliases AS aliases, thing.label AS type, thing.kbId AS wikidata, documents
ORDER BY size(thing.aliases) DESC, name
LIMIT 100;
