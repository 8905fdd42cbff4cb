"""The gates: what must be true of raw rows and of marts before a release is published."""

from rapport.quality.gates import gate_marts, gate_raw
from rapport.quality.result import GateError, GateResult

__all__ = ["GateError", "GateResult", "gate_marts", "gate_raw"]
