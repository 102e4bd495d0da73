"""Signs synthetic people up over the real HTTP interface, as the client does."""

import hashlib
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx

from vidphone.papers import CUSTOMER
from vidphone.papers.keys import PrivateKey, certificate_request, make_key
from vidphone.papers.signing import sign
from vidphone.terms.parties import CustomerData, IdentityKind, PartyKind
from vidphone.wire.sign_up import SignUpBegun, SignUpDone

PASSWORD = "correct horse battery"
WAIT_S = 60.0
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈", "伟芳娜敏静丽强磊军洋"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
"""GB 11643, 6.1."""


def identity_number(index: int, born: date) -> str:
    """A made-up number of Beijing's Dongcheng with a right checksum."""
    front = f"110101{born:%Y%m%d}{index % 1000:03}"
    rest = sum(int(digit) * weight for digit, weight in zip(front, WEIGHTS, strict=True)) % 11
    return front + "10X98765432"[rest]


def person(index: int = 0) -> CustomerData:
    """A person who does not exist; another one for each index below 100,000."""
    born = date(1980, 1, 1) + timedelta(days=index // 1000)
    return CustomerData(
        kind=PartyKind.PERSON,
        name=SURNAMES[index % 10] + GIVEN[index // 10 % 10] + GIVEN[index // 100 % 10],
        birth_date=born,
        address=f"北京市东城区示例街 {index + 1} 号",
        postcode="100010",
        identity_kind=IdentityKind.RESIDENT_ID,
        identity_number=identity_number(index, born),
        employer="示例有限公司",
        telephone=f"+86138{index + 10_000_000:08}",
    )


@dataclass(frozen=True)
class SignedUp:
    """A customer who has signed, with what they keep."""

    number: str
    data: CustomerData
    password: str
    key: PrivateKey
    begun: SignUpBegun
    done: SignUpDone
    pdf: bytes


class Applicant:
    """One who signs up, step by step. Each step returns the answer as it came."""

    def __init__(self, url: str, data: CustomerData | None = None, number: str | None = None) -> None:
        self.url = url
        self.data = data or person()
        self.id = secrets.token_hex(16)
        self.key = make_key()
        self.password = PASSWORD
        self.http = httpx.Client(base_url=url, timeout=WAIT_S, trust_env=False)
        self.number = number or self.http.get("/v1/numbers").json()["numbers"][0]
        self.request_pem = certificate_request(self.key, self.data.name)
        self.begun: SignUpBegun | None = None

    def body(self) -> dict[str, Any]:
        """The request of a sign-up in Chinese, for the first plan and the lowest limit."""
        agreement = self.http.get("/v1/agreement").json()
        catalogue = self.http.get("/v1/catalogue").json()
        return {
            "id": self.id,
            "language": "zh",
            "agreement_version": agreement["version"],
            "agreement_sha256": agreement["sha256"],
            "accepted": True,
            "data": asdict(self.data) | {"birth_date": str(self.data.birth_date) if self.data.birth_date else None},
            "identity_consent": True,
            "identity_notice_sha256": hashlib.sha256(agreement["identity_notice"]["zh"].encode()).hexdigest(),
            "catalogue_version": catalogue["version"],
            "plan": catalogue["plans"][0]["id"],
            "terminal": None,
            "credit_limit_fen": catalogue["credit_limits_fen"][0],
            "number": self.number,
            "password": self.password,
            "certificate_request_pem": self.request_pem,
        }

    def begin(self, **changed: object) -> httpx.Response:
        answer = self.http.post("/v1/sign-ups", json=self.body() | changed)
        if answer.status_code == 200:
            self.begun = SignUpBegun.model_validate_json(answer.content)
        return answer

    @property
    def headers(self) -> dict[str, str]:
        assert self.begun is not None
        return {"Authorization": f"Bearer {self.begun.token}"}

    def document(self) -> bytes:
        answer = self.http.get(f"/v1/sign-ups/{self.id}/document", headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.content

    def sign(self, pdf: bytes, key: PrivateKey | None = None) -> bytes:
        """With the customer's key, or another one."""
        assert self.begun is not None
        return sign(
            pdf,
            key or self.key,
            self.begun.certificate_pem,
            field=CUSTOMER,
            reason="同意",
            location="北京",
            at=datetime.now(UTC),
        )

    def hand_in(self, signed: bytes) -> httpx.Response:
        headers = self.headers | {"Content-Type": "application/pdf"}
        return self.http.put(f"/v1/sign-ups/{self.id}/document", content=signed, headers=headers)

    def give_up(self) -> httpx.Response:
        return self.http.delete(f"/v1/sign-ups/{self.id}", headers=self.headers)

    def close(self) -> None:
        self.http.close()


def sign_up(
    url: str, data: CustomerData | None = None, number: str | None = None, password: str = PASSWORD
) -> SignedUp:
    """Sign somebody up, from the choice of a number to the document with both signatures."""
    applicant = Applicant(url, data, number)
    try:
        applicant.password = password
        answer = applicant.begin()
        assert answer.status_code == 200, answer.text
        assert applicant.begun is not None
        answer = applicant.hand_in(applicant.sign(applicant.document()))
        assert answer.status_code == 200, answer.text
        done = SignUpDone.model_validate_json(answer.content)
        pdf = applicant.document()
        return SignedUp(applicant.number, applicant.data, password, applicant.key, applicant.begun, done, pdf)
    finally:
        applicant.close()
