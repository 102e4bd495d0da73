"""Contacts and calls that fill the windows in tests."""

import time

from vidphone.account.contacts import Contact
from vidphone.account.history import HistoryEntry
from vidphone.wire.reasons import EndReason

CONTACTS = (
    Contact("c1", "张小明", ("13800138000", "1002"), favourite=True, note="大学同学"),
    Contact("c2", "Ada Lovelace", ("1003",), favourite=True),
    Contact("c3", "王芳", ("1004",)),
    Contact("c4", "客户服务中心", ("10000",), note="7 × 24"),
    Contact("c5", "Maximiliane von Hohenstein-Wittgenstein", ("491701234567",)),
    Contact("c6", "李雷", ("13900139000",)),
    Contact("c7", "韩梅梅", ("13700137000",)),
)

DAY_S = 86_400.0


def calls(now_epoch_s: float | None = None) -> list[HistoryEntry]:
    """Calls of the last weeks, newest first, two of them missed and not looked at."""
    now = time.time() if now_epoch_s is None else now_epoch_s
    rows = (
        ("13800138000", "张小明", True, True, 0.0, EndReason.NO_ANSWER, True, False, 600),
        ("1009", "", True, False, 0.0, EndReason.CANCELLED, True, False, 1200),
        ("1003", "Ada Lovelace", False, True, 754.0, EndReason.HUNG_UP, False, True, 4000),
        ("1004", "王芳", False, False, 0.0, EndReason.BUSY, False, True, DAY_S),
        ("10000", "客户服务中心", False, False, 65.0, EndReason.HUNG_UP, False, True, 3 * DAY_S),
        ("491701234567", "Maximiliane von Hohenstein-Wittgenstein", True, True, 4021.0, EndReason.HUNG_UP, False, True,
         40 * DAY_S),
    )  # fmt: skip
    return [
        HistoryEntry(f"h{i}", number, name, incoming, video, now - ago, talked, reason, missed, seen)
        for i, (number, name, incoming, video, talked, reason, missed, seen, ago) in enumerate(rows)
    ]
