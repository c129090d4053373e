"""What differs between vendors, and between the ways in which one vendor takes its rows, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One way to keep a campaign at one vendor."""

    name: str
    vendor: str
    region: str
    # The country code, and the national number of the first person with its last three digits open.
    country: str
    numbers: str
    dialer_settings: Mapping[str, str] = field(default_factory=dict)
    # Lines of the campaign besides name, status, contacts.
    campaign: Mapping[str, object] = field(default_factory=dict)
    campaign_settings: Mapping[str, object] = field(default_factory=dict)
    # Our column -> column of the file, for a column of one's own.
    columns: Mapping[str, str] = field(default_factory=dict)
    # The campaign is a name agreed with the vendor: no creation, start, stop, deletion.
    reference: str = ""
    # A setting that can be changed later, and one that is fixed at creation.
    changes: tuple[str, object] | None = None
    fixed: tuple[str, object] | None = None
    # Whether a changed first name gets to the dialer.
    updates: bool = True
    # Whether rows that the source dropped can be taken out.
    removes: bool = True
    # Whether the vendor takes numbers that must not be called, whoever has them.
    blocks_numbers: bool = True
    # Days after which a do-not-call entry lapses at the dialer.
    lasts_days: int | None = None
    # How the sandbox dialer shall behave, where its vendor's documents leave room.
    switches: Mapping[str, object] = field(default_factory=dict)
    # Whether a released number is rung again at once.
    releases: bool = True

    def phone(self, number: int) -> str:
        """Return a person's number, E.164 without the plus."""
        return f"{self.country}{self.numbers}{number:03d}"

    def row(self, number: int, **changed: str) -> dict[str, str]:
        """Return a person's row in the source."""
        row = {
            "id": f"CT{number:03d}",
            "phone": "+" + self.phone(number),
            "first_name": f"First{number}",
            "last_name": f"Last{number}",
            "email": f"p{number}@example.com",
            "note": f"note {number}",
        }
        return row | changed


_CO = {"region": "CO", "country": "57", "numbers": "3001234"}
_CL = {"region": "CL", "country": "56", "numbers": "966666"}
_GB = {"region": "GB", "country": "44", "numbers": "7840258"}
_VN = {"region": "VN", "country": "84", "numbers": "346608"}
_PL = {"region": "PL", "country": "48", "numbers": "512345"}

_WOLKVOX = {
    "vendor": "wolkvox",
    **_CO,
    "dialer_settings": {"server": "0016", "daily_calls": "100000", "expiring_prefix": "9"},
    "campaign_settings": {"description": "As created"},
    "columns": {"opt1": "note"},
    "changes": ("speed", "3"),
    "fixed": ("description", "Another one"),
}
_LYNN = {
    "vendor": "lynn",
    **_CL,
    "dialer_settings": {"tenant": "42", "environment": "premium-testing"},
    "columns": {"Store Name": "note"},
    "changes": ("category", "spring"),
    "updates": False,
    "removes": False,
}
_LYNN_SETTINGS = {"execution_mode": "Manual", "template_id": "3c6f10ec-aaaa-bbbb-cccc-21dd8fee9fff"}
_STRINGEE = {"vendor": "stringee", **_VN, "changes": ("max_retries", 4), "updates": False, "blocks_numbers": False}
_THULIUM = {
    "vendor": "thulium",
    **_PL,
    "dialer_settings": {"system": "demo", "no_call_status_id": "25", "to_call_status_id": "21"},
    "campaign": {"type": "preview"},
    "changes": ("parity", 60),
}

VARIANTS = (
    Variant(name="wolkvox-predictive", campaign={"type": "predictive"}, **_WOLKVOX),
    Variant(
        name="wolkvox-preview",
        campaign={"type": "preview"},
        switches={"always_http_200": True, "blank_totals": True},
        **_WOLKVOX,
    ),
    # Nothing takes an entry off the expiring list: a released number is rung again when its days are over.
    Variant(name="wolkvox-expiring", campaign={"type": "predictive"}, lasts_days=30, releases=False, **_WOLKVOX),
    Variant(name="lynn-data", campaign_settings={**_LYNN_SETTINGS, "load": "data"}, **_LYNN),
    Variant(name="lynn-file", campaign_settings={**_LYNN_SETTINGS, "load": "file"}, **_LYNN),
    Variant(
        name="comunik8",
        vendor="comunik8",
        **_GB,
        dialer_settings={"host": "example.com"},
        reference="motor-trade",
        switches={"refusal_status": 409},
        columns={"make": "note"},
        blocks_numbers=False,
    ),
    Variant(name="stringee-phones", campaign_settings={"load": "phones"}, **_STRINGEE),
    Variant(
        name="stringee-contacts", campaign_settings={"load": "contacts"}, switches={"list_shape": "proxy"}, **_STRINGEE
    ),
    Variant(name="stringee-file", campaign_settings={"load": "file"}, switches={"list_shape": "indexed"}, **_STRINGEE),
    Variant(name="thulium-crm", campaign_settings={"feed": "crm"}, **_THULIUM),
    Variant(name="thulium-csv", campaign_settings={"feed": "csv"}, columns={"Plan": "note"}, **_THULIUM),
)
