"""Plan and apply for outbound dialers: campaigns, contacts and do-not-call lists kept in files."""

__version__ = "0.1.0"
