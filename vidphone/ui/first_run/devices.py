"""Camera, microphone and speaker are tried before the first call."""

from vidphone.account.sign_up.draft import Page
from vidphone.ui.bridge import Bridge
from vidphone.ui.first_run.device_test import DeviceTestPage
from vidphone.ui.first_run.page import Context, WizardPage


class DevicesPage(WizardPage):
    """The test of the devices; they are on while the page is shown."""

    step = Page.DEVICES

    def __init__(self, context: Context, bridge: Bridge) -> None:
        super().__init__(context)
        self.test = DeviceTestPage(self.theme, bridge)
        self.body.addWidget(self.test)

    def begin(self) -> None:
        """Devices open."""
        self.test.begin()

    def leave(self) -> None:
        """Devices are off again."""
        self.test.leave()
