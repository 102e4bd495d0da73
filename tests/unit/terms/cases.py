"""Numbers as customers type them, good and bad: the verdict of each, and where it comes from.

All are made up, or published as examples. `TODAY` is the day of each check. Published sources:

GB 11643-1999, annex A (examples) and annex B (check character); GB 32100-2015, worked example of the check character;
GB/T 2260 (regions since 1980); Measures for residence permits (State Council General Office, 2018 No. 81), art. 3;
machine-reading rules of the foreign permanent resident card (National Immigration Administration, 2017 and 2023);
Numbering Plan of Telecommunications Networks (MIIT, 2017); China Post's four-level postcode.
"""

from dataclasses import dataclass, replace
from datetime import date

from vidphone.terms.faults import FaultCode
from vidphone.terms.parties import CustomerData, IdentityKind, PartyKind

TODAY = date(2026, 8, 1)

PERSON = CustomerData(
    kind=PartyKind.PERSON,
    name="张三",
    birth_date=date(1949, 12, 31),
    address="北京市朝阳区建国路甲 88 号",
    postcode="100020",
    identity_kind=IdentityKind.RESIDENT_ID,
    identity_number="11010519491231002X",
    employer="某某中学",
    telephone="13800138000",
)
ORGANISATION = replace(
    PERSON,
    kind=PartyKind.ORGANISATION,
    name="某某（北京）科技有限公司",
    birth_date=None,
    identity_kind=IdentityKind.SOCIAL_CREDIT_CODE,
    identity_number="91350100M000100Y43",
    employer="李四",
)


@dataclass(frozen=True)
class Case:
    """What is typed into one field, the fault it has (None: it is taken), the warning it has, and why."""

    field: str
    data: CustomerData
    fault: FaultCode | None
    source: str
    warning: FaultCode | None = None

    def __str__(self) -> str:
        return f"{self.data.identity_kind if 'identity' in self.field else self.field}:{getattr(self.data, self.field)}"


def _number(
    kind: IdentityKind, typed: str, birth: str, fault: FaultCode | None, source: str, warning: FaultCode | None = None
) -> Case:
    base = ORGANISATION if kind is IdentityKind.SOCIAL_CREDIT_CODE else PERSON
    born = date.fromisoformat(birth) if birth else None
    data = replace(base, identity_kind=kind, identity_number=typed, birth_date=born)
    return Case("identity_number", data, fault, source, warning)


def _resident(typed: str, birth: str, fault: FaultCode | None, source: str, warning: FaultCode | None = None) -> Case:
    return _number(IdentityKind.RESIDENT_ID, typed, birth, fault, source, warning)


def _permit(typed: str, birth: str, fault: FaultCode | None, source: str, warning: FaultCode | None = None) -> Case:
    return _number(IdentityKind.RESIDENCE_PERMIT, typed, birth, fault, source, warning)


def _foreign(typed: str, birth: str, fault: FaultCode | None, source: str, warning: FaultCode | None = None) -> Case:
    return _number(IdentityKind.FOREIGN_PERMANENT_RESIDENT, typed, birth, fault, source, warning)


def _code(typed: str, fault: FaultCode | None, source: str, warning: FaultCode | None = None) -> Case:
    return _number(IdentityKind.SOCIAL_CREDIT_CODE, typed, "", fault, source, warning)


def _postcode(typed: str, fault: FaultCode | None, source: str) -> Case:
    return Case("postcode", replace(PERSON, postcode=typed), fault, source)


def _telephone(typed: str, fault: FaultCode | None, source: str, *, organisation: bool = False) -> Case:
    return Case("telephone", replace(ORGANISATION if organisation else PERSON, telephone=typed), fault, source)


F = FaultCode

