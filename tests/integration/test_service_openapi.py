"""Schemathesis against a running service: what `/openapi.json` says is what is answered, and nothing breaks."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from tests.integration.service_bench import new_id, sign_in
from tests.support.provider import Provider
from tests.support.sign_up import Applicant, person, sign_up
from tests.support.thorough import all_or

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
schemathesis.serializer.alias(["application/pdf", "image/jpeg", "image/png"], "application/octet-stream")

RATES = "\n".join(
    [
        "[payments]",
        "sandbox = true",
        "[rates]",
        *(
            f'{limit} = "100000/minute"'
            for limit in (
                *("sign_in_per_number", "sign_in_per_address", "requests_per_address"),
                *("sign_up_per_address", "reset_per_number", "reset_per_address", "release_reports_per_address"),
                *("report_per_address", "report_per_address_a_day", "network_test_per_number"),
            )
        ),
    ]
)
OPEN = {
    *("/health", "/v1/sign-in", "/v1/provider", "/v1/agreement", "/v1/catalogue", "/v1/numbers"),
    *("/v1/sign-ups", "/v1/password-reset", "/v1/payments/notifications"),
    *("/v1/releases/held", "/v1/reports/{report}"),
}
MINE = {
    *("/v1/me", "/v1/ice-servers", "/v1/me/agreements", "/v1/me/agreements/{agreement}/document", "/v1/me/data"),
    *("/v1/me/export", "/v1/me/disclosures", "/v1/me/review", "/v1/me/review/copy", "/v1/me/password"),
    *("/v1/me/quote", "/v1/me/account", "/v1/me/calls", "/v1/me/credit-limit", "/v1/me/plan", "/v1/me/bills"),
    *("/v1/me/bills/{number}", "/v1/me/bills/{number}.pdf", "/v1/me/bills/{number}.csv"),
    *("/v1/me/payments", "/v1/me/payments/{payment}"),
    *("/v1/me/cases", "/v1/me/cases/{case}", "/v1/me/cases/{case}/messages", "/v1/me/cases/{case}/steps"),
    *("/v1/me/cases/{case}/seen", "/v1/me/cases/{case}/photos/{photo}", "/v1/me/cases/{case}/photos/{message}/{page}"),
    *("/v1/me/terminals", "/v1/me/terminals/{terminal}/claims", "/v1/me/evidence", "/v1/me/calls/{call}/quality"),
    "/v1/me/outages",
    "/v1/releases/reports",
    *("/v1/me/announcements", "/v1/me/announcements/{announcement}/read", "/v1/me/numbers-changed"),
    "/v1/network-test",
    "/v1/me/agreement-versions",
    "/v1/me/agreement-versions/{version}",
    "/v1/me/agreement-versions/{version}/objection",
}
LEAVING = {"/v1/me/leaving"}
"""Asked for, it ends the agreement of who owes nothing, and the token with it: so it is another customer's."""
SIGN_UP = {"/v1/sign-ups/{sign_up}/document", "/v1/sign-ups/{sign_up}"}
SIGNED_OUT = {"/v1/sign-out"}
BAD_REQUEST = 400
MAY_REFUSE = {
    "POST /v1/sign-ups": {"bad-data", "catalogue-changed"},  # an identity number of no person, an old price list
    "GET /v1/sign-ups/{sign_up}/document": {"sign-up-gone"},  # of an id that nobody was given
    "PUT /v1/sign-ups/{sign_up}/document": {"sign-up-gone", "document-refused"},  # bytes that are no signed document
    "DELETE /v1/sign-ups/{sign_up}": {"sign-up-gone"},
    "POST /v1/password-reset": {"bad-data"},  # as of signing up
    "PUT /v1/me/review/copy": {"copy-refused"},  # bytes that are no picture
    "PUT /v1/me/cases/{case}/photos/{photo}": {"copy-refused"},
    "POST /v1/me/cases/{case}/steps": {"bad-data"},  # who contests an answer says why
    "PUT /v1/me/credit-limit": {"bad-data"},  # not one of those on offer
    "PUT /v1/me/plan": {"bad-data", "catalogue-changed"},  # as above
}
"""By what codes an operation may refuse well-formed data, for what they say."""
ENDS_ITS_TOKEN = {"DELETE /v1/sign-ups/{sign_up}"}
"""Once it is done, any token gets the answer that the right one gets: it is gone."""


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with Provider(tmp_path_factory.mktemp("service") / "data").configure("2000-2099", more=RATES) as running:
        yield running


def test_service_answers_as_described(provider: Provider) -> None:
    customer = sign_up(provider.url, person(1))
    provider.admin("reviews", "want-copy", "--number", customer.number, "--reason", "copy")
    token = sign_in(provider.url, customer.number, new_id()).json()["token"]
    mine = {"Authorization": f"Bearer {token}"}
    leaver = sign_up(provider.url, person(3))
    theirs = {"Authorization": f"Bearer {sign_in(provider.url, leaver.number, new_id()).json()['token']}"}
    with closing(Applicant(provider.url, person(2))) as begun:
        assert begun.begin().status_code == 200
        tried = answer_all(provider, mine, theirs, begun)
    assert tried == OPEN | MINE | LEAVING | SIGN_UP | SIGNED_OUT


def answer_all(provider: Provider, mine: dict[str, str], theirs: dict[str, str], begun: Applicant) -> set[str]:
    schema = schemathesis.openapi.from_url(f"{provider.url}/openapi.json")
    tried = set()
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        tried.add(operation.path)

        @given(case=operation.as_strategy(), known=st.booleans())
        @settings(max_examples=all_or(5, 25), deadline=None, database=None, suppress_health_check=list(HealthCheck))
        def answers_as_described(case: schemathesis.Case[Any], known: bool) -> None:
            if case.path in SIGN_UP and known:
                case.path_parameters["sign_up"] = begun.id
            headers = mine if case.path in MINE else begun.headers if case.path in SIGN_UP else None
            if case.path in LEAVING:
                headers = theirs
            response = case.call(headers=headers)
            method = f"{case.method.upper()} {case.path}"
            excluded = [ignored_auth] if method in ENDS_ITS_TOKEN else []
            if response.status_code >= BAD_REQUEST and response.json().get("code") in MAY_REFUSE.get(method, ()):
                excluded.append(positive_data_acceptance)
            case.validate_response(response, headers=headers, excluded_checks=excluded)

        answers_as_described()
    return tried
