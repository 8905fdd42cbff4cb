"""Exports of a learning management system: one CSV a month of assignment, the newest rewritten as people complete courses."""
