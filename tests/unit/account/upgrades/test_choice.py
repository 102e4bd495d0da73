from hypothesis import given
from hypothesis import strategies as st

from vidphone.account.upgrades.choice import MAX_DELAY_S, Asker, choose, delayed_until, minimum
from vidphone.wire.releases import Blob, Channel, File, Manifest, Notes, Rollout, Step, build_id

NOW = 1_795_000_000.0
ASKER = Asker(
    "linux-x86_64", "0" * 32, "0.1.0", build_id="0.1.0+20261101.1-00000000", sequence=1, account_number="1002"
)


def manifest(sequence: int = 2, version: str = "0.2.0", content: str = "a", **fields: object) -> Manifest:
    files = (File(path="a", mode=0o644, size=1, sha256=content * 64),)
    given: dict[str, object] = {
        "channel": Channel.STABLE,
        "platform": "linux-x86_64",
        "build_id": build_id(version, "20261123", 1, files),
        "sequence": sequence,
        "version": version,
        "min_version": "0.0.0",
        "created_at": NOW - 60,
        "notes": Notes(zh="", en=""),
        "rollout": Rollout(salt="s", percent=100),
        "files": files,
        "blobs": {content * 64: Blob(size=9)},
    }
    return Manifest.model_validate(given | fields)


def having(other: Manifest, **changed: object) -> Asker:
    fields = {
        "platform": ASKER.platform,
        "install_id": ASKER.install_id,
        "version": other.version,
        "build_id": other.build_id,
        "sequence": other.sequence,
        "account_number": ASKER.account_number,
    }
    return Asker(**(fields | changed))  # type: ignore[arg-type]


def test_the_newest_of_all_channels_is_taken() -> None:
    older, newer = manifest(2), manifest(3, channel="beta", content="b")
    assert choose([older, newer], ASKER, NOW) is newer
    assert choose([newer, older], ASKER, NOW) is newer


def test_what_runs_already_or_is_older_is_not() -> None:
    assert choose([manifest(1)], ASKER, NOW) is None
    assert choose([], ASKER, NOW) is None
    running = manifest(2)
    assert choose([running], having(running), NOW) is None


def test_a_promotion_of_what_runs_changes_nothing() -> None:
    running = manifest(2, channel="test", accounts=("1002",))
    assert choose([running, manifest(2)], having(running), NOW) is None


def test_a_rollback_is_a_newer_offer_of_an_older_build_and_stays() -> None:
    first, second = manifest(1, "0.1.0", "b"), manifest(2)
    again = manifest(3, "0.1.0", "b")
    assert again.build_id == first.build_id
    assert choose([again], having(second), NOW) is again
    beta = manifest(2, channel="beta")
    assert choose([again, beta], having(first), NOW) is None  # and does not go to and fro


def test_a_test_build_reaches_the_accounts_it_names_and_no_others() -> None:
    test = manifest(2, channel="test", accounts=("1002", "1003"))
    assert choose([test], ASKER, NOW) is test
    for account in (None, "1004", "100", "10021"):
        assert choose([test], having(manifest(1, "0.1.0"), account_number=account), NOW) is None


def test_a_build_is_not_taken_that_is_halted_held_or_blocked_or_for_another_platform() -> None:
    build = manifest(2)
    old = manifest(1, "0.1.0", "b")
    assert choose([manifest(2, halted=True)], ASKER, NOW) is None
    assert choose([build], having(old, held=frozenset({build.build_id})), NOW) is None
    assert choose([build], having(old, blocked=frozenset({build.build_id})), NOW) is None
    assert choose([build], having(old, platform="windows-x86_64"), NOW) is None


def test_one_that_cannot_be_taken_does_not_hide_the_one_before() -> None:
    older, halted = manifest(2), manifest(3, content="b", halted=True)
    assert choose([older, halted], ASKER, NOW) is older


def test_a_rollout_waits_for_its_step() -> None:
    steps = (Step(percent=100, after_s=3_600),)
    build = manifest(2, rollout=Rollout(salt="s", percent=0, steps=steps))
    assert choose([build], ASKER, build.created_at + 3_599) is None
    assert choose([build], ASKER, build.created_at + 3_600) is build


def test_below_the_minimum_nobody_waits_for_a_turn() -> None:
    build = manifest(2, min_version="0.1.5", rollout=Rollout(salt="s", percent=0))
    assert minimum([build], ASKER) == "0.1.5"
    assert choose([build], ASKER, NOW) is build
    assert minimum([build], having(manifest(2, "0.1.5"))) is None


def test_only_an_offer_to_this_installation_demands_a_minimum() -> None:
    others = manifest(2, channel="test", accounts=("1003",), min_version="0.2.0")
    assert minimum([others, manifest(2, min_version="0.2.0", halted=True)], ASKER) is None
    assert minimum([others, manifest(2, min_version="0.1.0")], ASKER) is None


def test_a_build_that_cannot_be_had_demands_no_minimum() -> None:
    build = manifest(2, min_version="0.2.0")
    old = manifest(1, "0.1.0", "b")
    for unobtainable in ({"held": frozenset({build.build_id})}, {"blocked": frozenset({build.build_id})}):
        assert minimum([build], having(old, **unobtainable)) is None
    assert minimum([build], having(old)) == "0.2.0"


def test_where_nothing_is_known_of_the_build_versions_are_compared() -> None:
    source = Asker("linux-x86_64", "0" * 32, "0.2.0")
    assert choose([manifest(9, "0.2.0")], source, NOW) is None
    assert choose([newer := manifest(2, "0.10.0")], source, NOW) is newer


@given(st.floats(-10, 1_000), st.floats(0, 1e7))
def test_a_delay_has_bounds(hours: float, passed: float) -> None:
    until = delayed_until(NOW, NOW + passed, hours, must=False)
    assert NOW + passed <= until <= max(NOW + passed, NOW + MAX_DELAY_S)
    assert delayed_until(NOW, NOW + passed, hours, must=True) == NOW + passed
