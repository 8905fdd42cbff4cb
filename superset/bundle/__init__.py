"""From readable dashboard specifications to Superset's export format."""
