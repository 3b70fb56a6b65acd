"""The command line: one file a command, loaded only when called.

`run` turns every error that is ours into one line with a way out, and every way
in which output can break into the right exit code.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import sys
from importlib import import_module
from typing import Any

import click

from leukograph import __version__
from leukograph.errors import COULD_NOT, INTERRUPTED, WRONG_QUESTION, LeukographError

#: command -> what it does; the module of the same name holds it
COMMANDS = {
    "why": "Explain why a cause lowers white cells, or why a count is low.",
    "why-not": "Say why a cause does not explain a low count.",
    "workup": "Weigh what may be behind a picture, and say which test next.",
    "compare": "Set two causes side by side.",
    "contradictions": "Show where sources disagree.",
    "causes": "List all causes of a low count, by route.",
    "timeline": "Tell which counts a cause lowers first, and when.",
    "describe": "Show everything about one term.",
    "search": "Find terms by name, however it is spelled.",
    "path": "Find chains between any two terms.",
    "reason": "Classify the ontology, or any OWL file.",
    "prove": "Prove that one class is under another.",
    "query": "Ask the graph in SPARQL.",
    "load": "Load RDF, OBO or KGX files into a store of your own.",
    "store": "Look at a store, verify or compact it.",
    "serve": "Serve SPARQL and the answers over HTTP.",
    "export": "Write the graph, or a part of it, for other tools.",
    "stats": "Count what the graph holds.",
    "bibliography": "List the sources, for reference managers.",
    "diff": "Tell what changed between two releases.",
    "build": "Build the release files from the tables.",
    "check": "Check an ontology, or the tables of one, for faults.",
}


class LazyGroup(click.Group):
    """A group that imports a command when it is called, not before."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"leukograph.cli.{cmd_name.replace('-', '_')}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command; offer the closest ones when there is none."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            close = get_close_matches(args[0], COMMANDS, n=3)
            hint = f" Did you mean: {', '.join(close)}?" if close else ""
            ctx.fail(f"there is no command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="leukograph")
def main() -> None:
    """Why is a white-cell count low? Cause chains, signed, graded and cited; offline.

    \b
    Example:
        leukograph why chemotherapy
    """


def run(arguments: list[str]) -> int:
    """Run a command line and return its exit code."""
    gc.set_threshold(100_000)  # a command is over before there is much to collect
    if sys.stdout is None:  # it was closed before the start
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - stays open to the end
    for stream in (sys.stdout, sys.stderr):
        # a terminal that cannot show a letter shows its code instead of a traceback
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        result: Any = main.main(args=arguments, prog_name="leukograph", standalone_mode=False)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.UsageError as error:
        _complain(f"Error: {_visible(error.format_message())} [LG103]")
        _complain(f"  hint: see: {error.ctx.command_path if error.ctx else 'leukograph'} --help")
        return WRONG_QUESTION
    except click.ClickException as error:
        _complain(f"Error: {_visible(error.format_message())} [LG103]")
        return WRONG_QUESTION
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except LeukographError as error:
        report(error)
        return error.exit_code
    except BrokenPipeError:
        _silence_stdout()
        return 0
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EFBIG}:
            raise
        _silence_stdout()
        _complain(f"Error: the output could not be written: {error.strerror} [LG402]")
        return COULD_NOT


def report(error: LeukographError) -> None:
    """Print an error of ours: what is wrong, its code, what to do."""
    first, *more = str(error).split("\n")
    _complain(f"Error: {_visible(first)} [{error.code}]")
    for line in more:
        _complain(_visible(line))
    if error.hint:
        _complain(f"  hint: {_visible(error.hint)}")


def _visible(line: str) -> str:
    from leukograph.render.safe import visible

    return visible(line)


def _complain(line: str) -> None:
    if sys.stderr is None:  # it was closed; print would fall back to the answers' stream
        return
    with contextlib.suppress(OSError):  # nobody may be left to hear it
        print(line, file=sys.stderr, flush=True)  # noqa: T201 - the one place that prints errors


def _silence_stdout() -> None:
    """Send what is still buffered to nowhere, so that Python's own exit stays quiet."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
