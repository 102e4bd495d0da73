"""The signaling hub: a pure core that decides (`core`, `sessions`, `calls`) and a shell that performs (`shell`).

A frame comes in through a connection, is booked by its session (`sessions.py`), acted upon by the rules of calls
(`calls.py`), and leaves as effects (`effects.py`): journal entries first, then frames to connections.
"""
