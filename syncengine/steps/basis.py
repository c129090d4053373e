"""What a plan was made from, as digests: when one of them has moved, a saved plan can say what did."""

from syncengine.ledger.ledger import Ledger
from syncengine.model.plan import Basis
from syncengine.steps.differences import Differences
from syncengine.steps.loading import Loaded
from syncengine.steps.sources import Sources


def basis_of(loaded: Loaded, ledger: Ledger, sources: Sources, differences: Differences) -> Basis:
    """Return the basis of a plan that is being made."""
    lineage, serial = ledger.basis()
    return Basis(
        lineage=lineage,
        serial=serial,
        manifests=loaded.desired.digest,
        vendors=loaded.vendors_digest(),
        sources=sources.contacts_digest,
        dnd=sources.dnd_digest,
        dialers={found.dialer.name: found.identity for found in differences.dialers},
    )
