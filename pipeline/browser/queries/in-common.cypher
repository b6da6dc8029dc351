// What do two things have in common?
// Things that both have a fact with, and which.
WITH 'Alan Turing' AS first, 'Rosalind Franklin' AS second
CALL db.index.fulltext.queryNodes('entity_names', '"' + first + '"') YIELD node AS a
WHERE a.name = first OR first IN a.aliases
CALL db.index.fulltext.queryNodes('entity_names', '"' + second + '"') YIELD node AS b
WHERE b <> a AND (b.name = second OR second IN b.aliases)
MATCH path = (a)-[one]-(:Entity)-[other]-(b)
WHERE one.statement IS NOT NULL AND other.statement IS NOT NULL
RETURN path;
