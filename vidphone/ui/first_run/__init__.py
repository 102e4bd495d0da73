"""Signing up: the pages from the choice of a language to the receipt.

`model.py` knows what is on which page and what may follow; it and the modules it stands on know no Qt. The pages show
it, and `wizard.py` joins them.
"""
