// The chain, fact by fact, with its sentences
// The weakest fact of a chain says how far to trust it.
WITH 'Charles Darwin' AS first, 'Alan Turing' AS second
CALL db.index.fulltext.queryNodes('entity_names', '"' + first + '"') YIELD node AS a
WHERE a.name = first OR first IN a.aliases
CALL db.index.fulltext.queryNodes('entity_names', '"' + second + '"') YIELD node AS b
WHERE b <> a AND (b.name = second OR second IN b.aliases)
MATCH path = shortestPath((a)-[*..6]-(b))
WHERE all(fact IN relationships(path) WHERE fact.statement IS NOT NULL)
WITH relationships(path) AS facts LIMIT 1
UNWIND range(0, size(facts) - 1) AS step
WITH step + 1 AS step, facts[step] AS fact
MATCH (s:Statement {id: fact.statement})-[:SUPPORTED_BY]->(e:Evidence)-[:FROM]->(d:Document)
RETURN step, startNode(fact).name AS subject, type(fact) AS fact, endNode(fact).name AS object,
       round(fact.score, 2) AS probability, collect(DISTINCT e.text) AS sentences, collect(DISTINCT d.source) AS documents
ORDER BY step;
