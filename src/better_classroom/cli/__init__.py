"""The command line: parse, wire, print; no decisions here.

Commands are imported only when they are run, so that ``--help`` answers at once; the one-line help of each stands in
the table below, and a test holds it against the command's own.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from better_classroom import __version__
from better_classroom.errors import BetterClassroomError, ProgrammeInvalid

COMMANDS: dict[str, tuple[str, str]] = {
    # name: (module:attribute, one line)
    "demo": ("better_classroom.cli.demo:demo", "The whole BETTER event, start to end, in a sandbox."),
    "init": ("better_classroom.cli.programme:init", "Write a new programme to edit into DIR."),
    "check": ("better_classroom.cli.programme:check", "Find every mistake in the programme, offline."),
    "schema": ("better_classroom.cli.programme:schema", "Print the programme's JSON Schema, for editors."),
    "login": ("better_classroom.cli.signin:login", "Sign in with a browser, once for each account."),
    "logout": ("better_classroom.cli.signin:logout", "Give a sign-in back to Google and forget it."),
    "doctor": (
        "better_classroom.cli.doctor:doctor",
        "Look for every reason why publishing would fail, each with its remedy.",
    ),
    "plan": ("better_classroom.cli.publishing:plan", "Show what apply would do, course by course."),
    "apply": (
        "better_classroom.cli.publishing:apply_command",
        "Carry out the plan: publish, change and delete in every course.",
    ),
    "sync": (
        "better_classroom.cli.syncing:sync",
        "What cron runs: pull the questions, read the experts' boards, apply, fill the boards, mail digests; brakes on.",
    ),
    "status": ("better_classroom.cli.publishing:status", "Show what is published, scheduled and unanswered."),
    "questions": (
        "better_classroom.cli.questions:questions_group",
        "See what participants asked, and bring it to the experts.",
    ),
    "answers": ("better_classroom.cli.answers:answers_group", "Take the experts' answers, and approve them."),
    "board": (
        "better_classroom.cli.board:board_group",
        "See the experts' boards, and bring them to experts without Google.",
    ),
    "people": (
        "better_classroom.cli.people:people_group",
        "Invite participants, see who has joined; export or forget one person.",
    ),
    "ledger": (
        "better_classroom.cli.ledger:ledger_group",
        "Copy the ledger, put a copy back, or make it anew from the courses.",
    ),
    "sandbox": (
        "better_classroom.cli.sandbox:command",
        "Run a stand-in for Google Classroom, Drive and Sheets on this machine.",
    ),
}


class LazyGroup(click.Group):
    """A group that imports a command when it is run, and never for ``--help``."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Names in the order of the table: the order in which an organiser meets them."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="better-classroom")
def group() -> None:
    """Publish a programme of seminars through Google Classroom, and bring the questions to the experts."""


def main(arguments: list[str] | None = None) -> Any:
    """Run one command and leave with its exit code (docs/cli.md)."""
    try:
        code = group.main(args=arguments, prog_name="better-classroom", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped. What was done so far is recorded; run the same command again to go on.", err=True)
        code = 130
    except ProgrammeInvalid as error:
        click.echo(str(error), err=True)  # its complaints begin with file:line:column, which editors and people follow
        code = error.exit_code
    except BetterClassroomError as error:
        click.echo(f"better-classroom: {error}", err=True)
        code = error.exit_code
    sys.exit(code if isinstance(code, int) else 0)
