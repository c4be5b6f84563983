"""The verbs: each is one transaction that does one thing, or raises Refused with a sentence fit to show."""
