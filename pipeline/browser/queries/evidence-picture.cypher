// From a fact to the very words
// Statement, evidence, document: where each fact about somebody comes from.
WITH 'Alan Turing' AS wanted
CALL db.index.fulltext.queryNodes('entity_names', '"' + wanted + '"') YIELD node AS thing
WHERE thing.name = wanted OR wanted IN thing.aliases
MATCH path = (thing)<-[:SUBJECT]-(s:Statement {band: 'keep'})-[:SUPPORTED_BY]->(:Evidence)-[:FROM]->(:Document)
OPTIONAL MATCH ends = (s)-[:OBJECT]->(:Entity)
RETURN path, ends
LIMIT 40;
