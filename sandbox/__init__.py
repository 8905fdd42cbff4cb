"""A simulated company behind vendor-shaped HTTP APIs: the platform's test customer. It imports nothing of the platform."""
