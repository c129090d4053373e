"""``syncengine completion``: the shell's completion script."""

import click
from click.shell_completion import get_completion_class

from syncengine.errors import UsageError


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script of a shell.

    bash: add `eval "$(syncengine completion bash)"` to ~/.bashrc; zsh likewise; fish: save it under completions.
    """
    from syncengine.cli.main import cli

    found = get_completion_class(shell)
    if found is None:
        raise UsageError(f"no completion for {shell}; expected bash, zsh or fish")
    click.echo(found(cli, {}, "syncengine", "_SYNCENGINE_COMPLETE").source())
