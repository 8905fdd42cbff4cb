"""One package a vendor: `rows` renders the company as that vendor's records, `api` answers as that vendor answers."""
