// Which different things share a name?
// Two things, or one that was not recognised as such: graphwright merge and unmerge decide.
MATCH (thing:Entity)
UNWIND [thing.name] + thing.aliases AS name
WITH toLower(name) AS name, collect(DISTINCT thing) AS things
WHERE size(things) > 1
UNWIND things AS thing
RETURN name, thing.name AS called, thing.label AS type, thing.kbId AS wikidata, thing.id AS id,
       COLLECT { MATCH (thing)<-[:RESOLVED_TO]-(:Occurrence)-[:IN]->(d:Document) RETURN DISTINCT d.source } AS documents
ORDER BY name, called, id
LIMIT 200;
