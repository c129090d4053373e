"""The two code hosts on which pull requests are read: comments, statuses, approvals, issues. httpx is used in here."""
