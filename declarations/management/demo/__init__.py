"""The demo: two fictional schools whose people are in every state, on whatever day it is made."""
