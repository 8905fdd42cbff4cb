"""A pytest plugin: a run in which a test was skipped, deselected or expected to fail is a failed run."""

from __future__ import annotations

from typing import Any

import pytest

_LEFT_OUT = ("skipped", "deselected", "xfailed", "xpassed")


def _left_out(config: pytest.Config) -> dict[str, int]:
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:  # one of several processes: the one that started them counts what all of them say
        return {}
    return {word: count for word in _LEFT_OUT if (count := len(reporter.stats.get(word, [])))}


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Turn a green run with tests left out into a failed one."""
    if session.exitstatus == pytest.ExitCode.OK and _left_out(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say why the run failed, above pytest's own last line."""
    if counts := _left_out(config):
        words = ", ".join(f"{count} {word}" for word, count in counts.items())
        terminalreporter.write_line(f"FAILED: every test has to run, but {words}", red=True)
