"""Other people, taken out: who decided is named by what they are at the school, and free texts lose names and addresses."""

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from declarations.devices.models import DeviceAddress
from declarations.evidence.canonical_json import Json
from declarations.organisation.models.person import Person, Role
from declarations.organisation.models.school import School
from declarations.privacy import erasure
from declarations.signing.models.declaration import Declaration

SHORTEST_NAME = 3  # whoever is called “A” would take every A along
EMAIL = re.compile(r"[^\s<>()\[\],;:\"“”]+@[^\s<>()\[\],;:\"“”]+\.[^\s<>()\[\],;:\"“”.]+")
MAC = re.compile(r"(?<![0-9A-Fa-f:.-])[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}(?![0-9A-Fa-f:-])")


class Redactor:
    """Knows everybody else of the school and of the trust, by number, name and e-mail address, now and as they were."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.school: School | None = person.school
        self.own = {name.casefold() for name in erasure.names(person)}
        addresses = DeviceAddress.objects.filter(device__owner=person).values_list("address", flat=True)
        self.own_addresses = {address.upper() for address in addresses}
        self.headteachers = set(School.objects.filter(headteacher__isnull=False).values_list("headteacher", flat=True))
        self.roles: dict[int, set[str]] = {}
        for holder, name in Role.objects.exclude(person=person).values_list("person", "name"):
            self.roles.setdefault(holder, set()).add(name)
        self.others = pattern(self.names_of_others())

    def names_of_others(self) -> Iterable[str]:
        """Of everybody: somebody of another school may be named too, and nobody is told here who else there is."""
        yield from (name for pair in Person.objects.exclude(pk=self.person.pk).values_list("full_name", "email") for name in pair)
        signed = Declaration.objects.exclude(person=self.person).values_list("person_name", "person_email").distinct()
        yield from (name for pair in signed for name in pair)

    def who(self, number: int | None) -> str | None:
        """Somebody by what they are at the school, never by their name."""
        if number is None:
            return None
        if number == self.person.pk:
            return _("this person")
        roles = self.roles.get(number, set())
        if number in self.headteachers and self.school is not None:
            return _("the %(head)s") % {"head": self.school.label_headteacher}
        if Role.Name.LEADERSHIP in roles:
            return _("a member of the %(slt)s") % {"slt": self.school.label_slt if self.school else _("leadership")}
        if Role.Name.ADMINISTRATOR in roles:
            return _("an administrator")
        return _("somebody else of the school")

    def text(self, words: str) -> str:
        """The words without other people's names, e-mail and Wi-Fi addresses."""

        def but_own(match: re.Match[str], instead: str, own: set[str]) -> str:
            found = match.group()
            return found if found.casefold() in own or found.upper().replace("-", ":") in own else instead

        words = EMAIL.sub(lambda match: but_own(match, _("[an e-mail address]"), self.own), words)
        if self.others is not None:
            words = self.others.sub(lambda match: but_own(match, _("[another person]"), self.own), words)
        return MAC.sub(lambda match: but_own(match, _("[a Wi-Fi address]"), self.own_addresses), words)

    def numbers(self, record: dict[str, Json]) -> dict[str, Json]:
        """A record of the log, with those whom it gives by number alone: who entered a paper, and to whom a reply goes."""

        def shown(key: str, value: Json) -> Json:
            if isinstance(value, dict):
                return {inner: shown(inner, one) for inner, one in value.items()}
            other = key in {"entered_by", "to"} and isinstance(value, int) and value != self.person.pk
            return {"who": self.who(value)} if other and isinstance(value, int) else value

        return {key: shown(key, value) for key, value in record.items()}

    def json(self, value: Json) -> Json:
        """A record of the log: people in it by what they are, texts redacted."""
        match value:
            case {"id": int() as number, "name": str()} if number != self.person.pk:
                return {"who": self.who(number)}
            case dict():
                return {key: self.json(item) for key, item in value.items()}
            case list():
                return [self.json(item) for item in value]
            case str():
                return self.text(value)
            case _:
                return value


def pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """One pattern for all of them, the longest first, each as a whole word."""
    found = sorted({name for name in names if len(name) >= SHORTEST_NAME and name != erasure.GONE}, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, found))})(?!\w)", re.IGNORECASE) if found else None
