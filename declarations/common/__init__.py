"""Common: errors, form fields, dates, pictures, leases and spreadsheets, for every room.

It must not know schools or people, and it imports no other room. Every room may call it.
"""
