from syncengine import __version__
from syncengine.cli.exits import run
from syncengine.cli.main import cli


def test_the_version_is_said_in_both_ways(capsys) -> None:
    for words in (["version"], ["--version"]):
        assert run(cli, words) == 0
        assert __version__ in capsys.readouterr().out
