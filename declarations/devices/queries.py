"""Questions about permissions that several pages ask."""

import datetime as dt

from django.db.models import Exists, OuterRef, QuerySet

from declarations.devices.models import Permission
from declarations.signing.models.declaration import Declaration


def with_declaration(permissions: QuerySet[Permission], *, on: dt.date) -> QuerySet[Permission]:
    """Each with `holds` (the owner's declaration is in force) and `ever` (there is one at all)."""
    declarations = Declaration.objects.filter(person=OuterRef("owner"))
    return permissions.annotate(holds=Exists(declarations.in_force(on=on)), ever=Exists(declarations))
