"""What a phone tells of a network test."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vidphone.phone.network_test.result import NetworkResult


class Step(StrEnum):
    """What a test does, in this order."""

    REACH = "reach"
    DELAY = "delay"
    DOWN = "down"
    UP = "up"


@dataclass(frozen=True, slots=True)
class NetworkTestStep:
    """A network test began this."""

    step: Step


@dataclass(frozen=True, slots=True)
class NetworkTested:
    """A network test is over. `network_test.words` says it in words, `network_test.result.expected` judges."""

    result: "NetworkResult"


NetworkEvent = NetworkTestStep | NetworkTested
