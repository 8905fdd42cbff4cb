"""Exports of the purchasing and partner system: order lines, one CSV a month of ordering."""
