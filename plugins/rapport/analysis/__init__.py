"""What SQL cannot say well, computed in Python between core and marts: drivers, texts, models, each a small versioned step.

A step reads `core` (or `intermediate`) and writes tables of the schema `analysis`, which `dbt_project/models/analysis/<step>.yml` declares.
"""

from rapport.analysis.registry import named_steps
from rapport.analysis.runner import StepResult, run_steps
from rapport.analysis.step import AnalysisError, Outcome, Step, Work

__all__ = ["AnalysisError", "Outcome", "Step", "StepResult", "Work", "named_steps", "run_steps"]
