"""How fast Sojourn is, as ratios to a floor or a peer measured in the same run: `python -m benchmarks`.

What each row means, and the figures on one machine, stand in docs/benchmarks.md.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The repository: what is measured is this tree, also where another Sojourn is installed."""

if str(ROOT / "src") not in sys.path:
    sys.path.insert(0, str(ROOT / "src"))
