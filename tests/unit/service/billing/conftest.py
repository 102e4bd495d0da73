from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import billing
from tests.support.billing import House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = billing.house(tmp_path)
    yield made
    made.engine.dispose()
