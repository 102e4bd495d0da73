"""Upgrades: what may be believed of releases, which of them is for this installation, how it gets here (clause 3)."""
