from collections.abc import Iterator
from datetime import date

import pytest

from tests.support.console import House
from tests.support.customers import sign_up


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with House(tmp_path_factory.mktemp("console")) as made:
        sign_up(made.engine, 120, date(2026, 8, 1))
        yield made
