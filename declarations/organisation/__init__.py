"""Organisation: schools, their people and roles, holidays and the school year, and who may act at a school (authorise.py).

It must not know policies, declarations or devices. Every room except `common` calls it.
"""
