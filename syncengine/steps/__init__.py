"""The steps of a run, each in a module of its own: what the packages do, put together for ``sync.py``.

``sync.py`` tells the story; here stands how one step gets what it needs from ``config``, ``rows``, ``remote`` and
``ledger`` and hands values to the next.
"""
