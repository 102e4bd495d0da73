import json
import tomllib
from datetime import date
from pathlib import Path

import pytest

from tests.support.offer import write_offer
from vidphone.resources import assets_dir
from vidphone.service.config import BadConfig, read_config
from vidphone.service.offer import Offers
from vidphone.service.offer_check import check_offer
from vidphone.service.offer_texts import figure_fields
from vidphone.terms.agreement import MissingField, fill
from vidphone.terms.agreement_text import plain_text
from vidphone.terms.figures import Figures
from vidphone.terms.orders import Band, Order, order_sha256
from vidphone.terms.parties import CustomerData, IdentityKind, PartyKind
from vidphone.terms.publication import text_sha256
from vidphone.texts import Language
from vidphone.wire.agreement import customer_fields, order_fields, provider_fields, signing_fields
from vidphone.wire.errors import ErrorCode, VidphoneError

COMPANY = CustomerData(
    kind=PartyKind.ORGANISATION,
    name="示例贸易有限公司",
    birth_date=None,
    address="上海市黄浦区示例路 2 号",
    postcode="200001",
    identity_kind=IdentityKind.SOCIAL_CREDIT_CODE,
    identity_number="91310000MA1K00000X",
    employer="李四",
    telephone="+862112345678",
)


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")


def load(data: Path) -> Offers:
    return Offers.load(read_config(data), data, "ROOT")


def offered(data: Path, more: str = "") -> Offers:
    write_offer(data, more)
    return load(data)


def own_text(data: Path, change: tuple[str, str] = ("", ""), figures: str = "") -> Offers:
    """An offer with files of its own: those that ship, with one change to the Chinese."""
    write_offer(
        data,
        '[agreement]\nversion = "mine-1"\npublished_on = 2026-02-03\nzh = "zh.md"\nen = "en.md"\n' + figures,
    )
    for language in Language:
        source = (assets_dir() / "agreement" / f"agreement.{language.value}.md").read_text(encoding="utf-8")
        changed = source.replace(*change, 1) if language is Language.CHINESE and change[0] else source
        assert changed != source or language is Language.ENGLISH or not change[0]
        (data / f"{language.value}.md").write_text(changed, encoding="utf-8")
    return load(data)


def test_without_a_provider_sign_up_is_closed_and_says_why(tmp_path: Path) -> None:
    offers = load(tmp_path)
    assert offers.closed == "offer.closed.no-provider"
    for asked in (offers.provider, offers.agreement, offers.catalogue):
        with pytest.raises(VidphoneError) as caught:
            asked()
        assert caught.value.code is ErrorCode.SIGN_UP_CLOSED
        assert caught.value.about == {"detail": "offer.closed.no-provider"}
    offers.check_unchanged({"1": "other"})


def test_without_a_price_list_sign_up_is_closed_and_the_provider_known(tmp_path: Path) -> None:
    write_offer(tmp_path)
    config = (tmp_path / "config.toml").read_text(encoding="utf-8").replace("sample = true", "")
    (tmp_path / "config.toml").write_text(config, encoding="utf-8")
    offers = load(tmp_path)
    assert offers.closed == "offer.closed.no-catalogue"
    assert offers.provider().support_number == "10000"
    assert offers.agreement()[0].version == "1"
    with pytest.raises(VidphoneError, match="sign-up-closed"):
        offers.catalogue()


def test_sample_offer_is_open(tmp_path: Path) -> None:
    offers = offered(tmp_path)
    assert offers.closed is None
    assert offers.provider().root_certificate_pem == "ROOT"
    version, agreements = offers.agreement()
    assert version.sha256 == text_sha256(version.zh)
    assert set(agreements) == set(Language)
    light, daily, _ = offers.catalogue().plans
    assert (light.monthly_rent_fen, light.increment_s) == (900, 60)
    assert daily.prices[0].voice_e4_yuan == 275
    assert daily.prices[1].prefixes == ("400", "800")
    assert daily.prices[1].bands[1] == Band((6, 7), 8 * 60, 21 * 60, 800, 1600)
    assert offers.catalogue().terminals[0].price_fen == 89_900
    assert offers.catalogue().credit_limits_fen == (5_000, 10_000, 20_000, 50_000)


@pytest.mark.parametrize("language", Language)
def test_document_is_complete_with_the_fields_that_both_sides_make(tmp_path: Path, language: Language) -> None:
    offers = offered(tmp_path)
    catalogue = offers.catalogue()
    order = Order("20260801-000001", date(2026, 8, 1), catalogue.version, "2001", catalogue.plans[0], None, 5_000)
    document = offers.agreement()[1][language]
    known = provider_fields(offers.provider(), language) | order_fields(order, order_sha256(order))
    known |= customer_fields(COMPANY, "2001", language) | signing_fields(date(2026, 8, 1), language)
    said = plain_text(fill(document, known), blank="BLANK")
    assert "BLANK" not in said
    for value in (*known.values(), "0.3%"):
        assert value in said
    for name in document.fields:
        with pytest.raises(MissingField, match=name):
            fill(document, known | {name: ""})


