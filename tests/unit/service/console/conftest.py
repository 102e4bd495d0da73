from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.console import House
from tests.support.customers import sign_up


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One loop for a module, as it has one house: its counters of requests live in a loop."""
    for item in items:
        if Path(__file__).parent in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="module"), append=False)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with House(tmp_path_factory.mktemp("console")) as made:
        sign_up(made.engine, 120, date(2026, 8, 1))
        yield made
