"""Rapport: customer-experience data platform."""
