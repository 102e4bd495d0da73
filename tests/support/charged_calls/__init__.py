"""Calls that cost, in virtual time, over the real hub, journal, ledger and SQLite file; everybody may be killed."""
