"""Windows of calls: incoming, the call itself, and its small picture."""
