"""From what happened to an exit code, in one place.

0 done; 1 error; 2 changes (``--detailed-exitcode``); 3 applied in part; 4 stopped by a guard; 5 stale plan or lock
held; 64 usage; 130 interrupted.
"""

import json
import os
import sys

import click

from syncengine.errors import ConfigError, SyncEngineError

CHANGES = 2
IN_PART = 3
GUARD = 4
USAGE = 64
INTERRUPTED = 130


class Exit(Exception):  # noqa: N818 - not an error: a command that has said all it had to say
    """Ends a command with a code after its output was written."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(str(code))


def run(cli: click.Command) -> int:
    """Run the command line; every error becomes a message on stderr (and one JSON document with --json)."""
    as_json = "--json" in sys.argv
    try:
        cli.main(standalone_mode=False)
    except Exit as done:
        return done.code
    except click.exceptions.Exit as done:
        return int(done.exit_code)
    except click.UsageError as wrong:
        wrong.show()
        return USAGE
    except click.Abort:
        return INTERRUPTED
    except click.ClickException as wrong:
        wrong.show()
        return 1
    except ConfigError as wrong:
        _config_error(wrong, as_json=as_json)
        return wrong.exit_code
    except SyncEngineError as wrong:
        _error(str(wrong), as_json=as_json)
        return wrong.exit_code
    except KeyboardInterrupt:
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever reads has seen enough; nothing more can be said to them.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return 0


def _config_error(wrong: ConfigError, *, as_json: bool) -> None:
    for diagnostic in wrong.diagnostics:
        click.echo(diagnostic.render(), err=True)
        click.echo(err=True)
    _error(str(wrong), as_json=as_json, diagnostics=wrong)


def _error(text: str, *, as_json: bool, diagnostics: ConfigError | None = None) -> None:
    click.echo(f"error: {text}", err=True)
    if not as_json:
        return
    from syncengine.model.plan import FORMAT_VERSION
    from syncengine.views.as_json import diagnostics_json

    found = diagnostics_json(diagnostics.diagnostics) if diagnostics else []
    click.echo(json.dumps({"format_version": FORMAT_VERSION, "error": text, "diagnostics": found}, ensure_ascii=False))
