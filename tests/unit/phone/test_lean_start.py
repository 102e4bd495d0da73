import subprocess
import sys

NEEDED_ONLY_TO_UPGRADE = ("tuf", "securesystemslib", "vidphone.phone.upgrades", "vidphone.wire.reports")
NEEDED_ONLY_TO_SIGN_UP = ("phonenumbers", "pyhanko", "stdnum", "vidphone.wire.sign_up", "vidphone.account.sign_up.flow")
NEEDED_ONLY_FOR_CASES = ("vidphone.phone.cases", "vidphone.wire.cases", "vidphone.papers.evidence")


def test_a_start_loads_nothing_that_most_starts_do_not_need() -> None:
    names = NEEDED_ONLY_TO_SIGN_UP + NEEDED_ONLY_TO_UPGRADE + NEEDED_ONLY_FOR_CASES
    program = f"import sys, vidphone.phone.core; print([n for n in {names!r} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
