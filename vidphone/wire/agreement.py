"""What fills the places of an agreement (`terms/agreement.py`), made alike by the client that shows it and the service.

The document to sign is the published source with the four together:
`fill(parse(version.zh), provider_fields(…) | customer_fields(…) | order_fields(…) | signing_fields(…))`.
Its figures are in the source since its publication.
"""

from datetime import date

from vidphone.terms.orders import Order, Words
from vidphone.terms.parties import CustomerData
from vidphone.texts import Language, text
from vidphone.wire.sign_up import Provider


def in_language(words: Words, language: Language) -> str:
    """The name or sentence in one language."""
    return words.zh if language is Language.CHINESE else words.en


def provider_fields(provider: Provider, language: Language) -> dict[str, str]:
    """The places about the provider."""
    return {
        "provider.name": in_language(provider.name, language),
        "provider.website": provider.website,
        "provider.address": in_language(provider.address, language),
        "provider.telephone": provider.telephone,
        "provider.support_number": provider.support_number,
        "provider.arbitration_commission": in_language(provider.arbitration_commission, language),
        "provider.signing_place": in_language(provider.signing_place, language),
    }


def customer_fields(data: CustomerData, number: str, language: Language) -> dict[str, str]:
    """The places about the customer, whose number in the service is `number`. An organisation has no birth date."""
    birth = text("wording.none", language) if data.birth_date is None else written_date(data.birth_date, language)
    return {
        "customer.name": data.name,
        "customer.identity_kind": text(f"wording.identity-kind.{data.identity_kind.value}", language),
        "customer.identity_number": data.identity_number,
        "customer.birth_date": birth,
        "customer.address": data.address,
        "customer.postcode": data.postcode,
        "customer.employer": data.employer,
        "customer.telephone": data.telephone,
        "customer.number": number,
    }


def order_fields(order: Order, order_sha256: str) -> dict[str, str]:
    """The places about the order that is annexed (clause 2); the hash as of `terms.orders.order_sha256`."""
    return {"order.number": order.number, "order.sha256": order_sha256}


def signing_fields(on: date, language: Language) -> dict[str, str]:
    """The date of signing."""
    return {"signing.date": written_date(on, language)}


def written_date(day: date, language: Language) -> str:
    """A date as a document in that language writes it."""
    return text("wording.date", language, year=day.year, month=day.month, day=day.day)
