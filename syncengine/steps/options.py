"""How a plan is made: what the command line and the watcher can ask for."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from syncengine.model.plan import Allowances, Plan, Refresh, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a plan is made."""

    refresh: Refresh = "full"
    # Empty: all.
    dialers: Sequence[str] = ()
    campaigns: Sequence[str] = ()
    allowances: Allowances = field(default_factory=Allowances)
    # Apply options of vendor files, as delays -> "600".
    extra: Mapping[str, str] = field(default_factory=dict)
    # Whether vendors that can check new rows are asked to, at plan time.
    vendor_check: bool = False
    # At most this many calls at once to one dialer; None: as the vendor file says.
    parallelism: int | None = None
    # Seconds since 1970.
    clock: Callable[[], float] = time.time
    # Told a dialer and the class of each request that leaves for it; and what its calls wait for, "" when that is over.
    on_call: Callable[[str, str], None] = lambda _, __: None
    on_wait: Callable[[str, str], None] = lambda _, __: None
    # Told a dialer and by how many seconds our clock is ahead of its.
    on_clock: Callable[[str, float], None] = lambda _, __: None

    @property
    def scope(self) -> Scope:
        """Return what a plan made so is about."""
        return Scope(
            dialers=tuple(sorted(self.dialers)), campaigns=tuple(sorted(self.campaigns)), options=dict(self.extra)
        )

    def as_for(self, saved: Plan) -> "Options":
        """Return these options with all that decided on a saved plan, so that making it anew can give the same one."""
        return replace(
            self,
            refresh=saved.refresh,
            dialers=saved.scope.dialers,
            campaigns=saved.scope.campaigns,
            allowances=saved.allowances,
            extra=dict(saved.scope.options),
        )
