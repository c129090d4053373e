"""The do-not-call model: the real planner and executor against a small dialer in memory, watched by a monitor.

``vendors`` and ``dialer`` are what is called, ``monitor`` judges every request before it is applied, ``world`` drives
the engine, ``machine`` (random) and ``scripts`` (enumerated) decide what happens. ``python -m tests.dnd_model`` runs it.
"""
