"""Web: what each request carries (middleware), who may open a page (decorators), the admin's base classes, menus, and the registry.

It must not know what any room does: rooms register their entries in the registry, and pages read them from it. Every room with
pages calls it.
"""
