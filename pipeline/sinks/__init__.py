"""Stores of the graph: one small protocol, equal content."""
