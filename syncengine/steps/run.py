"""What every step of one run works with."""

from dataclasses import dataclass

from syncengine.ledger.ledger import Ledger
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
    # Whether this run holds the ledger's lock.
    locked: bool = False
