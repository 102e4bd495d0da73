"""Calls: a pure state machine for one, a pure switchboard for all, and the desk that drives them through ports."""
