"""The export of a review: pairs of customer records that were compared by hand."""
