"""One client a dialer: its origin is allowed first, its secrets come last, its calls are counted in the ledger."""

import hashlib
import json
import math
import os
from collections.abc import Callable
from dataclasses import replace

from syncengine.config.origins import allowed_origins, check_origin
from syncengine.config.secrets import resolve_secrets
from syncengine.errors import UsageError
from syncengine.ledger.budget import utc_day
from syncengine.ledger.ledger import Ledger
from syncengine.ledger.run_journal import LedgerBudget
from syncengine.model.desired import Dialer
from syncengine.model.vendor import Vendor
from syncengine.remote.client import DialerClient
from syncengine.steps.loading import Loaded
from syncengine.steps.options import Options


def open_client(
    loaded: Loaded, dialer: Dialer, ledger: Ledger, options: Options, on_wait: Callable[[str], None] = lambda _: None
) -> DialerClient:
    """Return a client for one dialer; nothing is opened or read yet.

    Raises:
        ConfigError: the dialer's origin is not allowed, or a secret is missing.
    """
    vendor = loaded.vendor_of(dialer)
    if options.parallelism is not None:
        limits = replace(vendor.limits, concurrency=min(vendor.limits.concurrency, options.parallelism))
        vendor = replace(vendor, limits=limits)
    base_url = base_url_of(dialer, vendor)
    check_origin(dialer, vendor, base_url, allowed_origins(os.environ))
    limit = daily_limit(dialer, vendor)
    budget = None
    if limit is not None:
        budget = LedgerBudget(
            ledger=ledger, dialer=dialer.name, limit=limit, reserve=reserve_of(limit, vendor), clock=options.clock
        )

    def waits(what: str) -> None:
        on_wait(what)
        options.on_wait(dialer.name, what)

    return DialerClient(
        dialer.name,
        vendor,
        base_url,
        resolve_secrets(dialer, loaded.root),
        settings=dialer.settings,
        options=extra_of(vendor, options),
        budget=budget,
        now=options.clock,
        on_wait=waits,
        on_call=lambda kind: options.on_call(dialer.name, kind),
        on_clock=lambda seconds: options.on_clock(dialer.name, seconds),
    )


def extra_of(vendor: Vendor, options: Options) -> dict[str, str]:
    """Return the apply options that a vendor declares."""
    return {name: value for name, value in options.extra.items() if name in vendor.options}


def check_extra(loaded: Loaded, options: Options) -> None:
    """Refuse an apply option that no vendor of the project declares.

    Raises:
        UsageError: with the options that there are.
    """
    known = {name: text for found in loaded.vendors.values() for name, text in found.vendor.options.items()}
    for name in options.extra:
        if name not in known:
            there = "; ".join(f"{option}: {text}" for option, text in sorted(known.items())) or "there are none"
            raise UsageError(f"no vendor of this project has an apply option {name!r} ({there})")


def base_url_of(dialer: Dialer, vendor: Vendor) -> str:
    """Return where a dialer's calls go."""
    return (dialer.base_url or vendor.base_url(dialer.settings)).rstrip("/")


def daily_limit(dialer: Dialer, vendor: Vendor) -> int | None:
    """Return the calls a day that the dialer's settings allow; None: no budget."""
    name = vendor.limits.daily_calls
    return int(dialer.settings[name]) if name and dialer.settings.get(name) else None


# Of a day's calls, kept for suppressing requests whatever the vendor file says (D13).
_LANE = 0.05


def reserve_of(limit: int, vendor: Vendor) -> int:
    """Return how many of a day's calls are kept for suppressing requests."""
    return max(vendor.limits.reserve, math.ceil(limit * _LANE))


def budget_used(dialer: Dialer, ledger: Ledger, options: Options) -> int:
    """Return how many of today's calls are used."""
    return ledger.budget_used(dialer.name, day=utc_day(options.clock()))


def budgets_left(loaded: Loaded, ledger: Ledger, options: Options) -> dict[str, int]:
    """Return how many of today's calls each dialer has left that has a budget."""
    limits = {
        name: daily_limit(dialer, loaded.vendor_of(dialer)) for name, dialer in sorted(loaded.desired.dialers.items())
    }
    used = {name: budget_used(loaded.desired.dialers[name], ledger, options) for name, limit in limits.items() if limit}
    return {name: max(0, limit - used[name]) for name, limit in limits.items() if limit}


def identity_of(dialer: Dialer, vendor: Vendor) -> str:
    """Return the digest of what a dialer is: vendor files, origin and settings. Credentials are no part of it."""
    shown = json.dumps([vendor.digest, base_url_of(dialer, vendor), dict(dialer.settings)], sort_keys=True)
    return hashlib.sha256(shown.encode()).hexdigest()[:16]
