"""`vidphone admin reports`: what phones told of problems and crashes. Each function prints what it found."""

from pathlib import Path

from sqlalchemy import Engine

from vidphone.service.admin.said import moment, print_table, refused, say, words
from vidphone.service.reports.stored import NoSuchReport, StoredReports
from vidphone.wire.reports import ReportKind


def show_builds(engine: Engine) -> None:
    """How many reports each build has."""
    counted = StoredReports(engine).counted()
    if not counted:
        say("reports.none")
        return
    rows = (
        (one.build, one.channel, str(one.problems), str(one.crashes), str(one.places), moment(one.latest_at))
        for one in counted
    )
    print_table(("build", "channel", "problems", "crashes", "places", "latest"), rows)


def show_all(engine: Engine, build: str, channel: str, kind: str) -> None:
    """The newest reports, of one build, channel or kind where it is named."""
    entries = StoredReports(engine).list(build, channel, ReportKind(kind) if kind else None)
    if not entries:
        say("reports.none")
        return
    rows = (
        (
            entry.id,
            moment(entry.received_at),
            words(f"reports.{entry.kind.value}"),
            entry.build,
            entry.channel,
            entry.platform,
            entry.fingerprint,
        )
        for entry in entries
    )
    print_table(("report", "at", "kind", "build", "channel", "platform", "place"), rows)


def show(engine: Engine, report: str, to: Path | None) -> None:
    """One report's text, printed or written into a file."""
    try:
        text = StoredReports(engine).read(report).text
    except NoSuchReport:
        raise refused("reports.unknown", report=report) from None
    if to is None:
        print(text)  # noqa: T201
        return
    try:
        to.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise refused("not-written", path=str(to), detail=error.strerror or type(error).__name__) from error
    say("reports.written", path=str(to))
