"""What Neo4j Browser is given for our graphs: a style, a guide, and saved queries."""
