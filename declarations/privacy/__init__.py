"""How long records are kept, everything about one person to hand over, and erasure.

What is personal data each room declares (`personal_data.py`, handed up by its `capability.py`); this room asks the registry and must
not know which tables there are. The admin and the commands `retention`, `subject_access` and `erase` call it.
"""
