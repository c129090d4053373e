"""``python -m syncengine``."""

from syncengine.cli.main import main

main()