RESIDENT_IDS = (
    _resident("11010519491231002X", "1949-12-31", None, "GB 11643-1999, annex A, first example"),
    _resident("11010519491231002x", "1949-12-31", None, "the same with the x that keyboards give"),
    _resident(
        "１１０１０５１９４９１２３１００２Ｘ", "1949-12-31", None, "the same, full-width: Chinese input methods"
    ),
    _resident(" 110105 19491231 002X ", "1949-12-31", None, "the same in groups, as people read it out"),
    _resident("110105-19491231-002X", "1949-12-31", None, "the same with hyphens"),
    _resident("360426199101010071", "1991-01-01", None, "python-stdnum's published example"),
    _resident("110105200002290013", "2000-02-29", None, "GB 11643-1999, birth date code; 2000 had a 29 February"),
    _resident("110105202608010011", "2026-08-01", None, "born today: the number is sound (the age is told elsewhere)"),
    _resident("110105189508020016", "1895-08-02", None, "130 years old, and 131 tomorrow: clause 1, plausible age"),
    _resident("510202198506150031", "1985-06-15", None, "Chongqing when it was Sichuan's: GB/T 2260-1984"),
    _resident("110103201503010026", "2015-03-01", None, "Chongwen, ended 2010: GB/T 2260; python-stdnum refuses"),
    _resident("710000199001010015", "1990-01-01", None, "GB/T 2260: 71 is no region of residence permits"),
    _resident("119999199001010012", "1990-01-01", None, "in no list; python-stdnum raises KeyError", F.UNKNOWN_REGION),
    _resident("110105194912310021", "1949-12-31", F.IDENTITY_CHECKSUM, "GB 11643-1999, annex B: X is due here"),
    _resident("11010519491213002X", "1949-12-13", F.IDENTITY_CHECKSUM, "ISO 7064 MOD 11-2: two neighbours swapped"),
    _resident("000000000000000000", "1949-12-31", F.IDENTITY_CHECKSUM, "ISO 7064 MOD 11-2: zeros end in 1"),
    _resident("123456789012345678", "1949-12-31", F.IDENTITY_CHECKSUM, "ISO 7064 MOD 11-2"),
    _resident("440524188001010014", "1880-01-01", F.IDENTITY_DATE, "GB 11643-1999, annex A; 146 years old: clause 1"),
    _resident("110105180001010010", "1800-01-01", F.IDENTITY_DATE, "clause 1, birth in 1800; python-stdnum takes it"),
    _resident("110105209901010012", "2099-01-01", F.IDENTITY_DATE, "clause 1, birth to come; python-stdnum takes it"),
    _resident("110105202608020017", "2026-08-02", F.IDENTITY_DATE, "clause 1, born tomorrow; python-stdnum takes it"),
    _resident("110105189508010010", "1895-08-01", F.IDENTITY_DATE, "131 years old today: clause 1, plausible age"),
    _resident("110105190002290017", "1900-02-28", F.IDENTITY_DATE, "GB/T 7408: 1900 had no 29 February"),
    _resident("11010519900230001X", "1990-03-02", F.IDENTITY_DATE, "GB/T 7408: 30 February"),
    _resident("110105199013010018", "1990-01-01", F.IDENTITY_DATE, "GB/T 7408: month 13"),
    _resident("11010519491231002X", "1949-12-30", F.IDENTITY_BIRTH_DATE, "clause 1: not the date of birth given"),
    _resident("110105491231002", "1949-12-31", F.IDENTITY_OLD, "first cards ended 2013: Identity Card Law of 2011"),
    _resident("11010519491231002", "1949-12-31", F.IDENTITY_LENGTH, "GB 11643-1999, structure: one missing"),
    _resident("11010519491231002XX", "1949-12-31", F.IDENTITY_LENGTH, "GB 11643-1999, structure: one too many"),
    _resident("1101051949123100X2", "1949-12-31", F.IDENTITY_CHARACTERS, "GB 11643-1999: X in the last place only"),
    _resident("١١٠١٠٥١٩٤٩١٢٣١٠٠٢X", "1949-12-31", F.IDENTITY_CHARACTERS, "digits to str.isdigit, none on a card"),
    _resident("11010519491231002χ", "1949-12-31", F.IDENTITY_CHARACTERS, "a Greek chi is no X"),
    _resident("810000199408230021", "1994-08-23", F.OTHER_DOCUMENT, "Measures for residence permits, art. 3"),
    _resident("911398199012310021", "1990-12-31", F.OTHER_DOCUMENT, "machine-reading rules 2023: 9 is a foreigner's"),
    _resident("KAZ110090123105", "1990-12-31", F.OTHER_DOCUMENT, "machine-reading rules 2017: a foreigner's"),
    _resident("91350100M000100Y43", "1990-12-31", F.OTHER_DOCUMENT, "GB 32100-2015: an organisation's"),
    _resident("  ", "1949-12-31", F.MISSING, "clause 1: required"),
    _resident("1" * 65, "1949-12-31", F.TOO_LONG, "limit on every input"),
)

PERMITS = (
    _permit(
        "810000199408230021", "1994-08-23", None, "art. 3 (Hong Kong); id-validator's number; python-stdnum refuses"
    ),
    _permit("820000199001010010", "1990-01-01", None, "art. 3 (Macao); python-stdnum refuses"),
    _permit("830000199201300022", "1992-01-30", None, "art. 3 (Taiwan); id-validator's number; python-stdnum refuses"),
    _permit("810001199001010015", "1990-01-01", None, "art. 3: the region is 810000", F.UNKNOWN_REGION),
    _permit("810000199408230022", "1994-08-23", F.IDENTITY_CHECKSUM, "art. 3: numbered by GB 11643"),
    _permit("830000199201300022", "1992-01-31", F.IDENTITY_BIRTH_DATE, "clause 1: not the date of birth given"),
    _permit("11010519491231002X", "1949-12-31", F.OTHER_DOCUMENT, "art. 3: 81, 82 and 83 alone"),
    _permit("H12345678", "1990-01-01", F.IDENTITY_LENGTH, "a travel permit's number is no residence permit's"),
)

