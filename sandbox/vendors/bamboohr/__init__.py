"""BambooHR, as its published OpenAPI document (https://documentation.bamboohr.com/reference) describes it."""
