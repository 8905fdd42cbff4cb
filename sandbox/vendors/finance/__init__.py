"""Exports of the books: revenue by account and spend by function, one CSV a closed month, semicolons as controllers have them."""
