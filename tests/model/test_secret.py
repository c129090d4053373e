import copy
import logging

from syncengine.model.secret import Secret

SECRET = Secret("s3cr3t-token")


def test_a_secret_is_masked_in_every_way_of_turning_it_into_text():
    shown = [
        str(SECRET),
        repr(SECRET),
        f"{SECRET}",
        f"{SECRET!r:>20}",
        str([SECRET]),
        str({"a": SECRET}),
    ]
    assert not [text for text in shown if "s3cr3t" in text]


def test_a_secret_is_masked_in_a_log_and_in_a_traceback(caplog):
    logging.getLogger("test").warning("with %s and %r", SECRET, SECRET)
    assert "s3cr3t" not in caplog.text


def test_only_reveal_gives_it_out():
    assert SECRET.reveal() == "s3cr3t-token"
    assert copy.copy(SECRET).reveal() == "s3cr3t-token"
