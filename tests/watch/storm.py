"""A storm over a watched project: files written in halves, replaced by rename, touched, taken away and put back.

The storm keeps every whole content that a file ever had, so that whoever reads can be judged: a plan that was made
from half a file has read something that nobody ever wrote.
"""

import random
import time
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = """\
version: 1
project: storm
dialers:
  uk:
    vendor: comunik8
    base_url: http://127.0.0.1:9
    settings: {host: example.com}
    secrets: {key: "env:COMUNIK8_KEY"}
"""
MANIFEST = """\
campaigns:
  motor-trade: {dialer: uk, id: motor-trade, contacts: [leads]}
contacts:
  leads: {source: data/leads-*.csv, region: GB, on_absent: remove}
"""
FILES = 8
HEAD = "phone,first_name,last_name,email\n"


@dataclass
class Storm:
    """One seeded storm; every number of its contents is used once, so that contents tell which file they are of."""

    root: Path
    seed: int
    # Path -> every whole content it ever had; None: it was not there.
    whole: dict[Path, set[str | None]] = field(default_factory=dict)
    now: dict[Path, str | None] = field(default_factory=dict)
    events: int = 0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        for name in ("data", "manifests"):
            (self.root / name).mkdir(parents=True)
        (self.root / "syncengine.yaml").write_text(PROJECT)
        (self.root / "manifests" / "all.yaml").write_text(MANIFEST)
        for number in range(FILES):
            self._keep(self.root / "data" / f"leads-{number}.csv", self._content())

    def _content(self) -> str:
        rows = [f"+4477009{self.random.randrange(100_000):05d}" for _ in range(self.random.randint(1, 6))]
        return HEAD + "".join(f"{row},Ann,Example,ann@example.com\n" for row in rows)

    def _keep(self, path: Path, content: str | None) -> None:
        self.whole.setdefault(path, set()).add(content)
        self.now[path] = content
        if content is None:
            path.unlink(missing_ok=True)
        else:
            path.write_text(content)

    def blow(self, events: int) -> float:
        """Make so many changes with pauses that no one could take for rest; return how long it took."""
        began = time.monotonic()
        while self.events < events:
            path = self.random.choice(list(self.now))
            self.random.choice([self._halves, self._rename, self._touch, self._vanish, self._scratch])(path)
            if self.random.random() < 0.01:
                time.sleep(self.random.uniform(0, 0.05))
        for path, content in self.now.items():
            if content is None:
                self._keep(path, self._content())
        return time.monotonic() - began

    def _halves(self, path: Path) -> None:
        content = self._content()
        cut = self.random.randrange(1, len(content))
        self.whole[path].add(content)
        with path.open("w") as file:
            file.write(content[:cut])
            file.flush()
            if self.random.random() < 0.05:
                time.sleep(self.random.uniform(0, 0.1))
            file.write(content[cut:])
        self.now[path] = content
        self.events += 3

    def _rename(self, path: Path) -> None:
        content = self._content()
        scratch = path.with_suffix(".part")
        scratch.write_text(content)
        self.whole[path].add(content)
        scratch.replace(path)
        self.now[path] = content
        self.events += 3

    def _touch(self, path: Path) -> None:
        if self.now[path] is not None:
            path.touch()
            self.events += 1

    def _vanish(self, path: Path) -> None:
        if self.random.random() < 0.1:
            self._keep(path, None)
            self.events += 1

    def _scratch(self, path: Path) -> None:
        other = path.with_suffix(".tmp")
        other.write_text("x")
        other.unlink()
        self.events += 3

    def wanted(self) -> int:
        """Return how many people the files name now."""
        texts = [content for content in self.now.values() if content is not None]
        return len({line.split(",")[0] for text in texts for line in text.splitlines()[1:]})
