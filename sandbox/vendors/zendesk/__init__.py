"""Zendesk Support, as https://developer.zendesk.com/api-reference/ describes it."""
