"""Drift: what dialers hold otherwise than we last applied, though no file changed. Told apart from changes."""

from collections.abc import Iterator

from syncengine.engine.policy import drifted
from syncengine.model.change import CampaignChange, Change
from syncengine.model.watching import Drift
from syncengine.steps.planned import Planned


def drift_of(made: Planned) -> tuple[Drift, ...]:
    """Return what a plan found to have been changed by someone else, by address.

    Rows that the dialer no longer lists count, also where ``on_vanish: keep`` leaves them alone.
    """
    found = [*(_of_change(change) for change in drifted(made.plan)), *_vanished(made)]
    return tuple(sorted(found, key=lambda drift: (drift.address, drift.what)))


def _of_change(change: Change) -> Drift:
    if not isinstance(change, CampaignChange):
        what = "no longer listed by the dialer"
        return Drift(address=change.address, what=what, count=change.count)
    match change.action:
        case "create":
            what = "gone from the dialer"
        case "start":
            what = "stopped there; we had started it"
        case "stop":
            what = "started there; we had stopped it"
        case _:
            what = f"{', '.join(field.name for field in change.fields)} changed there"
    return Drift(address=change.address, what=what, count=1)


def _vanished(made: Planned) -> Iterator[Drift]:
    for dialer in made.differences.dialers:
        for rows in dialer.rows:
            if rows.vanished:
                yield Drift(
                    address=rows.address,
                    what="no longer listed by the dialer, and left alone (on_vanish: keep)",
                    count=rows.vanished,
                )
