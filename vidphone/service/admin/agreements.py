"""Agreements: `agreements list`, `export`. Each function prints what it did."""

from pathlib import Path

from vidphone.service.admin.said import moment, print_table, refused, say, words
from vidphone.service.office import Office


def show_all(office: Office) -> None:
    """All as a table, by number."""
    found = office.agreements.list()
    if not found:
        say("no-agreements")
        return
    rows = (
        (one.number, words(f"agreement-state.{one.state.value}"), one.version, moment(one.signed_at), one.id)
        for one in found
    )
    print_table(("number", "state", "version", "signed", "agreement"), rows)


def export(office: Office, agreement: str, path: Path) -> None:
    """Write the PDF with both signatures to a new file that its owner alone can read."""
    document = office.agreements.document(agreement)
    if document is None:
        raise refused("no-document", agreement=agreement)
    try:
        office.write_new(path, document)
    except OSError as error:
        raise refused("not-written", path=str(path), detail=error.strerror or "") from error
    say("exported", path=str(path))
