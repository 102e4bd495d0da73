"""How much a line carries and how packets are laid on it: estimate, probes, pacer, budget. Pure.

`estimator` says what may be sent in all, `pacer` when each packet leaves, `budget` who gets how much of it.
Times are arguments (monotonic seconds), sizes are bytes on the wire, rates bits per second.
"""
