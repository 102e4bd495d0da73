"""Why a call ended, or never began. A person's sentence for each is the text `reason.<value>`."""

from enum import StrEnum


class EndReason(StrEnum):
    """The reasons that signaling carries and call history keeps."""

    HUNG_UP = "hung-up"
    DECLINED = "declined"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    CANCELLED = "cancelled"
    ANSWERED_ELSEWHERE = "answered-elsewhere"
    DECLINED_ELSEWHERE = "declined-elsewhere"
    UNKNOWN_NUMBER = "unknown-number"
    NUMBER_DISABLED = "number-disabled"
    CALLER_DISABLED = "caller-disabled"
    OWN_NUMBER = "own-number"
    UNREACHABLE = "unreachable"
    GLARE = "glare"
    CONNECTION_LOST = "connection-lost"
    MEDIA_FAILED = "media-failed"
    INSECURE = "insecure"
    SERVICE_RESTARTED = "service-restarted"
    SIGNED_OUT = "signed-out"
    FAILED = "failed"


MISSED = frozenset({EndReason.CANCELLED, EndReason.NO_ANSWER})
"""An incoming call that ended so was missed: it leaves a badge."""
