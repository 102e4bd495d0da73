"""What the rooms of billing hand to one another."""

from dataclasses import dataclass, replace
from datetime import tzinfo

from vidphone.service.billing.settings import BillingSettings
from vidphone.service.days import CHINA
from vidphone.terms.figures import Figures

_NEVER_MONTHS = 1200


@dataclass(frozen=True, slots=True)
class Conditions:
    """By what is billed: the agreement's figures, the provider's settings, whose day it is, whether it is for real."""

    figures: Figures
    settings: BillingSettings
    zone: tzinfo = CHINA
    rehearsal: bool = False

    @property
    def standing_figures(self) -> Figures:
        """The figures by which customers stand; what the provider does not do by itself comes in a hundred years."""
        suspend = self.figures.suspend_after_months if self.settings.suspend else _NEVER_MONTHS
        terminate = self.figures.terminate_after_months if self.settings.terminate else _NEVER_MONTHS
        return replace(self.figures, suspend_after_months=suspend, terminate_after_months=terminate)
