"""`benchmarks` stands beside the package, where a bare `pytest` does not look."""

import sys
import types
from pathlib import Path

ROOT = Path(__file__).parents[2]

package = types.ModuleType("benchmarks")
package.__path__ = [str(ROOT / "benchmarks")]
sys.modules["benchmarks"] = package
