"""``syncengine version``."""

import click

from syncengine import __version__


@click.command("version")
def command() -> None:
    """Print the version."""
    click.echo(f"syncengine {__version__}")
