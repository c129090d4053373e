"""What a plan was made from, as digests: when one of them has moved, a saved plan can say what did."""

from syncengine.model.plan import Basis
from syncengine.steps.differences import Differences
from syncengine.steps.reading import dialers_of
from syncengine.steps.run import Run
from syncengine.steps.sources import Sources


def basis_of(run: Run, sources: Sources, differences: Differences) -> Basis:
    """Return the basis of a plan that is being made."""
    scope = run.options.scope
    if scope.dialers or scope.campaigns:
        # What other runs write meanwhile, at other dialers, makes it no other plan.
        lineage, serial = run.ledger.basis_at(dialers_of(run.loaded, run.options))
    else:
        lineage, serial = run.ledger.basis()
    return Basis(
        lineage=lineage,
        serial=serial,
        manifests=run.loaded.desired.digest,
        vendors=run.loaded.vendors_digest(),
        sources=sources.contacts_digest,
        dnd=sources.dnd_digest,
        dialers={found.dialer.name: found.identity for found in differences.dialers},
    )
