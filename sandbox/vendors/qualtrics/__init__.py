"""Qualtrics v3, as https://api.qualtrics.com/ describes it."""
