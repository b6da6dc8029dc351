// How are two things connected?
// The shortest chains of facts between them.
WITH 'Charles Darwin' AS first, 'Alan Turing' AS second
CALL db.index.fulltext.queryNodes('entity_names', '"' + first + '"') YIELD node AS a
WHERE a.name = first OR first IN a.aliases
CALL db.index.fulltext.queryNodes('entity_names', '"' + second + '"') YIELD node AS b
WHERE b <> a AND (b.name = second OR second IN b.aliases)
MATCH path = allShortestPaths((a)-[*..6]-(b))
WHERE all(fact IN relationships(path) WHERE fact.statement IS NOT NULL)
RETURN path
LIMIT 25;
