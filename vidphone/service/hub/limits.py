"""The hub's bounds. Each keeps one customer, or one broken program, from using up what is there for all."""

MAX_SESSIONS_PER_NUMBER = 10
"""Devices of one number that are signed in at a time."""
MAX_CONNECTIONS_PER_NUMBER = 20
"""Twice the sessions: a device that reconnects may have its dead connection still open."""
MAX_CALLS_PER_DEVICE = 8
MAX_EARLY_CANDIDATE_MESSAGES = 16
"""Candidates of the caller kept until an answer; a host with several networks trickles fewer than ten messages."""
MAX_ENDED_CALLS = 20_000
ENDED_MEMORY_S = 120.0
"""How long an ended call is remembered, so that messages that crossed its end are told from those of no call.

Longer than a lost connection may take (`RESUME_S`) with a restart of the service in between.
"""
GREETING_S = 30.0
"""How long a connection may stay open without a session."""
BURST_FRAMES = 600
"""Above `MAX_UNACKNOWLEDGED`: a resumed session may send all of its messages again at once."""
FRAMES_PER_S = 50.0
PAUSE_S = 0.5
"""How long no frame is read from a connection that sent too many."""
