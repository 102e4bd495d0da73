"""All readers that are fuzzed, by name."""

from tests.fuzz import descriptions, packets, payloads

TARGETS = {target.name: target for target in (*packets.TARGETS, *payloads.TARGETS, *descriptions.TARGETS)}
