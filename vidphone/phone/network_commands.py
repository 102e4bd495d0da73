"""What a shell may ask of the network."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TestNetwork:
    """Test the network (clause 12): some `NetworkTestStep`, then `NetworkTested`. Not while there is a call."""

    __test__ = False
    """pytest takes every `Test…` for its own."""


NetworkCommand = TestNetwork
