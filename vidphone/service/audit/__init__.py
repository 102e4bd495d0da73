"""The append-only record of what was done with customers' data, as a chain of hashes."""
