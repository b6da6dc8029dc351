"""What can go wrong, one class for each exit code. Messages say what was wanted, what came and what to do."""

from __future__ import annotations


class GraphwrightError(Exception):
    """Root of all errors a user can cause or mend; ``exit_code`` is what the command line ends with."""

    exit_code = 1


class CorpusError(GraphwrightError):
    """A document or corpus that cannot be read. One document's error never stops the others."""

    exit_code = 1


class UsageError(GraphwrightError):
    """Arguments that make no sense together, or name something that does not exist."""

    exit_code = 2


class ConfigurationError(GraphwrightError):
    """A settings, schema, knowledge base or model file that cannot be used."""

    exit_code = 3


class ModelError(GraphwrightError):
    """A model that cannot be loaded, or a training that went astray."""

    exit_code = 3


class StoreError(GraphwrightError):
    """A target that is unreachable, refuses, is full or read-only."""

    exit_code = 4


class ValidationError(GraphwrightError):
    """A graph that violates its schema."""

    exit_code = 5


class OvertakenError(Exception):
    """Another writer of a store has come between what was read and what was to follow from it."""
