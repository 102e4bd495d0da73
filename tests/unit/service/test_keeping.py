"""What an operator does to keep personal data safe, as the command line says it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete

from tests.unit.service.store.people import person
from vidphone.service.admin import keeping
from vidphone.service.admin.said import Refused
from vidphone.service.audit.log import AuditLog
from vidphone.service.store.customers import StoredCustomers
from vidphone.service.store.engine import open_database, writing
from vidphone.service.store.identities import Identities, NoIdentity
from vidphone.service.store.sealed import open_vault
from vidphone.service.store.tables_identity import audit, identity_copies
from vidphone.service.vault.custody import VaultError
from vidphone.service.vault.keys import default_key_file

LONG_AGO = 1_000_000_000.0


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return default_key_file(tmp_path / "data")


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    engine = open_database(tmp_path / "data")
    StoredCustomers(engine).add("1001", "", "hash", at=0)
    yield engine
    engine.dispose()


@pytest.fixture
def identities(engine: Engine, keys: Path) -> Identities:
    identities = Identities(engine, open_vault(engine, keys, at=0), AuditLog(engine))
    with writing(engine) as connection:
        identities.store(connection, 1, person(1), at=LONG_AGO)
    return identities


@pytest.mark.usefixtures("identities")
def test_a_change_of_keys_says_what_to_do_next(engine: Engine, keys: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keeping.rotate(engine, keys)
    assert re.match(rf"1 data keys are now under the new key [0-9a-f]{{16}}\. Back up {keys}", capsys.readouterr().out)


@pytest.mark.usefixtures("identities")
def test_a_damaged_row_is_named(engine: Engine, keys: Path) -> None:
    with writing(engine) as connection:
        row = {"account_id": 1, "content_type": "image/png", "size": 1, "body": b"no sealed value", "sent_at": 0}
        connection.execute(identity_copies.insert().values(row))
    with pytest.raises(Refused, match="Row 1 of the table identity_copies is damaged"):
        keeping.rotate(engine, keys)


@pytest.mark.parametrize(
    "error",
    [
        VaultError("missing", {"path": "p"}),
        VaultError("unreadable", {"path": "p", "detail": ""}),
        VaultError("open-to-others", {"path": "p"}),
        VaultError("unwritable", {"path": "p", "detail": "d"}),
        VaultError("unknown-key", {"id": "k", "path": "p"}),
        VaultError("altered"),
        VaultError("altered-row", {"table": "t", "row": "1"}),
    ],
    ids=lambda error: error.reason,
)
@pytest.mark.usefixtures("engine")
def test_whatever_is_wrong_with_the_keys_is_said(error: VaultError) -> None:
    with pytest.raises(Refused, match=r"[.\w]$"), keeping.keys_told():
        raise error


@pytest.mark.usefixtures("identities")
def test_a_printed_head_is_what_a_later_look_is_held_against(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    keeping.show_head(engine)
    head = capsys.readouterr().out.strip()
    keeping.verify(engine, None)
    keeping.verify(engine, head)
    assert capsys.readouterr().out.count(head) == 2
    with writing(engine) as connection:
        connection.execute(delete(audit))
    with pytest.raises(Refused, match="entry 1 is missing"):
        keeping.verify(engine, head)
    with pytest.raises(Refused, match="no head"):
        keeping.verify(engine, "yesterday's")


def test_the_audit_is_shown_as_a_table(
    engine: Engine, identities: Identities, capsys: pytest.CaptureFixture[str]
) -> None:
    identities.reveal(1, ["name"], "王芳", "why", at=LONG_AGO + 1)
    keeping.show_audit(engine, after=1)
    shown = capsys.readouterr().out
    assert "identity-revealed" in shown
    assert "account:1" in shown
    assert person(1).name not in shown
    keeping.show_audit(engine, after=2)
    assert capsys.readouterr().out == "There are no entries.\n"


def test_only_data_past_their_time_are_erased(
    engine: Engine, identities: Identities, keys: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keeping.erase_due(engine, keys)
    assert identities.masked(1)
    with writing(engine) as connection:
        identities.end(connection, 1, at=LONG_AGO)
    keeping.erase_due(engine, keys)
    with pytest.raises(NoIdentity):
        identities.masked(1)
    assert [line[-2:] for line in capsys.readouterr().out.splitlines()] == ["0.", "1."]
