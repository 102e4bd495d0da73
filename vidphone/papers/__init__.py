"""Signed documents: a key and its certificate, signing a PDF, verifying one offline. Both sides use it (clause 17)."""
