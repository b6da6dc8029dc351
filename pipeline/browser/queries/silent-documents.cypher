// Which documents gave no kept fact?
// Their language, and what they mention all the same.
MATCH (d:Document)
WHERE NOT EXISTS { (d)<-[:FROM]-(:Evidence {band: 'keep'}) }
RETURN d.source AS document, d.language AS language, COUNT { (d)<-[:IN]-(:Occurrence) } AS things,
       COUNT { (d)<-[:FROM]-(:Evidence) } AS unsure
ORDER BY document;
