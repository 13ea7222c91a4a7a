"""``python -m edge_router`` is ``edge-router``."""

import sys

from edge_router.cli.main import main

sys.exit(main())
