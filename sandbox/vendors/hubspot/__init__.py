"""HubSpot CRM v3, as https://developers.hubspot.com/docs/api-reference/crm-objects-v3/guide describes it."""
