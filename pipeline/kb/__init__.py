"""What ships with the linker: the starter knowledge base and the ranker's weights (see CARD.md)."""
