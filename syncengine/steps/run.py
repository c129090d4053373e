"""What every step of one run works with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from syncengine.errors import SyncEngineError
from syncengine.ledger.ledger import Ledger
from syncengine.ledger.stores import path_of
from syncengine.rows.workspace import Workspace
from syncengine.steps.loading import Loaded
from syncengine.steps.options import Options


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run: a project, its ledger, its tables, and how the plan is to be made."""

    loaded: Loaded
    ledger: Ledger
    workspace: Workspace
    options: Options
    # Where it keeps what is no answer of a dialer: rejects. None: beside the project file.
    own_folder: Path | None = None
    # Do-not-call list -> numbers that it keeps by digests alone, where a ledger export has told them.
    told_erased: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Return the folder for rejects.

        Raises:
            SyncEngineError: a branch has put a link in its place, which would have the run write somewhere else.
        """
        if self.own_folder is not None:
            return self.own_folder
        usual = self.loaded.kept
        for path in (usual, usual / "rejects"):
            if path.is_symlink():
                raise SyncEngineError(f"{path} is a symbolic link; remove it: rejects are personal data")
        return usual

    @property
    def phone_book(self) -> Path | None:
        """Return the file that remembers what spellings mean.

        It stands beside the ledger and is trusted as that is: one that came with a branch could say that a listed
        number is another one.
        """
        return None if self._beside_ledger is None else self._beside_ledger / "phones.parquet"

    @property
    def row_copies(self) -> Path | None:
        """Return the folder for copies of the ledger's rows, for the same reason beside the ledger."""
        return None if self._beside_ledger is None else self._beside_ledger / "rows"

    @property
    def row_memory(self) -> Path | None:
        """Return the folder that remembers the rows of lists, for the same reason beside the ledger."""
        return None if self._beside_ledger is None else self._beside_ledger / "lists"

    @property
    def _beside_ledger(self) -> Path | None:
        """The folder of the ledger's file; None where it is none."""
        if self.own_folder is not None:
            return self.own_folder
        url = self.loaded.desired.ledger
        return path_of(url).parent if url.startswith("sqlite:") else None

    def shown(self, path: Path) -> str:
        """Return a path of ours as people should see it."""
        return str(path.relative_to(self.loaded.root) if path.is_relative_to(self.loaded.root) else path)
