"""What a call costs while it lasts (clauses 2 and 9), on the model of RFC 8506. Pure: time is an argument.

`Stopwatch` counts the seconds that both sides confirm, `Meter` pays for them from the ledger in quotas, warns the side
that pays, and ends the call when nothing more can be paid.
"""
