"""The company in a box: every process of one installation on one machine, on loopback."""
