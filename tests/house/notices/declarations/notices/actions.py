"""Reading a notice."""

import datetime as dt

from declarations.notices.models import Notice
from django.db import transaction

from declarations.evidence import log
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School


def read(*, person: Person, school: School, remark: str, at: dt.datetime) -> Notice:
    with transaction.atomic():
        notice = Notice.objects.create(school=school, person=person, remark=remark)
        log.append(school=school, kind="notice.read", at=at, by=person, facts={"notice": notice.pk, "person": log.who(person)})
        return notice
