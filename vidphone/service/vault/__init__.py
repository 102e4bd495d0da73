"""Envelope encryption of what could name a person (docs/adr/0012). Knows no database."""
