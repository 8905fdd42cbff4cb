"""A person's rights: find, export and erase what is held of them, by identifiers that are never written down."""
