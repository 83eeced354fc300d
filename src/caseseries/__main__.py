"""`python -m caseseries` is the command `caseseries`."""

import sys

from caseseries.cli.main import main

sys.exit(main())
