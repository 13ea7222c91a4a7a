"""``python -m edge_router`` is ``edge-router``."""

import sys

from edge_router.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
