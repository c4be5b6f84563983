"""Notices that somebody has read: a capability that does nothing, made by a test."""
