"""Policies: the leaflet and the Acceptable Use Policy are drafted, compared with the version before, and published.

It holds the versions and their texts, which never change once they are published. It does not know who signs them or what signing
gives; what publishing would do to people it asks the registry.
"""
