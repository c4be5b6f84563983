"""What must hold whatever was killed; each promise that does not, as a sentence."""

from collections import Counter
from collections.abc import Iterator, Mapping

from django.db import connection

from declarations.evidence import consistency, merkle, reconcile
from declarations.evidence import log as evidence
from declarations.evidence.models import Log
from declarations.mail.models import Email
from declarations.signing.models.declaration import Declaration


class Watch:
    """Looks at the database again and again, and keeps outside what it saw: what was once in the log stays in it."""

    def __init__(self) -> None:
        self.held: tuple[int, bytes] = (0, merkle.EMPTY_ROOT)
        self.looks = 0

    def broken(self, acknowledged: Mapping[str, str]) -> list[str]:
        """The broken promises. `acknowledged`: who was told that they had signed, by name, taken before this is called."""
        connection.close()  # the server may have been killed since
        self.looks += 1
        with consistency.snapshot():
            return [*self.lost(acknowledged), *half_there(), *self.log()]

    def lost(self, acknowledged: Mapping[str, str]) -> Iterator[str]:
        there = dict(Declaration.objects.values_list("reference", "person_name"))
        for name, reference in acknowledged.items():
            if there.get(reference) != name:
                yield f"lost: {name} was shown {reference}, which is {'another’s' if reference in there else 'not there'}"
        for name, count in Counter(there.values()).items():
            if count > 1:
                yield f"twice: {name} has {count} declarations"

    def log(self) -> Iterator[str]:
        log = Log.objects.get()
        yield from reconcile.differences(log=log)
        leaves = evidence.leaves(log)
        size, root = self.held
        if merkle.root(leaves[:size]) != root:
            yield f"the first {size} entries are not what they were"
        self.held = (len(leaves), merkle.root(leaves))


def half_there() -> Iterator[str]:
    """Declarations without their letter or context. (Without an entry, or an entry without them: `differences` says so.)"""
    whole = Declaration.objects.filter(emails__kind=Email.Kind.RECEIPT, context__isnull=False)
    for reference in Declaration.objects.exclude(pk__in=whole).values_list("reference", flat=True):
        yield f"half there: {reference} has no letter or no context"
