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
    AGREEMENT_REQUIRED = "agreement-required"
    """The caller has no agreement in force (clause 17); only free numbers can be called."""
    IDENTITY_SUSPENDED = "identity-suspended"
    """The provider suspended the caller until their identity is clear (clause 1); only free numbers can be called."""
    CREDIT_LIMIT = "credit-limit"
    """The caller's charges have reached their credit limit (clause 9); before the call, or in it."""
    ACCOUNT_SUSPENDED = "account-suspended"
    """The service is suspended for unpaid bills (clause 5); only free numbers can be called."""
    SERVICE_PAUSED = "service-paused"
    """The service is paused as the law asks (clause 10); only free numbers can be called."""
    OWN_NUMBER = "own-number"
    UNREACHABLE = "unreachable"
    GLARE = "glare"
    CONNECTION_LOST = "connection-lost"
    MEDIA_FAILED = "media-failed"
    INSECURE = "insecure"
    SERVICE_RESTARTED = "service-restarted"
    SIGNED_OUT = "signed-out"
    FAILED = "failed"


BARRED = frozenset(
    {
        EndReason.AGREEMENT_REQUIRED,
        EndReason.IDENTITY_SUSPENDED,
        EndReason.CREDIT_LIMIT,
        EndReason.ACCOUNT_SUSPENDED,
        EndReason.SERVICE_PAUSED,
    }
)
"""The service barred the call by a clause of the agreement: the value is that of the `ErrorCode` that explains it."""

MISSED = frozenset({EndReason.CANCELLED, EndReason.NO_ANSWER})
"""An incoming call that ended so was missed: it leaves a badge."""
