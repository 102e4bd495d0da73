"""Announcements, changed numbers and agreements, and outages that fill the service page in tests."""

from datetime import UTC, date, datetime

from vidphone.phone.notice_events import (
    AnnouncementsShown,
    NumbersChangedShown,
    OutagesShown,
    VersionCompared,
    VersionsShown,
)
from vidphone.terms.changed_agreement import Answer
from vidphone.terms.comparison import Change, ClauseComparison, Part
from vidphone.terms.orders import Words
from vidphone.wire.notices import Announcement, AnnouncementKind, ChangedNumber, ChangedVersion, ComparedVersions
from vidphone.wire.outages import MyOutage

AT = datetime(2026, 11, 20, 6, 30, tzinfo=UTC).timestamp()
HOUR_S = 3_600.0
DAY_S = 24 * HOUR_S

MAINTENANCE = Announcement(
    id="1" * 32, kind=AnnouncementKind.MAINTENANCE, published_at=AT,
    title=Words("周四凌晨进行维护", "Work on the service on Thursday night"),
    body=Words(
        "届时将更换中继服务器。正在进行的通话可能中断，请稍后重拨。\n给您带来不便，敬请谅解。",
        "The relay servers are replaced. Calls may end during that time; please dial again a little later.\n"
        "We are sorry for the trouble.",
    ),
    begins_at=AT + 3 * DAY_S, ends_at=AT + 3 * DAY_S + 2 * HOUR_S,
)  # fmt: skip
NUMBER = Announcement(
    id="2" * 32, kind=AnnouncementKind.NUMBER_CHANGE, published_at=AT - DAY_S, read_at=AT,
    title=Words("您的号码将变更为 2901", "Your number changes to 2901"),
    body=Words("您无需任何操作，话机会自动使用新号码。", "You need not do anything: your phone takes the new number."),
    begins_at=AT + DAY_S,
)  # fmt: skip
AGREEMENT = Announcement(
    id="3" * 32, kind=AnnouncementKind.AGREEMENT, published_at=AT - 2 * DAY_S, agreement_version="2",
    title=Words("协议变更，版本 2", "Changed agreement, version 2"),
    body=Words("滞纳金比例降低。", "The late fee is lower."),
)  # fmt: skip
ANNOUNCEMENTS = (MAINTENANCE, NUMBER, AGREEMENT)
LISTED = AnnouncementsShown(ANNOUNCEMENTS, unread=2, more=False, before=None)

MOVED = ChangedNumber(old="1002", new="2902", since=AT)
MOVED_ALSO = ChangedNumber(old="13900139000", new="2903", since=AT - DAY_S)
NUMBERS = NumbersChangedShown((MOVED, MOVED_ALSO))

PENDING = ChangedVersion(
    version="2", previous="1", published_on=date(2026, 11, 18), until=date(2026, 12, 18), answer=Answer.PENDING
)
OBJECTED = PENDING.model_copy(update={"answer": Answer.OBJECTED, "since": date(2026, 11, 20), "case": "C000017"})
ACCEPTED = ChangedVersion(
    version="1", previous=None, published_on=date(2026, 1, 31), until=date(2026, 2, 28), answer=Answer.ACCEPTED,
    since=date(2026, 3, 1),
)  # fmt: skip
VERSIONS = VersionsShown((PENDING, ACCEPTED))


def _clause(number: int, title: str, *parts: tuple[str, Change]) -> ClauseComparison:
    return ClauseComparison(number, title, title, tuple(Part(text, change) for text, change in parts))


_SAME, _GONE, _NEW = Change.SAME, Change.REMOVED, Change.ADDED
COMPARED = ComparedVersions(
    about=PENDING,
    old=Words("旧文本", "The old text"),
    new=Words("新文本", "The new text"),
    zh=(
        _clause(1, "服务内容", ("甲方向乙方提供可视电话服务。", _SAME)),
        _clause(8, "滞纳金", ("乙方逾期付款的，甲方按每日", _SAME), ("0.3%", _GONE), ("0.2%", _NEW),
                ("收取滞纳金，", _SAME), ("滞纳金以欠费金额为限。", _NEW), ("\n自应付款日的次日起计算。", _SAME)),
        ClauseComparison(19, None, "电子通知", (Part("甲方可以电子方式通知乙方。", _NEW),)),
    ),
    en=(
        _clause(1, "The service", ("Party A provides Party B with video telephony.", _SAME)),
        _clause(8, "Late fees", ("Where Party B pays late, Party A charges a late fee of ", _SAME), ("0.3%", _GONE),
                ("0.2%", _NEW), (" a day", _SAME), (", never more than what is owed", _NEW),
                (".\nIt runs from the day after payment was due.", _SAME)),
        ClauseComparison(19, None, "Electronic notice", (Part("Party A may give notice electronically.", _NEW),)),
    ),
)  # fmt: skip
COMPARISON = VersionCompared(COMPARED)

OUTAGES = OutagesShown(
    (
        MyOutage(began_at=AT, ended_at=None, force_majeure=None, credited_fen=0,
                 words=Words("中继服务器故障，正在修复。", "A relay server failed; it is being repaired.")),
        MyOutage(began_at=AT - 40 * DAY_S, ended_at=AT - 38 * DAY_S, force_majeure=None, credited_fen=580,
                 words=Words("机房供电中断。", "The data centre was without power.")),
        MyOutage(began_at=AT - 90 * DAY_S, ended_at=AT - 89 * DAY_S, credited_fen=0,
                 words=Words("光缆中断。", "A cable was cut."),
                 force_majeure=Words("台风“珊珊”", "Typhoon “Shanshan”")),
    )
)  # fmt: skip
