"""A service killed (SIGKILL) at every step of signing leaves nothing or a complete agreement, and goes on after."""

import itertools
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, func, select

from tests.support.offer import write_offer
from tests.support.provider import Provider
from tests.support.sign_up import Applicant, person
from tests.support.thorough import all_or
from vidphone.papers.verifying import verify
from vidphone.service.audit.log import AuditLog
from vidphone.service.office import Office
from vidphone.service.store.engine import open_database
from vidphone.service.store.numbers import NumberPool, NumberState
from vidphone.service.store.tables import accounts
from vidphone.service.store.tables_agreement import agreements, consents, orders, reviews, sign_ups
from vidphone.service.store.tables_identity import identities
from vidphone.service.vault.keys import default_key_file

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

RATES = '[rates]\nsign_up_per_address = "1000/minute"\nrequests_per_address = "10000/minute"\n'
MADE = (accounts, agreements, orders, identities, reviews)
MOST_STEPS = 60


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Provider]:
    provider = Provider(tmp_path / "data")
    write_offer(provider.data, RATES)
    engine = open_database(provider.data)
    NumberPool(engine).add(str(number) for number in range(2000, 2100))
    engine.dispose()
    yield provider
    provider.stop()


def start(provider: Provider, armed: Path) -> None:
    armed.unlink(missing_ok=True)
    provider.start_as("-m", "tests.support.mortal_service", str(provider.data), str(provider.port), str(armed))


def killed_in(provider: Provider, armed: Path, step: int, ask: Callable[[], httpx.Response]) -> bool:
    """Whether the service died at that step of the request; else it answered well."""
    armed.write_text(str(step))
    try:
        answer = ask()
    except httpx.TransportError:
        provider.wait_killed()
        return True
    assert answer.status_code == 200, answer.text
    armed.unlink()
    return False


def counts(engine: Engine) -> tuple[int, ...]:
    with engine.connect() as connection:
        return tuple(connection.scalar(select(func.count()).select_from(table)) or 0 for table in (*MADE, consents))


def state_of(engine: Engine, number: str) -> NumberState:
    return next(one.state for one in NumberPool(engine).list(time.time()) if one.number == number)


@pytest.fixture
def applicants() -> Iterator[list[Applicant]]:
    ones: list[Applicant] = []
    yield ones
    for one in ones:
        one.close()


def test_killed_at_every_step_of_the_beginning_it_holds_nothing_or_all(
    provider: Provider, tmp_path: Path, applicants: list[Applicant]
) -> None:
    armed = tmp_path / "armed"
    start(provider, armed)
    for step in itertools.count(1, all_or(5, 1)):
        assert step < MOST_STEPS
        applicant = Applicant(provider.url, person(step))
        applicants.append(applicant)
        if not killed_in(provider, armed, step, applicant.begin):
            break
        engine = open_database(provider.data)
        with engine.connect() as connection:
            begun = connection.scalar(select(func.count()).where(sign_ups.c.id == applicant.id))
        held = state_of(engine, applicant.number) is NumberState.HELD
        engine.dispose()
        assert held is bool(begun)
        start(provider, armed)
        assert applicant.begin().status_code == 200
        assert applicant.document()
    assert step > 5


def test_killed_at_every_step_of_the_end_there_is_no_agreement_or_a_complete_one(
    provider: Provider, tmp_path: Path, applicants: list[Applicant]
) -> None:
    armed = tmp_path / "armed"
    complete = 0
    start(provider, armed)
    stride, step = all_or(6, 1), 1
    for done_before in itertools.count():
        applicant = Applicant(provider.url, person(done_before))
        applicants.append(applicant)
        assert applicant.begin().status_code == 200
        signed = applicant.sign(applicant.document())
        if not killed_in(provider, armed, step, lambda: applicant.hand_in(signed)):  # noqa: B023 - called at once
            if stride == 1:
                break
            step, stride = step - stride + 1, 1  # the last steps one by one
            provider.stop()
            start(provider, armed)  # it counts its steps from its start
            continue
        engine = open_database(provider.data)
        made, state = counts(engine), state_of(engine, applicant.number)
        if made == (*(done_before + 1,) * len(MADE), 2 * (done_before + 1)):
            complete += 1
            assert state is NumberState.TAKEN
        else:
            assert made == (*(done_before,) * len(MADE), 2 * done_before)
            assert state is NumberState.HELD
        assert AuditLog(engine).verify() is None
        engine.dispose()
        start(provider, armed)
        done = applicant.hand_in(signed)
        assert done.status_code == 200
        assert verify(applicant.document(), applicant.http.get("/v1/provider").json()["root_certificate_pem"]).complete
        step += stride
        assert step < MOST_STEPS
    assert step > 10
    assert complete >= 1
    provider.stop()
    engine = open_database(provider.data)
    office = Office.open(engine, default_key_file(provider.data), time.time())
    assert all(office.agreements.document(one.id) for one in office.agreements.list())
    engine.dispose()
