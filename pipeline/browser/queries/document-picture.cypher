// A document and the things in it
// Give any part of the document's address.
WITH 'alan-turing' AS address
MATCH (d:Document)
WHERE d.source CONTAINS address
WITH d LIMIT 1
MATCH path = (d)<-[:IN]-(:Occurrence)-[:RESOLVED_TO]->(:Entity)
RETURN path
LIMIT 100;
