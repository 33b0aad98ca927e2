"""Version of the package, and how it introduces itself to servers."""

from __future__ import annotations

import sys

__version__ = "3.0.0"

USER_AGENT = f"flat_api/{__version__} Python/{sys.version_info.major}.{sys.version_info.minor}"
