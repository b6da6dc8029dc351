// What is in this graph?
// Documents, things of each type, facts that are kept, and facts that wait for review.
MATCH (d:Document)
RETURN 'documents' AS what, count(d) AS number
UNION ALL
MATCH (e:Entity)
RETURN 'things: ' + [l IN labels(e) WHERE l <> 'Entity'][0] AS what, count(e) AS number ORDER BY number DESC
UNION ALL
MATCH (s:Statement)
RETURN 'facts: ' + s.band AS what, count(s) AS number ORDER BY what
UNION ALL
MATCH (e:Evidence)
RETURN 'sentences that say them' AS what, count(DISTINCT [e.documentId, e.sentence]) AS number;
