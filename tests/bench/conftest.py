import sys
from pathlib import Path

# bench/ belongs to the checkout, not to the installed package
sys.path.append(str(Path(__file__).parents[2]))
