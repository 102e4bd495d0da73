"""A mark of force majeure that is set, or taken back, after the money has moved (clauses 13 and 14).

What excuses is what happened, not when somebody wrote it down: the next bill makes good the difference between what was
billed and what is owed as things are known now. Two limits protect the customer. A late fee never grows beyond what was
once billed for the same days: a mark that is taken back undoes what the mark gave, and no more. And once the agreement
has ended, its final statement settled (clause 11), nothing is asked for any more; what is owed to the customer is paid.
"""


def credit_correction_fen(given_fen: int, earned_fen: int, *, ended: bool = False) -> int:
    """What is still to be credited for an interruption; below 0 it is taken back.

    Args:
        given_fen: What was credited for it so far.
        earned_fen: What it earns as outages are known now (`outages.credit_fen`).
        ended: The agreement has ended.
    """
    missing = earned_fen - given_fen
    return max(missing, 0) if ended else missing


def late_fee_correction_fen(billed_fen: int, corrected_fen: int, owed_fen: int, *, ended: bool = False) -> int:
    """What is still to be charged of the late fees of days that are billed; below 0 it is given back.

    Args:
        billed_fen: What bills asked for these days.
        corrected_fen: The sum of the corrections so far: 0, or below.
        owed_fen: What these days bear as outages are known now (`late_fee.late_fee_between`).
        ended: The agreement has ended.
    """
    missing = min(owed_fen, billed_fen) - (billed_fen + corrected_fen)
    return min(missing, 0) if ended else missing
