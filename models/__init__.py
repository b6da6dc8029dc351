"""Networks and their training."""

# TensorFlow brings a SQLite of its own without full-text search, and whichever is loaded first serves the process.
import sqlite3  # noqa: F401
