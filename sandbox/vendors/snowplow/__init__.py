"""Snowplow's enriched events (https://docs.snowplow.io/docs/fundamentals/canonical-event/), as its pipeline archives them."""
