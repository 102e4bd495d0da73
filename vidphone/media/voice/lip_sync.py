"""Sound and picture of one sender at the same time, and neither later than the other needs. Pure.

Both are told as the time from capture, by the sender's clock, to the player or viewer; an offset that both share, as
that of two clocks, does not matter. The one that is ahead is held back by a minimum delay of its buffer, in small
steps. The other one's minimum is taken back before anything is held back, so that at least one of the two is always as
early as it can be. What nobody notices is left alone: from `SOUND_LATER_S` to `SOUND_EARLIER_S` (ITU-R BT.1359 puts
the threshold of detection at 125 ms of sound too late and 45 ms too early).
"""

INTERVAL_S = 0.2
"""How often a step is taken at most."""
_AUDIO_STEP_S, _VIDEO_STEP_S = 0.02, 0.06
"""Sound is stretched for each step, and more at once is heard. At 30 pictures a second one that is held back by so much
more comes 93 ms after the last: not seen as a pause."""
SOUND_LATER_S, SOUND_EARLIER_S = 0.025, 0.02
_SLACK_S = 0.01
"""A minimum is given back while the difference is so far within what is left alone."""
_GIVE_BACK_S = 0.01
_BOUND_S = 0.5
_MEMORY_S = 0.6
"""Of what is smoothed; as long as less is known, all of it counts alike."""
_SETTLING_S = 0.5
"""What the first pictures say is of no use: a key frame takes its time on a narrow line (0.3 s on 150 kbit/s)."""
_IMPLAUSIBLE_S = 10.0


class LipSync:
    """One sender's sound and picture."""

    def __init__(self) -> None:
        self._audio_minimum_s = self._video_minimum_s = 0.0
        self._ahead_s: float | None = None
        self._known_s = 0.0
        self._updated_s: float | None = None
        self._began_s: float | None = None
        self._stepped_s: float | None = None

    def update(
        self,
        audio_delay_s: float,
        video_delay_s: float,
        now_s: float,
        *,
        audio_wait_s: float = 0.0,
        video_wait_s: float = 0.0,
    ) -> tuple[float, float]:
        """What minimum delays the two buffers are to keep.

        Args:
            audio_delay_s: from capture to the player.
            video_delay_s: from capture to the viewer, by the same clock.
            now_s: monotonic.
            audio_wait_s: how long sound waits in its buffer by itself: a minimum below that would change nothing.
            video_wait_s: the same of the picture.
        """
        ahead_s = video_delay_s - audio_delay_s
        if abs(ahead_s) > _IMPLAUSIBLE_S:  # clocks that were never related
            return self._audio_minimum_s, self._video_minimum_s
        if self._began_s is None:
            self._began_s = now_s
        elapsed_s = 0.0 if self._updated_s is None else max(now_s - self._updated_s, 0.0)
        self._updated_s = now_s
        if self._ahead_s is None or now_s - self._began_s < _SETTLING_S:
            self._ahead_s = ahead_s
            return self._audio_minimum_s, self._video_minimum_s
        self._known_s = min(self._known_s + elapsed_s, _MEMORY_S)
        if elapsed_s:
            self._ahead_s += (ahead_s - self._ahead_s) * min(elapsed_s / self._known_s, 1.0)
        if self._stepped_s is None:
            self._stepped_s = now_s
        elif now_s - self._stepped_s >= INTERVAL_S:
            self._stepped_s = now_s
            self._step(audio_wait_s, video_wait_s)
        return self._audio_minimum_s, self._video_minimum_s

    def _step(self, audio_wait_s: float, video_wait_s: float) -> None:
        ahead_s = self._ahead_s or 0.0
        both_s = min(self._audio_minimum_s, self._video_minimum_s, _GIVE_BACK_S)
        self._audio_minimum_s -= both_s  # what both are held back by brings nothing together
        self._video_minimum_s -= both_s
        outside_s = ahead_s - min(max(ahead_s, -SOUND_LATER_S), SOUND_EARLIER_S)
        if not outside_s:
            if ahead_s > _SLACK_S - SOUND_LATER_S:
                self._video_minimum_s, _ = _lower(self._video_minimum_s, _GIVE_BACK_S, video_wait_s)
            if ahead_s < SOUND_EARLIER_S - _SLACK_S:
                self._audio_minimum_s, _ = _lower(self._audio_minimum_s, _GIVE_BACK_S, audio_wait_s)
            return
        video_step_s = min(abs(outside_s) / 2, _VIDEO_STEP_S)
        audio_step_s = min(video_step_s, _AUDIO_STEP_S)
        # The buffers follow within some steps; meanwhile the old difference must not be answered again in full.
        if ahead_s > 0:  # sound comes first
            self._video_minimum_s, given_s = _lower(self._video_minimum_s, video_step_s, video_wait_s)
            audio_step_s = min(video_step_s - given_s, audio_step_s)
            self._audio_minimum_s = _raise(self._audio_minimum_s, audio_step_s, audio_wait_s)
            self._ahead_s = ahead_s - given_s - audio_step_s
        else:
            self._audio_minimum_s, given_s = _lower(self._audio_minimum_s, audio_step_s, audio_wait_s)
            self._video_minimum_s = _raise(self._video_minimum_s, video_step_s - given_s, video_wait_s)
            self._ahead_s = ahead_s + video_step_s


def _lower(minimum_s: float, step_s: float, wait_s: float) -> tuple[float, float]:
    """The minimum after a step down, and what that brings; one that is not what is waited for holds nothing.

    That one goes down in steps, too: the wait is smoothed, and a minimum that does hold would leap.
    """
    taken_s = min(minimum_s, step_s)
    return minimum_s - taken_s, 0.0 if minimum_s < wait_s - _SLACK_S else taken_s


def _raise(minimum_s: float, step_s: float, wait_s: float) -> float:
    if step_s <= 0:
        return minimum_s
    return min(max(minimum_s, wait_s) + step_s, _BOUND_S)
