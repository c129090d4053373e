"""One command of the command line, run in this process; its errors come out as they are."""

import click
from click.testing import CliRunner, Result


def run(command: click.Command, *arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(command, list(arguments), input=typed, catch_exceptions=False, standalone_mode=False)
