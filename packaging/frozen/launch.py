"""The frozen launcher: starts the installed version that is current. It lies beside the versions and outlives them."""

import sys

from vidphone.installation.launcher import main

if __name__ == "__main__":
    sys.exit(main())
