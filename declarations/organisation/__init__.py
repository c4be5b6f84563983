"""Organisation: schools, their people and roles, holidays and the school year, and who may act at a school (authorise.py).

It knows nothing of policies, declarations or devices. Every other room asks it.
"""
