// Which kinds of facts are there?
// Each kind with its number, the types that it connects, and an example.
MATCH (a:Entity)-[fact]->(b:Entity)
WHERE fact.statement IS NOT NULL
WITH type(fact) AS kind, fact, a, b ORDER BY fact.score DESC
RETURN kind, count(*) AS number, collect(DISTINCT a.label + ' to ' + b.label) AS between,
       round(avg(fact.score), 2) AS probability, collect(a.name + ' -> ' + b.name)[0] AS example
ORDER BY number DESC, kind;
