// How are two things connected?
// The shortest chains of facts between them.
WITH 'Charles Darwin' AS first, 'Alan Turing' AS second
MATCH (a:Entity)
WHERE a.name = first OR first IN a.aliases
MATCH (b:Entity)
WHERE b <> a AND (b.name = second OR second IN b.aliases)
MATCH path = allShortestPaths((a)-[*..6]-(b))
WHERE all(fact IN relationships(path) WHERE fact.statement IS NOT NULL)
RETURN path
LIMIT 25;
