"""The work that is disturbed: one campaign at each of some dialers, through five changes of its files.

Each phase changes what the files say. The lines know what the dialers must hold at its end, and which numbers must not
be callable from the moment on at which the files list them.
"""

import csv
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from syncengine.sandbox.dialer import Dialer
from syncengine.sandbox.server import Sandbox
from tests.conformance import by_hand
from tests.conformance.variants import VARIANTS, Variant

PHASES = ("build", "change", "stop", "release", "end")
WAYS = {variant.name: variant for variant in VARIANTS}
# One way for each vendor: together about sixty writing calls.
REFERENCE = ("comunik8", "lynn-data", "stringee-phones", "thulium-csv", "wolkvox-predictive")

# People of nobody's campaign, so that the list is long enough to lose a line without counting as damaged.
_FILLERS = range(900, 910)
_THEIR_ROW, _THEIR_BLOCK = 700, 702
_BASE_PATHS = {"lynn": "/api/LynnService"}
_NOT_SECRET = {"tenant", "server"}
_LEFT_OUT = {("lynn", "token")}


@dataclass(slots=True, kw_only=True)
class Line:
    """One campaign at one dialer: what its files say, and what must come of it."""

    variant: Variant
    status: str | None = None
    settings: dict[str, object] = field(default_factory=dict)
    people: dict[int, dict[str, str]] = field(default_factory=dict)
    lines: list[int] = field(default_factory=lambda: list(_FILLERS))
    release: list[int] = field(default_factory=list)
    # Those whom the dialer must ring while the campaign runs, and those who must not become callable.
    wanted: set[int] = field(default_factory=set)
    listed: set[int] = field(default_factory=lambda: set(_FILLERS))
    ended: bool = False

    @classmethod
    def of(cls, name: str) -> "Line":
        """Return the line of a way to keep a campaign, before its first phase."""
        variant = WAYS[name]
        return cls(variant=variant, settings=dict(variant.campaign_settings))

    @property
    def dialer(self) -> str:
        """The name of its dialer in the project."""
        return self.variant.name

    @property
    def runs(self) -> bool:
        """Whether its campaign is to ring people."""
        return not self.ended and self.status in {None, "started"}

    def enter(self, phase: str) -> None:
        """Bring what is wanted to a phase."""
        getattr(self, f"_{phase}")()

    def numbers(self, people: set[int]) -> set[str]:
        """Return people's numbers, E.164 without the plus."""
        return {self.variant.phone(number) for number in people}

    def everybody(self) -> range:
        """Return everybody who is ever in its source."""
        return range(1, 8)

    def _build(self) -> None:
        self.status = None if self.variant.reference else "started"
        # Somebody who is listed from the start and never gets there.
        self._list(5)
        self._add(*range(1, 6))

    def _change(self) -> None:
        if self.variant.changes:
            name, value = self.variant.changes
            self.settings[name] = value
        self.people[1] |= {"first_name": "Renamed", "note": "another note"}
        self._list(2, 7)
        self._add(6, 7)

    def _stop(self) -> None:
        self.status = self.status and "stopped"
        del self.people[3]
        if self.variant.removes:
            self.wanted.discard(3)

    def _release(self) -> None:
        self.lines.remove(2)
        self.release.append(2)
        self.listed.discard(2)
        if self.variant.releases:
            self.wanted.add(2)
        self._list(4)
        self.status = self.status and "started"

    def _end(self) -> None:
        self.ended = not self.variant.reference

    def _add(self, *numbers: int) -> None:
        self.people |= {number: self.variant.row(number) for number in numbers}
        self.wanted |= set(numbers) - self.listed

    def _list(self, *numbers: int) -> None:
        self.lines += numbers
        self.listed |= set(numbers)
        self.wanted -= set(numbers)

    # ---------------------------------------------------------------------------------------------------- the files

    def manifest(self) -> dict[str, dict[str, object]]:
        """Return its part of the manifest."""
        variant, name = self.variant, self.dialer
        campaign = {
            "dialer": name,
            "id": variant.reference,
            "name": "" if variant.reference else "Spring",
            "status": self.status,
            "contacts": [f"leads-{name}"],
            "settings": self.settings,
            **variant.campaign,
        }
        contacts = {
            "source": f"data/leads-{name}.csv",
            "region": variant.region,
            "on_absent": "remove",
            "columns": dict(variant.columns),
        }
        dnd = {
            "source": f"data/opt-outs-{name}.csv",
            "scope": [name],
            "release": ["+" + variant.phone(number) for number in self.release],
            "lasts_days": variant.lasts_days,
        }
        return {
            "campaigns": {} if self.ended else {f"spring-{name}": _stated(campaign)},
            "contacts": {f"leads-{name}": _stated(contacts)},
            "dnd": {f"opt-outs-{name}": _stated(dnd)},
        }

    def tables(self) -> Mapping[str, Sequence[Mapping[str, str]]]:
        """Return its data files."""
        return {
            f"leads-{self.dialer}.csv": list(self.people.values()),
            f"opt-outs-{self.dialer}.csv": [{"phone": "+" + self.variant.phone(n)} for n in self.lines],
        }


