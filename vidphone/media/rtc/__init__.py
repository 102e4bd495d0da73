"""The media of one call over WebRTC: descriptions, transports, and the session that joins them. The names of aiortc and
aioice stay in this folder, their private ones in `transport.py` and `gathering.py`."""

LOST_AFTER_S = 2.5
"""Without a packet for so long a transport counts as lost: 125 packets of sound, more than any jitter explains."""