def test_notice_names_the_provider_and_the_term(tmp_path: Path) -> None:
    notice = offered(tmp_path).agreement()[0].identity_notice
    assert "示例可视电话服务有限公司" in notice.zh
    assert "Example Video Telephone Services Ltd." in notice.en
    assert "for 3 years" in notice.en
    assert "{" not in notice.zh + notice.en


def test_figures_of_the_operator_stand_in_the_text_and_in_the_rules(tmp_path: Path) -> None:
    figures = "[agreement.figures]\nlate_fee_percent = 0.05\nsuspend_after_months = 2\noutage_hours = 12\n"
    offers = own_text(tmp_path, figures=figures)
    version, _ = offers.agreement()
    assert (version.version, version.published_on) == ("mine-1", date(2026, 2, 3))
    assert str(offers.figures.late_fee_percent) == "0.05"
    assert "的 0.05% 计收" in version.zh
    assert "2 months" in version.en
    assert "12 小时" in version.zh
    assert "figure." not in version.zh + version.en


def test_one_month_and_two_months_are_said_rightly() -> None:
    assert figure_fields(Figures(), Language.ENGLISH)["figure.suspend_after_months"] == "1 month"
    said = figure_fields(Figures(suspend_after_months=2, warranty_years=2), Language.ENGLISH)
    assert said["figure.suspend_after_months"] == "2 months"
    assert said["figure.warranty_years"] == "2 years"


def test_own_notices_are_filled(tmp_path: Path) -> None:
    for name in ("n.zh", "n.en"):
        (tmp_path / name).write_text("{provider.name}\n", encoding="utf-8")
    offers = offered(
        tmp_path,
        '[agreement]\nversion = "2"\npublished_on = 2026-02-03\n'
        'identity_notice_zh = "n.zh"\nidentity_notice_en = "n.en"',
    )
    assert offers.agreement()[0].identity_notice.zh == "示例可视电话服务有限公司"
    (tmp_path / "n.en").write_text("{customer.name}", encoding="utf-8")
    with pytest.raises(BadConfig, match=r"n\.en.*customer\.name"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("## 6 ", "## 7 "), r"zh\.md, line \d+: clause 7"),
        (("{order.sha256}", "x"), r"“order\.sha256”"),
        (("{figure.late_fee_percent}%", "0.3%"), r"“figure\.late_fee_percent”"),
        (("{customer.employer}", "{customer.boss}"), r"zh\.md, line \d+.*customer\.boss"),
        (("**甲方同意", "甲方同意"), r"zh\.md, line \d+"),
    ],
)
def test_text_that_is_not_right_is_refused_with_its_place(tmp_path: Path, change: tuple[str, str], named: str) -> None:
    if change[0].startswith("{figure"):
        source = (assets_dir() / "agreement" / "agreement.zh.md").read_text(encoding="utf-8")
        change = (source, source.replace(*change))
    with pytest.raises(BadConfig, match=named):
        own_text(tmp_path, change)


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ('[agreement]\nzh = "zh.md"', "version and published_on"),
        ("[agreement.figures]\nlate_fee_percent = 0.2", "version and published_on"),
        ('[agreement]\nversion = "2"\npublished_on = 2026-01-01\nzh = "zh.md"', "both zh and en"),
        ('[agreement]\nversion = "2"\npublished_on = 2026-01-01\nzh = "gone.md"\nen = "x"', r"gone\.md"),
        ('[agreement]\nversion = "2/3"', r"agreement\.version"),
        ("[agreement.figures]\nlate_fee_percent = 5", r"agreement\.figures\.late_fee_percent"),
        ("[agreement.figures]\nsuspend_after_months = 4", "terminate_after_months"),
        ("[agreement.figures]\nlate_fee = 1", r"agreement\.figures\.late_fee"),
    ],
)
def test_bad_agreement_section_says_where(tmp_path: Path, more: str, named: str) -> None:
    with pytest.raises(BadConfig, match=named):
        offered(tmp_path, more)


@pytest.mark.parametrize(
    "field", ["name", "website", "address", "telephone", "support_number", "arbitration_commission", "signing_place"]
)
@pytest.mark.parametrize("how", ["absent", "empty"])
def test_empty_field_of_the_provider_is_refused_by_name(tmp_path: Path, field: str, how: str) -> None:
    write_offer(tmp_path)
    sections = tomllib.loads((tmp_path / "config.toml").read_text(encoding="utf-8"))
    provider = sections["provider"]
    if how == "absent":
        del provider[field]
    else:
        provider[field] = {"zh": " ", "en": "x"} if isinstance(provider[field], dict) else " "
    lines = ["[provider]"]
    for name, value in provider.items():
        table = isinstance(value, dict)
        body = ", ".join(f"{key} = {json.dumps(said)}" for key, said in value.items()) if table else json.dumps(value)
        lines.append(f"{name} = {{ {body} }}" if table else f"{name} = {body}")
    (tmp_path / "config.toml").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(BadConfig, match=rf"provider\.{field}"):
        load(tmp_path)