@dataclass(slots=True, kw_only=True)
class Job:
    """A project of some lines, at most one at each vendor, in a folder of its own."""

    root: Path
    sandbox: Sandbox
    ledger: str
    project: str
    lines: Sequence[Line]
    # Line's dialer -> what other people have at that dialer, which nobody may touch.
    others: dict[str, object] = field(default_factory=dict)
    theirs: dict[str, str] = field(default_factory=dict)

    def prepare(self) -> None:
        """Put other people's things into the dialers."""
        for line in self.lines:
            vendor = line.variant.vendor
            self.theirs[line.dialer] = by_hand.put_campaign(self.sandbox, vendor, line.variant.phone(_THEIR_ROW))
            by_hand.block(self.sandbox, vendor, line.variant.phone(_THEIR_BLOCK))
            for name, value in line.variant.switches.items():
                setattr(self.at(line).switches, name, value)  # type: ignore[attr-defined]  # every dialer has some
            self.others[line.dialer] = self.seen_of_others(line)

    def at(self, line: Line) -> Dialer:
        """Return the dialer of a line."""
        return self.sandbox.dialers[line.variant.vendor]

    def seen_of_others(self, line: Line) -> object:
        """Return what other people have at a line's dialer."""
        vendor = line.variant.vendor
        return by_hand.seen(self.sandbox, vendor, self.theirs[line.dialer]), by_hand.blocked(self.sandbox, vendor)

    def campaign_ids(self, line: Line) -> list[str]:
        """Return the ids of the campaigns at a line's dialer that are not other people's."""
        if line.variant.reference:
            return [line.variant.reference]
        # One that is queued for removal goes within hours and is as good as gone.
        campaigns = self.at(line).state()["campaigns"]
        found = [_id(campaign) for campaign in campaigns if not _is_going(campaign)]
        return [each for each in found if each != self.theirs[line.dialer]]

    @property
    def releases(self) -> bool:
        """Whether the files take numbers off a list."""
        return any(line.release for line in self.lines)

    @property
    def prunes(self) -> bool:
        """Whether campaigns are to be deleted."""
        return any(line.ended for line in self.lines)

    def enter(self, phase: str) -> None:
        """Bring the files to a phase."""
        for line in self.lines:
            line.enter(phase)
        self.write()

    def write(self) -> None:
        """Write all files, as new as can be."""
        for folder in ("manifests", "data", "secrets"):
            (self.root / folder).mkdir(exist_ok=True)
        parts = [line.manifest() for line in self.lines]
        manifest = {kind: {k: v for part in parts for k, v in part[kind].items()} for kind in parts[0]}
        # JSON is YAML.
        (self.root / "manifests" / "all.yaml").write_text(json.dumps(manifest), encoding="utf-8")
        (self.root / "syncengine.yaml").write_text(json.dumps(self._project_file()), encoding="utf-8")
        for line in self.lines:
            for name, rows in line.tables().items():
                self._write_table(self.root / "data" / name, rows)
            for name, secret in self._secrets(line).items():
                (self.root / "secrets" / f"{line.dialer}-{name}").write_text(secret, encoding="utf-8")

    def _write_table(self, path: Path, rows: Sequence[Mapping[str, str]]) -> None:
        columns = list(dict.fromkeys(column for row in rows for column in row)) or ["phone"]
        with path.open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, columns)
            table.writeheader()
            table.writerows(rows)
        os.utime(path, (self.sandbox.clock.now(), self.sandbox.clock.now()))

    def _secrets(self, line: Line) -> dict[str, str]:
        vendor = line.variant.vendor
        known = self.sandbox.credentials(vendor)
        return {k: v for k, v in known.items() if k not in _NOT_SECRET and (vendor, k) not in _LEFT_OUT}

    def _project_file(self) -> dict[str, object]:
        dialers = {
            line.dialer: {
                "vendor": line.variant.vendor,
                "base_url": self.sandbox.url(line.variant.vendor) + _BASE_PATHS.get(line.variant.vendor, ""),
                "settings": dict(line.variant.dialer_settings),
                "secrets": {name: f"file:secrets/{line.dialer}-{name}" for name in self._secrets(line)},
                # The pace of the vendor file would make every trial slow.
                "limits": {"calls": 10_000, "per": "1s"},
            }
            for line in self.lines
        }
        guards = {"max_remove": "100%", "max_starts": len(self.lines)}
        return {"version": 1, "project": self.project, "ledger": self.ledger, "guards": guards, "dialers": dialers}


def _stated(lines: Mapping[str, object]) -> dict[str, object]:
    """Leave out what is not stated."""
    return {name: value for name, value in lines.items() if value not in (None, "", {}, [])}


def _is_going(campaign: object) -> bool:
    return isinstance(campaign, dict) and bool(campaign.get("removal_queued"))


def _id(campaign: object) -> str:
    shown = campaign if isinstance(campaign, dict) else {"id": campaign.id}  # type: ignore[attr-defined]  # one of two shapes
    return str(shown.get("campaign_id", shown.get("id")))
