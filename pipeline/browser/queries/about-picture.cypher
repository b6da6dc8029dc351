// What is around somebody or something?
// Everything one fact away, and how these things are connected with each other.
WITH 'Alan Turing' AS wanted
CALL db.index.fulltext.queryNodes('entity_names', '"' + wanted + '"') YIELD node AS thing
WHERE thing.name = wanted OR wanted IN thing.aliases
MATCH path = (thing)-[fact]-(:Entity)
WHERE fact.statement IS NOT NULL
RETURN path
ORDER BY fact.score DESC LIMIT 60;