FOREIGN = (
    _foreign("911398199012310021", "1990-12-31", None, "machine-reading rules 2023; credentialkit's number"),
    _foreign("911156200307040015", "2003-07-04", None, "machine-reading rules 2023; python-stdnum refuses"),
    _foreign("988398199001010014", "1990-01-01", None, "machine-reading rules 2023: no such place", F.UNKNOWN_REGION),
    _foreign("KAZ110090123105", "1990-12-31", None, "machine-reading rules 2017, ICAO 9303-3; credentialkit's number"),
    _foreign("kaz1100 901231 05", "1990-12-31", None, "the same as people type it"),
    _foreign("USA110003022801", "2003-02-28", None, "two digits of the year: 2003, not 1903"),
    _foreign("FRA440150022909", "1950-03-01", F.IDENTITY_DATE, "29 February, neither in 1950 nor in 2050"),
    _foreign("911398199012310022", "1990-12-31", F.IDENTITY_CHECKSUM, "machine-reading rules 2023: MOD 11-2"),
    _foreign("911398199002310028", "1990-03-03", F.IDENTITY_DATE, "31 February"),
    _foreign("911398199012310021", "1991-12-31", F.IDENTITY_BIRTH_DATE, "clause 1: not the date of birth given"),
    _foreign("KAZ110090123107", "1990-12-31", F.IDENTITY_CHECKSUM, "ICAO 9303-3, 4.9: weights 7, 3, 1"),
    _foreign("GBR310090023015", "1990-03-02", F.IDENTITY_DATE, "30 February in either century"),
    _foreign("KAZ110090123105", "1990-12-30", F.IDENTITY_BIRTH_DATE, "clause 1: not the date of birth given"),
    _foreign(
        "11010519491231002X", "1949-12-31", F.OTHER_DOCUMENT, "machine-reading rules 2023: citizens' begin 1 to 8"
    ),
    _foreign("110105491231002", "1949-12-31", F.IDENTITY_OLD, "Identity Card Law of 2011"),
    _foreign("E12345678", "1990-12-31", F.IDENTITY_LENGTH, "a passport's number is no card's"),
)

CODES = (
    _code("91350100M000100Y43", None, "GB 32100-2015, worked example of the check character"),
    _code("91350100m000100y43", None, "the same in lower case"),
    _code("9135 0100 M000 100Y 43", None, "the same in groups"),
    _code("91110000600037341L", None, "python-stdnum's published example"),
    _code("92440300MA0000009A", None, "GB 32100-2015: 92, a sole trader"),
    _code("54110105MF0000004G", None, "GB 32100-2015: 5, civil affairs; a residents' committee"),
    _code("111000000000000052", None, "GB 32100-2015: 11, an authority of the state, region 100000"),
    _code("A1110000MB0000001M", None, "GB 32100-2015, amendment 1: A, the military; python-stdnum refuses"),
    _code("N2350100MF0000002L", None, "GB 32100-2015, amendment 1: N, agriculture; python-stdnum refuses"),
    _code("Y1110000MA00000035", None, "GB 32100-2015: Y, others; python-stdnum refuses"),
    _code("B1110000MA00000062", None, "GB 32100-2015: B is given to nobody yet", F.UNKNOWN_AUTHORITY),
    _code("91990000MA0000007X", None, "GB/T 2260: no region 99", F.UNKNOWN_REGION),
    _code("91350100M000100Y44", F.CODE_CHECKSUM, "GB 32100-2015, worked example: 3 is due"),
    _code("91350100M00010Y043", F.CODE_CHECKSUM, "GB 32100-2015: two neighbours swapped"),
    _code("91350100M000100Y4Z", F.CODE_CHARACTERS, "GB 32100-2015, character set: no Z"),
    _code("9135O100M000100Y43", F.CODE_CHARACTERS, "GB 32100-2015, character set: an O for a 0"),
    _code("9I350100M000100Y43", F.CODE_CHARACTERS, "GB 32100-2015, character set: an I for a 1"),
    _code("91A50100M000100Y43", F.CODE_CHARACTERS, "GB 32100-2015: a region has digits alone"),
    _code("91350100M000100Y4", F.CODE_LENGTH, "GB 32100-2015: 18 characters"),
    _code(
        "110000000000000", F.CODE_LENGTH, "registration numbers of 15 digits ended 2018 (State Council, 2015 No. 33)"
    ),
    _code("M000100Y-4", F.CODE_LENGTH, "GB 11714: an organisation's code is a part of it"),
    _code("11010519491231002X", F.OTHER_DOCUMENT, "GB 11643: a person's number"),
    _code("", F.MISSING, "clause 1: required"),
)

