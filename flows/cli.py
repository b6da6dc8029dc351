"""The command line: ``graphwright``. Each command calls one function of the library and prints what it returns."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated

import typer

from graphwright.flows import (
    cli_build,
    cli_diff,
    cli_explain,
    cli_graph,
    cli_knowledge,
    cli_merges,
    cli_models,
    cli_quarantine,
    cli_services,
    cli_why_not,
)
from graphwright.flows.cli_output import say, talk
from graphwright.pipeline.errors import GraphwrightError

INTERRUPTED = 130
PIPE_CLOSED = 141

app = typer.Typer(
    name="graphwright",
    help="Text in, knowledge graph out: every fact with its evidence and an honest probability.",
    epilog="Exit: 0 done, 1 some documents failed, 2 usage, 3 configuration, 4 target, 5 validation, 130 interrupted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # Rich would be most of the time that --help takes
)
for part in (
    cli_build,
    cli_graph,
    cli_diff,
    cli_quarantine,
    cli_merges,
    cli_explain,
    cli_why_not,
    cli_knowledge,
    cli_models,
    cli_services,
):
    part.register(app)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        say(version("graphwright"))
        raise typer.Exit


def _config(name: str | None) -> None:
    if name:
        os.environ["GRAPHWRIGHT_CONFIG"] = name


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    config: Annotated[
        str | None, typer.Option(callback=_config, help="Settings file instead of ./graphwright.toml.")
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Options of all commands stand before the command."""


def run(arguments: Sequence[str]) -> int:
    """Run one command; returns its exit code. What goes wrong becomes one line on stderr."""
    try:
        code = app(args=list(arguments), prog_name="graphwright", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except typer.TyperException as error:
        return _usage(error)
    except GraphwrightError as error:
        talk(f"error: {_one_line(error)}")
        _trace(arguments)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        _discard_stdout()
        return PIPE_CLOSED
    except Exception as error:
        return _internal(error, arguments)


def main() -> None:
    """The console script."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    code = run(sys.argv[1:])
    if code == INTERRUPTED:
        talk("interrupted: what is written are whole documents; the same command again completes it")
    sys.exit(code)


def _usage(error: typer.TyperException) -> int:
    context = getattr(error, "ctx", None)
    where = context.command_path if context else "graphwright"
    message = error.format_message()
    is_help = message.startswith("Usage:")  # a command or a group of commands without arguments
    talk(message if is_help else f"error: {_one_line(message)} (see: {where} --help)")
    return error.exit_code


def _internal(error: Exception, arguments: Sequence[str]) -> int:
    if not _debug(arguments):
        what = f"{type(error).__name__}: {_one_line(error)}"
        talk(f"error: internal error: {what}; run with --debug for the traceback: graphwright --debug ...")
    _trace(arguments)
    return 1


def _trace(arguments: Sequence[str]) -> None:
    if _debug(arguments):
        traceback.print_exc()


def _debug(arguments: Sequence[str]) -> bool:
    return "--debug" in arguments


def _one_line(message: object) -> str:
    return " ".join(str(message).split())


def _discard_stdout() -> None:
    """The reader of the pipe went away: keep the interpreter from failing once more when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
