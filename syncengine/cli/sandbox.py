"""``syncengine sandbox``."""

from typing import TYPE_CHECKING

import click

from syncengine.errors import SyncEngineError

if TYPE_CHECKING:
    from syncengine.sandbox.server import Sandbox


@click.command("sandbox")
@click.option(
    "--port-base", type=click.IntRange(1, 65531), default=8701, show_default=True, help="The first of five ports."
)
@click.option("--seconds", type=float, metavar="N", help="Stop by itself after so long.")
def command(port_base: int, seconds: float | None) -> None:
    """Start fake dialers of all vendors on this machine, and say how to use them.

    They behave as the vendors' documents say, listen on 127.0.0.1 only, and forget everything when they stop.
    """
    from syncengine.cli.example_project import ports_from
    from syncengine.cli.interrupt import interruptible
    from syncengine.sandbox.server import Sandbox

    sandbox = Sandbox(ports=ports_from(port_base))
    try:
        sandbox.start()
    except OSError as problem:
        raise SyncEngineError(
            f"the ports {port_base} to {port_base + 4} are not all free: {problem.strerror};"
            " stop the other sandbox, or choose others with --port-base"
        ) from problem
    try:
        _say(sandbox, port_base)
        with interruptible(quiet=True) as stop:
            stop.event.wait(timeout=seconds)
    finally:
        sandbox.stop()
    click.echo("stopped")


def _say(sandbox: "Sandbox", port_base: int) -> None:
    from syncengine.cli.example_project import FIRST_PORT, example_folder, secrets_of

    secrets = secrets_of(sandbox)
    click.echo(f"{'Vendor':<12}{'Address':<26}What it holds")
    for vendor in sandbox.dialers:
        url = sandbox.url(vendor)
        click.echo(f"{vendor:<12}{url:<26}{url}/_sandbox/state")
    click.echo("\nTheir credentials, as the example project refers to them; paste this into another terminal:\n")
    for variables in secrets.values():
        for name, value in variables.items():
            click.echo(f"  export {name}='{value}'")
    click.echo("\nThen plan and apply a copy of the example project:\n")
    click.echo(f"  cp -r {example_folder()} my-dialers && cd my-dialers")
    if port_base != FIRST_PORT:
        click.echo("  # in syncengine.yaml, change the ports of the base_url lines to those above")
    click.echo("  syncengine plan --allow-unverified")
    click.echo("\nCtrl-C stops the dialers.")
