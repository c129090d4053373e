"""The ``syncengine`` command. Each subcommand is imported only when it is asked for, so that ``--help`` stays quick."""

import gc
import importlib
import sys

import click

from syncengine import __version__, alarm

# Subcommand -> (module, what --help says of it), in the order in which people meet them.
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("init", "Write a commented project to start from."),
    "validate": ("validate", "Check every file of a project, and the examples of its vendor files."),
    "fmt": ("fmt", "Lay out a project's files, comments kept."),
    "plan": ("plan", "Show what an apply would change, and save it if asked."),
    "apply": ("apply", "Carry out a plan."),
    "show": ("show", "Show a saved plan."),
    "watch": ("watch", "Plan anew on every change of a project's files."),
    "suspend": ("suspend", "Let watchers apply nothing until they are resumed."),
    "resume": ("resume", "Let watchers apply again."),
    "drift": ("drift", "Show what somebody changed at the dialers by hand."),
    "pull": ("pull", "Write a manifest from the campaigns that a dialer holds."),
    "rejects": ("rejects", "List the rows that the last plan set aside."),
    "history": ("history", "List past runs, and the calls of one."),
    "ledger": ("ledger", "Look after the ledger: status, check, backup, restore, recover, move, export."),
    "state": ("state", "Show and settle what waits for a person."),
    "ci": ("ci", "Plan, approve and apply in a pipeline at GitHub or GitLab."),
    "vendors": ("vendors", "What each vendor can do."),
    "schema": ("schema", "Print the JSON Schema of a kind of file, for editors."),
    "sandbox": ("sandbox", "Start fake dialers of all vendors on this machine."),
    "demo": ("demo", "Watch the whole job run against the sandbox."),
    "completion": ("completion", "Print the shell's completion script."),
    "version": ("version", "Print the version."),
}


class LazyGroup(click.Group):
    """A group whose subcommands are imported on first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which people meet them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one subcommand."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"syncengine.cli.{COMMANDS[cmd_name][0]}")
        command = module.command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list without importing a single subcommand."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="syncengine")
def cli() -> None:
    """Plan and apply campaigns, contacts and do-not-call lists to outbound dialers.

    Files say what each dialer should hold; `plan` shows what would change; `apply` does exactly that.
    """


def main() -> None:
    """Run the command line and exit with the code that the README's table explains."""
    from syncengine.cli.exits import run

    alarm.allow()
    # Starting and loading make many objects that stay, and hardly a cycle: looking for garbage every 700 of them took a
    # tenth of a plan of many campaigns. It is still looked for, so a long run keeps its memory flat.
    gc.set_threshold(100_000, 20, 20)
    sys.exit(run(cli))
