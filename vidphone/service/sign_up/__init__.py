"""Signing up: from a customer's data to an agreement that both have signed (clauses 1, 2, 9, 17).

`rules.py` decides, `desk.py` does: it holds, composes, checks and signs. A sign-up is BEGUN, then DONE, or gone; each
step is one transaction, so that a service killed anywhere leaves nothing or a complete agreement.
"""
