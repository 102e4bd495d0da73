"""The figures of the agreement that an operator may set, with the agreement's own as defaults.

They stand in the text as `{figure.<name>}`, and the rules reckon with the same values, so the two never differ.
"""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Figures:
    """Rates, terms and limits, each with its clause. Months are calendar months."""

    late_fee_percent: Decimal = Decimal("0.3")
    """Of the overdue amount, for each day (clause 5)."""
    suspend_after_months: int = 1
    """Overdue for longer, the service may be suspended (clause 5)."""
    terminate_after_months: int = 3
    """Overdue for longer, the agreement may be ended (clause 5)."""
    outage_hours: int = 24
    """An interruption of at least so long earns a credit (clause 13)."""
    warranty_years: int = 1
    """From the installation of a terminal (clause 4)."""
    objection_months: int = 1
    """To object to a changed agreement, from its publication (clause 15)."""
    retention_years: int = 3
    """For which data are kept after the agreement ended (clauses 1 and 11)."""