POSTCODES = (
    _postcode("100020", None, "China Post: Beijing"),
    _postcode("010010", None, "China Post: Hohhot; the leading zero counts"),
    _postcode("859000", None, "China Post: Ngari, Tibet"),
    _postcode("１００ ０２０", None, "full-width and in groups"),
    _postcode("999077", None, "what forms ask for in Hong Kong"),
    _postcode("000000", F.UNKNOWN_POSTCODE, "China Post: no province 00"),
    _postcode("140000", F.UNKNOWN_POSTCODE, "China Post: no province 14 (region 14 of GB/T 2260 is Shanxi, 03)"),
    _postcode("820000", F.UNKNOWN_POSTCODE, "China Post: no province 82 (region 82 of GB/T 2260 is Macao)"),
    _postcode("999999", F.UNKNOWN_POSTCODE, "China Post: no province 99"),
    _postcode("10002", F.BAD_POSTCODE, "China Post: six digits"),
    _postcode("1000200", F.BAD_POSTCODE, "China Post: six digits"),
    _postcode("SW1A 1AA", F.BAD_POSTCODE, "China Post: six digits"),
    _postcode("", F.MISSING, "clause 1: required"),
)

TELEPHONES = (
    _telephone("13800138000", None, "numbering plan: mobile; China Mobile's own example"),
    _telephone("+86 138-0013-8000", None, "ITU-T E.164"),
    _telephone("0086 138 0013 8000", None, "ITU-T E.164 with the prefix of international calls"),
    _telephone("１３８００１３８０００", None, "full-width"),
    _telephone("16200000000", None, "numbering plan: 162, virtual operators"),
    _telephone("17000000000", None, "numbering plan: 170, virtual operators"),
    _telephone("19200000000", None, "numbering plan: 192, China Broadnet"),
    _telephone("14900000000", None, "numbering plan: 149; phonenumbers 9.0 refuses it"),
    _telephone("010-66668888", None, "numbering plan: fixed line, Beijing"),
    _telephone("(0755) 6666 8888 转 123", None, "RFC 3966: extension"),
    _telephone("400-800-1234", None, "numbering plan: 400"),
    _telephone("800 810 1234", None, "numbering plan: 800"),
    _telephone("+852 9123 4567", None, "Hong Kong"),
    _telephone("+853 6612 3456", None, "Macao"),
    _telephone("+886 912 345 678", None, "Taiwan"),
    _telephone("+1 202 555 0123", None, "United States; 555-01xx are kept for fiction"),
    _telephone("+44 20 7946 0123", None, "United Kingdom; kept for drama by Ofcom"),
    _telephone("95588", None, "numbering plan: 95xxx; phonenumbers' main check refuses it", organisation=True),
    _telephone("12345", None, "numbering plan: 12345", organisation=True),
    _telephone("95588", F.TELEPHONE_NOT_YOURS, "a person is not reached at 95588"),
    _telephone("110", F.TELEPHONE_NOT_YOURS, "numbering plan: emergency"),
    _telephone("119", F.TELEPHONE_NOT_YOURS, "numbering plan: emergency", organisation=True),
    _telephone("66668888", F.NO_AREA_CODE, "numbering plan: a fixed line without its area"),
    _telephone("85291234567", F.BAD_TELEPHONE, "Hong Kong without +"),
    _telephone("12000000000", F.BAD_TELEPHONE, "numbering plan: mobile is 13x to 19x"),
    _telephone("1380013800", F.BAD_TELEPHONE, "numbering plan: one digit missing"),
    _telephone("138001380000", F.BAD_TELEPHONE, "numbering plan: one digit too many"),
    _telephone("99999", F.BAD_TELEPHONE, "numbering plan: given to nobody", organisation=True),
    _telephone("+999 12345678", F.BAD_TELEPHONE, "ITU-T E.164: no country 999"),
    _telephone("+852 12345", F.BAD_TELEPHONE, "Hong Kong numbers have eight digits"),
    _telephone("电话13800138000", F.BAD_TELEPHONE, "a word"),
    _telephone("13800138000/13900139000", F.BAD_TELEPHONE, "two numbers"),
    _telephone("1-800-FLOWERS", F.BAD_TELEPHONE, "letters; phonenumbers reads them as digits"),
    _telephone("1" * 41, F.BAD_TELEPHONE, "limit on every input"),
    _telephone(" ", F.MISSING, "clause 1: required"),
)

CASES = (*RESIDENT_IDS, *PERMITS, *FOREIGN, *CODES, *POSTCODES, *TELEPHONES)
