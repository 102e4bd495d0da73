"""Signed documents: a key and its certificate, signing a PDF, verifying one offline. Both sides use it (clause 17).

What is imported here is small: pyHanko is loaded by the first signature made or verified, not by the program's start
(docs/adr/0013).
"""

CUSTOMER = "customer"
PROVIDER = "provider"
FIELDS = (CUSTOMER, PROVIDER)
"""The two signature fields of an agreement, in the order in which they are signed."""
