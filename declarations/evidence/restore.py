"""Taking a log up again from a backup that is older than what is kept beside the key, or on a server where nothing is kept."""

import datetime as dt

from django.db import transaction

from declarations.evidence import consistency, kept, log, merkle, signed_note
from declarations.evidence.models import Checkpoint
from declarations.organisation.models.school import School


def take_up_again(*, school: School, reason: str, at: dt.datetime) -> None:
    """Signs the log from here on; an entry says why, and how far it had come before. What was kept is laid aside.

    Only a log that has lost its end or its checkpoints: raises BrokenLogError if an entry that is there was changed or added.
    """
    with transaction.atomic():
        taken_up = log.log_of(school)
        leaves, chain = log.leaves(taken_up), consistency.chain_of(taken_up, log.private_key())
        if not chain:
            raise log.BrokenLogError("the log is signed with another key than the server's")
        for departure in consistency.unsigned(taken_up, chain):
            raise log.BrokenLogError(departure)
        newest = Checkpoint.objects.filter(log=taken_up).order_by("size").last()
        if newest is not None:
            head = log.verified(newest, taken_up)
            if head != signed_note.Checkpoint(taken_up.origin, newest.size, merkle.root(leaves[: newest.size])):
                raise log.BrokenLogError(f"checkpoint of size {newest.size}: an entry before it was changed since")
        lost = kept.checkpoint(taken_up.origin)
        before = signed_note.read(lost[0])[0] if lost else None
        size, root = (before.size, before.root.hex()) if before else (None, None)
        log.append(school=school, kind="log.restored", at=at, by=None, facts={"reason": reason, "kept_size": size, "kept_root": root})
    kept.give_up(taken_up.origin)
    if newest is not None:
        kept.keep_checkpoint(taken_up.origin, newest.note, count=taken_up.checkpoints.count())
        kept.settle(taken_up.origin, newest.note)
    log.checkpoint(school=school, at=at)
