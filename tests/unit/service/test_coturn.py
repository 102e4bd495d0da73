"""What coturn's command line shows."""

from vidphone.service.coturn import parse_sessions
from vidphone.service.relay_guard import Allocation

SHOWN = (
    "\r\n    1) id=000000000000000001, user <1795419125:0123abcd>:\r\n      realm: example.com\r\n"
    "      started 6 secs ago\r\n      expiring in 594 secs\r\n      peers:\r\n          127.0.0.1:49820\r\n\r\n"
    "    2) id=001000000000000002, user <somebody>:\r\n      realm: example.com\r\n      started 9 secs ago\r\n"
    "    3) id=001000000000000003, user <1795419126:ffff>:\r\n      started 71 secs ago\r\n"
    "\r\n  Total sessions: 3\r\n\r\n> "
)


def test_sessions_with_the_service_s_credentials_are_read_and_others_are_left_alone() -> None:
    assert parse_sessions(SHOWN) == (
        Allocation("000000000000000001", "0123abcd", 6.0),
        Allocation("001000000000000003", "ffff", 71.0),
    )


def test_no_sessions_are_none() -> None:
    assert parse_sessions("\r\n  Total sessions: 0\r\n\r\n> ") == ()
