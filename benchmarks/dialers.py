"""The sandbox in a process of its own, so that its work is not counted, and projects that point to it."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measuring import environment

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "five-dialers"
# In the order of the ports in the example's project file.
_PORTS = {8701: "lynn", 8702: "wolkvox", 8703: "comunik8", 8704: "stringee", 8705: "thulium"}

_SERVE = """
import json, sys
from syncengine.sandbox.server import VENDORS, Sandbox
with Sandbox() as sandbox:
    told = {name: {"url": sandbox.url(name), "credentials": sandbox.credentials(name)} for name in VENDORS}
    print(json.dumps(told), flush=True)
    sys.stdin.read()
"""


@dataclass(frozen=True, slots=True)
class Dialers:
    """Where the sandbox's dialers are and what they want to be told."""

    urls: dict[str, str]
    # As the example's project file names the variables.
    env: dict[str, str]

    def example(self, folder: Path) -> Path:
        """Copy the five-dialers example into a folder that does not exist yet, pointing to these dialers."""
        shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".syncengine"), copy_function=shutil.copyfile)
        file = folder / "syncengine.yaml"
        text = file.read_text(encoding="utf-8")
        for port, vendor in _PORTS.items():
            text = text.replace(f"http://127.0.0.1:{port}", self.urls[vendor])
        file.write_text(text, encoding="utf-8")
        return folder


@contextmanager
def sandbox() -> Iterator[Dialers]:
    """Run the sandbox in another process until the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env=environment()
    )
    try:
        assert process.stdout
        told = json.loads(process.stdout.readline())
        yield Dialers(
            urls={name: found["url"] for name, found in told.items()},
            env={
                f"{name}_{key}".upper(): value
                for name, found in told.items()
                for key, value in found["credentials"].items()
            },
        )
    finally:
        # Its input ends with us, whatever happens here.
        process.communicate()
