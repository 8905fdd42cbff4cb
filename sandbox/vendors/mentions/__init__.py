"""A feed of what is said in public: no vendor of its own, the shape that listening services share (JSON, a cursor, `updated_since`)."""
