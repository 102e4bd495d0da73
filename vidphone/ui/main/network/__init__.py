"""The network test in the window (clause 12)."""