def test_hidden_character_in_a_name_is_refused(tmp_path: Path) -> None:
    write_offer(tmp_path)
    config = (tmp_path / "config.toml").read_text(encoding="utf-8").replace("Beijing Arb", "Beijing \u202eArb")
    (tmp_path / "config.toml").write_text(config, encoding="utf-8")
    with pytest.raises(BadConfig, match=r"provider\.arbitration_commission\.en: .*cannot be seen"):
        load(tmp_path)


PRICE_LIST = (assets_dir() / "offer" / "sample-catalogue.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("monthly_rent_yuan = 9.00", "monthly_rent_yuan = 9.001"), r"plans\.0\.monthly_rent_yuan"),
        (("video_yuan = 0.15", "video_yuan = -1"), r"plans\.0\.prices\.0\.video_yuan"),
        (('id = "daily"', 'id = "light"'), "plans"),
        (("[50, 100, 200, 500]", "[100, 50]"), "credit_limits"),
        (('version = "sample-2"', ""), "version"),
        (("[[terminals]]", "[[terminal]]"), "terminal"),
        (("[[plans]]", "[[plans"), "line"),
        (('from = "21:00"', 'from = "25:00"'), r"plans\.1\.prices\.1\.bands\.0\.from"),
        (('days = ["sat", "sun"]', 'days = ["sat", "holiday"]'), r"plans\.1\.prices\.1\.bands\.1\.days"),
        (('to = "21:00"', 'to = "21:01"'), r"plans\[1\]\.prices\[1\]\.bands: two at the same time"),
        (('prefixes = ["400", "800"]', ""), r"plans\[1\]\.prices: not exactly one without prefixes"),
    ],
)
def test_bad_price_list_says_where(tmp_path: Path, change: tuple[str, str], named: str) -> None:
    write_offer(tmp_path)
    config = (tmp_path / "config.toml").read_text(encoding="utf-8").replace("sample = true", "")
    (tmp_path / "config.toml").write_text(config, encoding="utf-8")
    (tmp_path / "catalogue.toml").write_text(PRICE_LIST, encoding="utf-8")
    assert load(tmp_path).closed is None
    (tmp_path / "catalogue.toml").write_text(PRICE_LIST.replace(*change, 1), encoding="utf-8")
    with pytest.raises(BadConfig, match=rf"^catalogue\.toml: .*{named}"):
        load(tmp_path)


def test_published_words_under_the_same_version_are_refused(tmp_path: Path) -> None:
    first = own_text(tmp_path)
    known = {"mine-1": first.agreement_fingerprint}
    lists = {"sample-2": first.catalogue_fingerprint}
    own_text(tmp_path).check_unchanged(known, lists)
    changed = own_text(tmp_path, ("甲方可以随时", "甲方可以"))
    with pytest.raises(BadConfig, match="mine-1"):
        changed.check_unchanged(known, lists)
    with pytest.raises(BadConfig, match="sample-2"):
        first.check_unchanged(known, {"sample-2": "other"})


def test_changed_figure_is_a_changed_text(tmp_path: Path) -> None:
    known = {"mine-1": own_text(tmp_path).agreement_fingerprint}
    changed = own_text(tmp_path, figures="[agreement.figures]\nobjection_months = 2")
    with pytest.raises(BadConfig, match="mine-1"):
        changed.check_unchanged(known)


@pytest.mark.parametrize(
    ("body", "named"), [(b"\xff\xfe", "UTF-8"), (b"x" * 800_001, "800000"), (None, "cannot be read")]
)
def test_file_that_cannot_be_used_is_named(tmp_path: Path, body: bytes | None, named: str) -> None:
    write_offer(tmp_path)
    config = (tmp_path / "config.toml").read_text(encoding="utf-8").replace("sample = true", 'file = "prices.toml"')
    (tmp_path / "config.toml").write_text(config, encoding="utf-8")
    if body is not None:
        (tmp_path / "prices.toml").write_bytes(body)
    with pytest.raises(BadConfig, match=rf"prices\.toml.*{named}"):
        load(tmp_path)


def test_check_tells_what_is_offered_or_what_is_wrong(tmp_path: Path) -> None:
    is_open, said = check_offer(tmp_path)
    assert not is_open
    assert "closed" in said[0]
    write_offer(tmp_path)
    is_open, said = check_offer(tmp_path)
    assert is_open
    assert "Example Video Telephone" in said[1]
    assert "18 clauses" in said[2]
    assert "¥50.00" in said[3]
    assert "sample" in said[4]
    assert check_offer(tmp_path, {"1": "other"})[0] is False
    write_offer(tmp_path, "[agreement]\nversions = 1")
    is_open, said = check_offer(tmp_path)
    assert (is_open, len(said)) == (False, 1)
    assert "agreement.versions" in said[0]


def test_customers_are_told_which_numbers_nothing_blocks(tmp_path: Path) -> None:
    provider = offered(tmp_path, '[billing]\nfree_numbers = ["110", "120"]\n').provider()
    assert provider.free_numbers == ("110", "120")
    assert provider.support_number not in provider.free_numbers
