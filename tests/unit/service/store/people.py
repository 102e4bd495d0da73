"""Customers that nobody is: each field different from customer to customer, and from all else in a file."""

from datetime import date

from vidphone.terms.parties import CustomerData, IdentityKind, PartyKind

SURNAMES, GIVEN = (
    "赵钱孙李周吴郑王冯陈",
    ("梓涵", "雨桐", "浩宇", "欣怡", "子墨", "思远", "若曦", "俊熙", "诗琪", "明轩"),
)


def person(index: int) -> CustomerData:
    """The customer of an index below 100."""
    name = SURNAMES[index // 10] + GIVEN[index % 10]
    return CustomerData(
        kind=PartyKind.PERSON,
        name=name,
        birth_date=date(1990, 3, 7),
        address=f"广东省深圳市南山区{name}路 {index + 1} 号",
        postcode="518057",
        identity_kind=IdentityKind.RESIDENT_ID,
        identity_number=f"44030519900307{index:03d}X",
        employer=f"{name}商行",
        telephone=f"+861380013{index:04d}",
    )
