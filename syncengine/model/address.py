"""Names of things at dialers, as people and the ledger write them: ``acme-co/campaign/spring-recovery``."""

from dataclasses import dataclass
from typing import Literal, cast, get_args

Kind = Literal["campaign", "contacts", "dnd", "directory"]

# The name of a collection that belongs to the whole account at a dialer and not to one campaign. Where a vendor has
# several of one kind, the others are named "account:<collection>".
ACCOUNT = "account"


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """One campaign, or one collection of rows, at one dialer.

    ``name`` is the campaign's key in the manifest (for ``campaign`` and for collections that belong to a campaign) or
    ``account`` for collections that belong to the whole account.
    """

    dialer: str
    kind: Kind
    name: str

    def __str__(self) -> str:
        return f"{self.dialer}/{self.kind}/{self.name}"

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Read what ``str()`` writes.

        Raises:
            ValueError: the text is not ``dialer/kind/name``.
        """
        parts = text.split("/", 2)
        if len(parts) != 3 or parts[1] not in get_args(Kind) or not all(parts):
            raise ValueError(f"not an address: {text!r}; expected dialer/kind/name with kind one of {get_args(Kind)}")
        return cls(parts[0], cast("Kind", parts[1]), parts[2])

    @property
    def of_account(self) -> bool:
        """Whether it belongs to the whole account and not to one campaign."""
        return self.name == ACCOUNT or self.name.startswith(f"{ACCOUNT}:")
