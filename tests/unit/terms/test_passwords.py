import pytest

from vidphone.terms.faults import Fault, FaultCode
from vidphone.terms.passwords import check_password

KNOWN = ("1001", "+8613800138000", "11010519491231002X", "1949-12-31", "John Smith", "张三")


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("correct horse battery", None),
        ("大江东去浪淘尽千古", None),
        ("1001-is-my-number-not-this", None),
        ("13572468", None),
        ("short7!", FaultCode.PASSWORD_TOO_SHORT),
        ("", FaultCode.PASSWORD_TOO_SHORT),
        ("x" * 257, FaultCode.TOO_LONG),
        ("12345678", FaultCode.PASSWORD_GUESSABLE),
        ("87654321", FaultCode.PASSWORD_GUESSABLE),
        ("aaaaaaaa", FaultCode.PASSWORD_GUESSABLE),
        ("abcdefgh", FaultCode.PASSWORD_GUESSABLE),
        ("１２３４５６７８", FaultCode.PASSWORD_GUESSABLE),
        ("13800138000", FaultCode.PASSWORD_GUESSABLE),
        ("00138000", FaultCode.PASSWORD_GUESSABLE),
        ("1231002x", FaultCode.PASSWORD_GUESSABLE),
        ("19491231", FaultCode.PASSWORD_GUESSABLE),
        ("john smith", FaultCode.PASSWORD_GUESSABLE),
        ("        ", FaultCode.PASSWORD_GUESSABLE),
    ],
)
def test_passwords(password: str, code: FaultCode | None) -> None:
    assert check_password(password, KNOWN) == (code and Fault("password", code))
