"""Dual control: what decides who somebody is, or who may do what, is confirmed by a second person, or waits a day, and is told to all.

It must not know which changes there are: rooms register them, with what carries them out and what they end. People, schools and
sign-in call it.
"""
