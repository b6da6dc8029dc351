// What happened when?
// Facts that are dates, and facts that held from, until or in some time.
MATCH (s:Statement {band: 'keep'})-[:SUBJECT]->(subject:Entity)
OPTIONAL MATCH (s)-[:OBJECT]->(object:Entity)
WITH s, subject, object,
     CASE WHEN s.datatype IN ['date', 'gYear', 'gYearMonth'] THEN [['on', s.value]]
          ELSE [i IN range(0, size(s.qualifiers) - 2, 2) |
                [coalesce({P580: 'from', P582: 'until', P585: 'in'}[s.qualifiers[i]], s.qualifiers[i]),
                 s.qualifiers[i + 1]]] END AS times
UNWIND times AS time
RETURN time[1] AS date, time[0] AS when, subject.name AS subject, s.name AS fact, object.name AS object,
       round(s.score, 2) AS probability
ORDER BY date, subject, fact;
