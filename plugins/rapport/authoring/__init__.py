"""Help for whoever declares a source: scaffold it, check it, and see what would land before anything does."""
