"""Schemathesis against a running service: what `/openapi.json` says is what is answered, and nothing breaks."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.core.result import Ok

from tests.integration.service_bench import make_provider, new_id, sign_in
from tests.support.provider import Provider

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with make_provider(tmp_path_factory.mktemp("service"), "5000") as running:
        yield running


def test_service_answers_as_described(provider: Provider) -> None:
    schema = schemathesis.openapi.from_url(f"{provider.url}/openapi.json")
    token = sign_in(provider.url, "5000", new_id()).json()["token"]
    tried = []
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        tried.append(operation.path)

        @given(case=operation.as_strategy())
        @settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        def answers_as_described(case: schemathesis.Case[Any]) -> None:
            signed_out = case.path in ("/v1/sign-in", "/v1/sign-out")
            case.call_and_validate(headers=None if signed_out else {"Authorization": f"Bearer {token}"})

        answers_as_described()
    assert sorted(tried) == ["/health", "/v1/ice-servers", "/v1/me", "/v1/sign-in", "/v1/sign-out"]
