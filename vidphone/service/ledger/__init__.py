"""The ledger: what every customer owes, has paid and may still use, over all their calls (clauses 5, 9).

`books` decides, and is pure; `ledger` reads what a decision needs and writes what came of it, in the caller's
transaction. On the model of RFC 8506: reserve, commit and renew, finish.
"""
