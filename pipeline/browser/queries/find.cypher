// Find a thing by any of its names
// The full-text index knows names and aliases, and ~ allows for other spellings.
WITH 'lovelase~ OR turing' AS words
CALL db.index.fulltext.queryNodes('entity_names', words, {limit: 20}) YIELD node AS thing, score AS match
RETURN thing.name AS name, thing.aliases AS aliases, thing.label AS type, thing.kbId AS wikidata,
       COUNT { (thing)<-[:RESOLVED_TO]-(:Occurrence) } AS documents
ORDER BY match DESC, name;
