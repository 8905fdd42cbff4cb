"""Benchmarks: whole commands, in turn, as ratios. Run by `make bench`, never by the test suite."""
