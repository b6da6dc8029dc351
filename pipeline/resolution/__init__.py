"""Which entities of different documents are one: blocks, scores, people's decisions, the touched part of a store."""
