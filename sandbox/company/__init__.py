"""The company itself: people, staff, tickets, sales, surveys and web visits, before any vendor shapes them."""
