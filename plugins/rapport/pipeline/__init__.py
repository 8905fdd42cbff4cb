"""The steps from a source to a release, each safe to run again."""
