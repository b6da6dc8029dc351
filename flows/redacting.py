"""The annotator and the ledger that the settings choose: with a policy, nothing that they hand on says more than it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from graphwright.flows.annotators import extraction, load
from graphwright.flows.settings import Settings
from graphwright.pipeline.errors import ConfigurationError, UsageError
from graphwright.pipeline.ledger import Ledger

if TYPE_CHECKING:
    from graphwright.pipeline.protocols import Annotator
    from graphwright.pipeline.redaction.policy import Redaction
    from graphwright.pipeline.redaction.redacting import Completing


def redaction(settings: Settings) -> Redaction | None:
    """The policy with its key, ``None`` where everything is kept. Raises ``ConfigurationError``.

    Raises ``UsageError`` where vectors are wanted too, for these are made of the text as it was.
    """
    from graphwright.pipeline.redaction.policy import make_redaction

    if settings.redact and settings.vectors:
        raise UsageError("vectors may give away what --redact takes out; leave one of the two out")
    return make_redaction(settings.redact, _key(settings)) if settings.redact else None


def annotator_of(settings: Settings) -> Annotator:
    """The annotator that was chosen, under the policy that was chosen. Raises ``ConfigurationError``."""
    policy = redaction(settings)  # before anything heavy is loaded
    chosen = load(extraction(settings))
    if policy is None:
        return chosen
    from graphwright.pipeline.redaction.redacting import Redacting, RedactingCompleter

    if hasattr(chosen, "complete"):
        return RedactingCompleter(chosen, policy, cast("Completing", chosen))
    return Redacting(chosen, policy)


def new_ledger(settings: Settings) -> Ledger:
    """An empty ledger; under a policy its reasons quote no document."""
    if redaction(settings) is None:
        return Ledger()
    from graphwright.pipeline.redaction.redacting import plain_reason

    return Ledger(reword=plain_reason)


def _key(settings: Settings) -> str:
    """The key: itself, or what its file holds."""
    if settings.redact_key is not None:
        return settings.redact_key.get_secret_value()
    if settings.redact_key_file is None:
        return ""
    try:
        return settings.redact_key_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise ConfigurationError(f"the key file {settings.redact_key_file} cannot be read: {said}") from None
