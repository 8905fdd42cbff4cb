"""What leaders write down in the browser."""
