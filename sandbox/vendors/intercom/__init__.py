"""Intercom REST 2.11, as https://developers.intercom.com/docs/references/2.11/rest-api/api.intercom.io describes it."""
