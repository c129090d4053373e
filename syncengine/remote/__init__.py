"""Everything that speaks HTTP: calls, credentials, limits, listings, tasks and the writing of plans."""

import sys

# httpx brings a command line of its own and with it tables, progress bars and colours: a third of what it takes to be
# imported. It does without one where that cannot be imported, which is what None says here; nobody asks for it.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
