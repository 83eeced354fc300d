"""`python -m caseseries` is the command `caseseries`."""

import sys

from caseseries.cli.start import main

sys.exit(main())
