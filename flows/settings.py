"""Settings: flags over environment variables over graphwright.toml over defaults.

The file is flat TOML with the names of the fields below; each is also an environment variable, ``GRAPHWRIGHT_`` and
the name in capitals, but for Neo4j's own four, which have the names that Neo4j's tools use (``NEO4J_URI`` ...). A
password may also be a file of its own in /run/secrets, as containers get it.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

from graphwright.pipeline.errors import ConfigurationError

SETTINGS_FILE = "graphwright.toml"
PREFIX = "GRAPHWRIGHT_"
SECRETS = "/run/secrets"
NETWORKS = ("committee", "rnn", "cnn", "fnn")


def _neo4j(name: str) -> Any:
    return Field(default=None, validation_alias=AliasChoices(f"neo4j_{name}"))


def network_or_folder(value: str) -> str:
    """A relation network's name, or the folder of a trained one. Raises ``ValueError`` for anything else."""
    if value in NETWORKS or (Path(value) / "card.json").is_file():
        return value
    raise ValueError(f"wanted {', '.join(NETWORKS)} or the folder of a trained network")


def policy_text(value: object) -> object:
    """A policy as one line, ``PER=drop,email=drop``, also where it is a table. Raises ``ConfigurationError``."""
    from graphwright.pipeline.redaction.policy import checked_policy, parse_policy

    actions = (
        checked_policy(value) if isinstance(value, dict) else parse_policy(value) if isinstance(value, str) else None
    )
    return value if actions is None else ",".join(f"{kind}={actions[kind]}" for kind in sorted(actions))


class Settings(BaseSettings):
    """Everything that can be set once instead of at each command. Paths are relative to where one stands."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    target: str = "graph"
    schema_file: Path | None = Field(default=None, validation_alias=AliasChoices("schema", "graphwright_schema"))
    kb: Path | None = None
    language: Literal["auto", "en", "zh"] = "auto"
    network: Annotated[str, AfterValidator(network_or_folder)] = "committee"
    ner: str | None = None
    annotator: str = "graphwright.models.shipped:load_annotator"
    workers: int | None = Field(default=None, ge=1)
    precision: Literal["0.8", "0.9", "0.95"] = "0.9"
    min_score: float | None = Field(default=None, ge=0, le=1)
    vectors: bool = False
    pictures: bool = True
    picture_network: Path | None = None
    redact: Annotated[str, BeforeValidator(policy_text)] = ""
    redact_key: SecretStr | None = None
    redact_key_file: Path | None = None
    license: str = ""
    work: Path = Path(".graphwright")
    neo4j_uri: str | None = _neo4j("uri")
    neo4j_username: str | None = _neo4j("username")
    neo4j_password: SecretStr | None = _neo4j("password")
    neo4j_database: str | None = _neo4j("database")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags, then environment, then mounted secrets, then the file; ``.env`` files are not read."""
        folder = Path(os.environ.get(PREFIX + "SECRETS") or SECRETS)
        mounted = (SecretsSettingsSource(settings_cls, folder),) if folder.is_dir() else ()
        file = InitSettingsSource(settings_cls, _file_values(_settings_file()[0]))
        return init_settings, env_settings, *mounted, file


def load_settings(**flags: object) -> Settings:
    """Settings with the flags that are given (not ``None``) on top.

    Raises:
        ConfigurationError: an unknown name or a bad value, with the name and where it stands.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        raise ConfigurationError("; ".join(_explain(item, given) for item in error.errors())) from None


def _settings_file() -> tuple[Path, bool]:
    """The file, and whether somebody asked for it by name."""
    named = os.environ.get(PREFIX + "CONFIG")
    return Path(named or SETTINGS_FILE), bool(named)


def _file_values(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as stream:
            return tomllib.load(stream)
    except FileNotFoundError:
        if _settings_file()[1]:
            raise ConfigurationError(f"no settings file {path}: {PREFIX}CONFIG names it") from None
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"cannot read the settings in {path}: {error}") from None


def _explain(item: Any, flags: dict[str, object]) -> str:
    """One line on one error. The value itself is never shown: it may be a secret."""
    name = str(item["loc"][0]) if item["loc"] else "settings"
    if item["type"] == "extra_forbidden":
        return f"unknown setting '{name}' in {_settings_file()[0]}; known: {', '.join(known_settings())}"
    variable = name.upper() if name.startswith("neo4j_") else PREFIX + name.upper().removeprefix(PREFIX)
    short = name.lower().removeprefix(PREFIX.lower())
    where = "the flags" if name in flags else f"${variable}" if os.environ.get(variable) else str(_settings_file()[0])
    return f"bad value for '{short}' in {where}: {item['msg'][:1].lower()}{item['msg'][1:]}"


def known_settings() -> list[str]:
    """Names a settings file may hold."""
    return sorted("schema" if name == "schema_file" else name for name in Settings.model_fields)
