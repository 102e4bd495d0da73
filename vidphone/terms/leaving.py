"""Leaving: the agreement ends when everything is settled (clause 11)."""

from dataclasses import dataclass
from enum import StrEnum

from vidphone.terms.credit import Position


class Obstacle(StrEnum):
    """What is in the way of the end, in the order in which it is cleared away."""

    RUNNING_CALLS = "running-calls"
    UNBILLED = "unbilled"
    """Charges that the final statement does not hold yet."""
    UNPAID = "unpaid"


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a customer who wants to leave stands with the provider."""

    due_fen: int
    """To pay before the agreement ends."""
    refund_fen: int
    """Prepaid and not used: the provider pays it back, whoever ended the agreement and why."""
    obstacles: tuple[Obstacle, ...]

    @property
    def may_end(self) -> bool:
        """Whether the agreement ends now: with a balance open it does not."""
        return not self.obstacles


def settle(position: Position, running_calls: int) -> Settlement:
    """What is open at leaving. What is prepaid pays first, and what is then left of it is paid back.

    Args:
        position: The customer's, with the final statement's lines in it once that is issued.
        running_calls: Calls that are not over, whatever they hold.
    """
    owed = position.unpaid_fen + position.unbilled_fen
    in_the_way = {
        Obstacle.RUNNING_CALLS: running_calls > 0 or position.reserved_fen > 0,
        Obstacle.UNBILLED: position.unbilled_fen != 0,
        Obstacle.UNPAID: position.unpaid_fen > 0,
    }
    return Settlement(
        due_fen=max(owed - position.prepaid_fen, 0),
        refund_fen=max(position.prepaid_fen - owed, 0),
        obstacles=tuple(obstacle for obstacle, there in in_the_way.items() if there),
    )
