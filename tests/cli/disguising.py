"""A library that makes an error of its own of Ctrl-C, as Arrow does."""

import time


def work() -> None:
    """Be busy until somebody interrupts."""
    try:
        time.sleep(30)
    except KeyboardInterrupt:
        raise ValueError("operation cancelled") from None
