"""Settings: which source wins, and how errors name the place without showing a secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphwright.flows.settings import known_settings, load_settings
from graphwright.pipeline.errors import ConfigurationError

VARIABLES = ("NEO4J_URI", "NEO4J_USERNAME", "NEO4J_PASSWORD", "NEO4J_DATABASE")


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty working folder, and no variable of ours."""
    monkeypatch.chdir(tmp_path)
    for name in (*VARIABLES, "GRAPHWRIGHT_CONFIG", *(f"GRAPHWRIGHT_{name.upper()}" for name in known_settings())):
        monkeypatch.delenv(name, raising=False)


def _write(text: str, name: str = "graphwright.toml") -> None:
    Path(name).write_text(text, encoding="utf-8")


def test_defaults_need_no_file() -> None:
    settings = load_settings()
    assert (settings.target, settings.language, settings.network) == ("graph", "auto", "committee")


def test_flags_over_environment_over_file(monkeypatch: pytest.MonkeyPatch) -> None:
    _write('target = "of the file"\nworkers = 3\nschema = "file.yaml"\n')
    assert load_settings().target == "of the file"
    monkeypatch.setenv("GRAPHWRIGHT_TARGET", "of the environment")
    monkeypatch.setenv("GRAPHWRIGHT_SCHEMA", "environment.yaml")
    settings = load_settings()
    assert (settings.target, settings.workers, settings.schema_file) == (
        "of the environment", 3, Path("environment.yaml"),
    )  # fmt: skip
    settings = load_settings(target="of the flag", schema=Path("flag.yaml"))
    assert (settings.target, settings.schema_file) == ("of the flag", Path("flag.yaml"))


def test_a_flag_that_is_not_given_overrules_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPHWRIGHT_NETWORK", "cnn")
    assert load_settings(network=None, target=None).network == "cnn"


def test_an_empty_variable_is_none_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPHWRIGHT_WORKERS", "")
    assert load_settings().workers is None


@pytest.mark.parametrize("source", ["environment", "file", "secret"])
def test_neo4j_settings_and_the_password_is_never_shown(
    source: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if source == "environment":
        monkeypatch.setenv("NEO4J_PASSWORD", "open sesame")
    elif source == "file":
        _write('neo4j_password = "open sesame"\n')
    else:
        (tmp_path / "neo4j_password").write_text("open sesame\n")
        monkeypatch.setenv("GRAPHWRIGHT_SECRETS", str(tmp_path))
    settings = load_settings()
    assert settings.neo4j_password is not None
    assert settings.neo4j_password.get_secret_value() == "open sesame"
    assert "sesame" not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("wrokers = 3", ["wrokers", "graphwright.toml", "workers"]),
        ('workers = "many"', ["workers", "graphwright.toml", "integer"]),
        ("workers = 0", ["workers", "graphwright.toml", "1"]),
        ('network = "lstm"', ["network", "graphwright.toml", "rnn"]),
        ("min_score = 1.5", ["min_score", "graphwright.toml"]),
        ("workers = ", ["graphwright.toml", "cannot read"]),
    ],
)
def test_a_bad_file_is_named_with_its_key(text: str, words: list[str]) -> None:
    _write(text)
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    message = str(caught.value)
    assert all(word in message for word in words), message
    assert "\n" not in message


def test_a_bad_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPHWRIGHT_WORKERS", "zero")
    with pytest.raises(ConfigurationError, match=r"workers.*GRAPHWRIGHT_WORKERS"):
        load_settings()


def test_a_bad_secret_is_not_repeated() -> None:
    _write('neo4j_password = ["open sesame"]')
    with pytest.raises(ConfigurationError, match="neo4j_password") as caught:
        load_settings()
    assert "sesame" not in str(caught.value)


def test_bytes_that_are_no_text() -> None:
    Path("graphwright.toml").write_bytes(b"target = '\xff'")
    with pytest.raises(ConfigurationError, match=r"graphwright\.toml"):
        load_settings()


def test_another_file_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    _write('target = "elsewhere"', "other.toml")
    monkeypatch.setenv("GRAPHWRIGHT_CONFIG", "other.toml")
    assert load_settings().target == "elsewhere"
    monkeypatch.setenv("GRAPHWRIGHT_CONFIG", "missing.toml")
    with pytest.raises(ConfigurationError, match=r"missing\.toml"):
        load_settings()
