"""What lies on the provider's disk: after a hundred sign-ups nothing in it names anybody."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.integration.service_bench import new_id, sign_in
from tests.support.provider import Provider
from tests.support.sign_up import PASSWORD, person, sign_up
from tests.support.thorough import all_or
from vidphone.terms.parties import CustomerData

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

PEOPLE = all_or(4, 100)
RATES = '[rates]\nsign_up_per_address = "1000/minute"\nrequests_per_address = "10000/minute"\n'


def told_by(data: CustomerData) -> Iterator[bytes]:
    """What names a person, in the encodings that programs write."""
    telephone = data.telephone.removeprefix("+86")
    for words in (data.name, data.identity_number, telephone, data.address, PASSWORD):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"):
            yield words.encode(encoding)
    yield data.name.encode("unicode-escape")


def test_search_of_data_folder_backup_and_log_finds_nobody(tmp_path: Path) -> None:
    provider = Provider(tmp_path / "data").configure("2000-2199", more=RATES)
    log = tmp_path / "service.log"
    people = [person(index) for index in range(PEOPLE)]
    with log.open("wb") as said:
        command = ["-m", "vidphone", "serve", "--data", str(provider.data), "--port", str(provider.port)]
        served = subprocess.Popen([sys.executable, *command], stdout=said, stderr=said)
        try:
            wait_for(provider.url)
            with ThreadPoolExecutor(2) as threads:
                jobs = [(provider.url, data, str(2000 + index)) for index, data in enumerate(people)]
                done = list(threads.map(lambda job: sign_up(*job), jobs))
            token = sign_in(provider.url, done[0].number, new_id()).json()["token"]
            mine = {"Authorization": f"Bearer {token}"}
            assert httpx.get(f"{provider.url}/v1/me/export", headers=mine).json()["data"]["name"] == people[0].name
            httpx.post(f"{provider.url}/v1/sign-ups", content=people[0].name.encode())
            back_up(provider.data / "vidphone.db", tmp_path / "backup.db")
        finally:
            served.terminate()
            served.wait(20)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"vidphone.db", "backup.db", "service.log"} <= {path.name for path in files}
    kept = {path: path.read_bytes() for path in files}
    found = {
        (path.name, words) for path, body in kept.items() for data in people for words in told_by(data) if words in body
    }
    assert found == set()


def wait_for(url: str) -> None:
    transport = httpx.HTTPTransport(retries=10)
    with httpx.Client(transport=transport, timeout=30) as client:
        assert client.get(f"{url}/health").status_code == 200


def back_up(database: Path, to: Path) -> None:
    source, target = sqlite3.connect(database), sqlite3.connect(to)
    source.backup(target)
    source.close()
    target.close()
