"""Work done one after another."""

import asyncio

from vidphone.phone import events
from vidphone.phone.lane import MAX_WAITING, Lane
from vidphone.wire.errors import ErrorCode, VidphoneError


async def test_what_waits_is_done_before_a_lane_finishes() -> None:
    done: list[int] = []

    async def work(number: int) -> None:
        await asyncio.sleep(0)
        done.append(number)

    lane = Lane("test", lambda _: None)
    for number in range(3):
        lane.add(lambda number=number: work(number))  # type: ignore[misc]
    await lane.finish(within_s=5)
    assert done == [0, 1, 2]


async def test_work_without_end_does_not_hold_up_the_finish() -> None:
    lane = Lane("test", lambda _: None)
    lane.add(asyncio.Event().wait)  # type: ignore[arg-type]
    await lane.finish(within_s=0.01)


async def test_failing_work_is_told_and_the_next_goes_on() -> None:
    told: list[events.Event] = []

    async def fail(reason: Exception) -> None:
        raise reason

    lane = Lane("test", told.append)
    lane.add(lambda: fail(VidphoneError(ErrorCode.NO_SUCH_CALL)))
    lane.add(lambda: fail(RuntimeError("a fault of the program")))
    await lane.finish(within_s=5)
    assert told == [events.Failure(ErrorCode.NO_SUCH_CALL), events.Failure(ErrorCode.INTERNAL)]


async def test_a_lane_that_is_too_long_refuses_more() -> None:
    told: list[events.Event] = []
    lane = Lane("test", told.append)
    for _ in range(MAX_WAITING + 1):
        lane.add(asyncio.Event().wait)  # type: ignore[arg-type]
    assert told == [events.Failure(ErrorCode.TOO_MANY_MESSAGES)]
    await lane.close()
