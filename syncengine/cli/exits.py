"""From what happened to an exit code, in one place.

0 done; 1 error; 2 changes (``--detailed-exitcode``); 3 applied in part; 4 stopped by a guard; 5 stale plan or lock
held; 64 usage; 130 interrupted.
"""

import itertools
import json
import os
import sys
import traceback
from collections.abc import Sequence

import click

from syncengine.cli.interrupt import interruption_told
from syncengine.errors import ConfigError, SyncEngineError

ERROR = 1
CHANGES = 2
IN_PART = 3
GUARD = 4
USAGE = 64
INTERRUPTED = 130

# Set by whoever hunts a mistake of ours: the traceback may show what is masked elsewhere.
DEBUG = "SYNCENGINE_DEBUG"


class Exit(Exception):  # noqa: N818 - not an error: a command that has said all it had to say
    """Ends a command with a code after its output was written."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(str(code))


def run(cli: click.Command, arguments: Sequence[str] | None = None) -> int:
    """Run the command line; every error becomes a message on stderr (and one JSON document with --json)."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        with interruption_told(unless=Exit):
            ended = cli.main(words, prog_name="syncengine", standalone_mode=False)
        sys.stdout.flush()
    except Exit as done:
        return done.code
    except click.UsageError as wrong:
        wrong.show()
        _document(wrong.format_message(), words)
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        _error("interrupted", words)
        return INTERRUPTED
    except click.ClickException as wrong:
        _error(wrong.format_message(), words)
        return 1
    except ConfigError as wrong:
        _config_error(wrong, words)
        return wrong.exit_code
    except SyncEngineError as wrong:
        _error(str(wrong), words)
        return wrong.exit_code
    except BrokenPipeError:
        # Whoever reads has seen enough; nothing more can be said to them.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as mistake:  # noqa: BLE001 - a mistake of ours: its text may hold a phone, so it is not shown
        _error(_unexpected(mistake), words)
        return 1
    # click hands back the code of --help and --version.
    return ended if isinstance(ended, int) else 0


def wants_json(words: Sequence[str]) -> bool:
    """Whether a command line asks for JSON; looked for by hand, since a wrong command line is never parsed."""
    pairs = itertools.pairwise(words)
    return "--json" in words or "--format=json" in words or ("--format", "json") in pairs


def _config_error(wrong: ConfigError, words: Sequence[str]) -> None:
    for diagnostic in wrong.diagnostics:
        click.echo(f"{diagnostic.render()}\n", err=True)
    click.echo(f"error: {wrong}", err=True)
    _document(str(wrong), words, wrong)


def _error(text: str, words: Sequence[str]) -> None:
    from syncengine.views.wording import clean

    # Names of files and words of vendors may stand in it; only our own line ends may end a line.
    shown = "\n".join(clean(line) for line in text.split("\n"))
    click.echo(f"error: {shown}", err=True)
    _document(text, words)


def _document(text: str, words: Sequence[str], diagnostics: ConfigError | None = None) -> None:
    """Print what went wrong as one JSON document where JSON was asked for."""
    if not wants_json(words):
        return
    from syncengine.model.plan import FORMAT_VERSION
    from syncengine.views.as_json import diagnostics_json

    found = diagnostics_json(diagnostics.diagnostics) if diagnostics else []
    click.echo(json.dumps({"format_version": FORMAT_VERSION, "error": text, "diagnostics": found}, ensure_ascii=False))


def _unexpected(mistake: Exception) -> str:
    if os.environ.get(DEBUG):
        return "".join(traceback.format_exception(mistake))
    frames = traceback.extract_tb(mistake.__traceback__)
    place = f" in {frames[-1].name}, {frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
    return (
        f"unexpected {type(mistake).__name__}{place}. This is a mistake in syncengine, not in your files;"
        f" {DEBUG}=1 shows all of it, personal data included"
    )
