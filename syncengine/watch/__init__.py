"""Folder events and a clock into runs, of which each sees files that are whole and at rest.

::

    event, clock  ->  files at rest  ->  load -> plan -> what may land -> apply  ->  record of it  ->  face
      folders           files                 sync.land, engine/policy               cli/watching      face/
      └────────── loop ──────────┘

An event only says "look": it may be lost, doubled or late, and a file dropped by SFTP arrives in pieces. So nothing is
concluded from events. What counts is how the files look when they have been left alone for a while, and a clock looks
without any event. ``service`` tells systemd that all is well.
"""
