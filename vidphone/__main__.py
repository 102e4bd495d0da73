"""`python -m vidphone` is the same as the `vidphone` command."""

import sys

from vidphone.cli import main

sys.exit(main())
