"""Becoming a customer: what was entered so far, in which order it is asked for, and how the agreement is signed."""
