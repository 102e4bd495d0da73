"""Which passwords are taken (NIST SP 800-63B, 5.1.1.2: length, and nothing a stranger tries first)."""

from collections.abc import Iterable
from itertools import pairwise

from vidphone.terms.faults import Fault, FaultCode
from vidphone.terms.written import compact

MIN_PASSWORD = 8
MAX_PASSWORD = 256
_MIN_KNOWN = 4
"""Known values of fewer characters would forbid by chance."""


def check_password(password: str, known: Iterable[str] = ()) -> Fault | None:
    """What is wrong with a new password.

    `known` is what others know of the customer: number, telephone, identity number, birth date, name. The password
    may contain none of them, nor be one of them in part (the last digits of a telephone).
    """
    if len(password) < MIN_PASSWORD:
        return Fault("password", FaultCode.PASSWORD_TOO_SHORT)
    if len(password) > MAX_PASSWORD:
        return Fault("password", FaultCode.TOO_LONG)
    plain = compact(password)
    steps = {ord(after) - ord(before) for before, after in pairwise(plain)}
    is_run = len(steps) <= 1 and steps <= {-1, 0, 1}
    is_known = any(
        plain in value or value == plain.strip("+") for value in map(compact, known) if len(value) >= _MIN_KNOWN
    )
    return Fault("password", FaultCode.PASSWORD_GUESSABLE) if is_run or is_known else None
