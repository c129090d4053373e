"""Chats, mail and pagers by way of Apprise, installed only where it is wanted: pip install syncengine[notify]."""

from syncengine.model.secret import Secret
from syncengine.notices.notice import TITLES, Notice


def deliver(notice: Notice, address: Secret) -> str:
    """Send a notice to an Apprise address; return why it did not get there, or an empty text."""
    try:
        import apprise
    except ImportError:
        return "Apprise is not installed: pip install 'syncengine[notify]'"
    sender = apprise.Apprise()
    if not sender.add(address.reveal()):
        return "this is no address that Apprise knows"
    sent = sender.notify(body=notice.text, title=f"syncengine: {TITLES[notice.event]}")
    return "" if sent else "it could not be delivered"
