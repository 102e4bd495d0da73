"""Signed builds on their way from support staff to phones (clause 8): what is taken over, kept and given out."""
