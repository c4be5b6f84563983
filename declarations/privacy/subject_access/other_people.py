"""Other people, named by what they are at the school."""

from django.utils.translation import gettext as _

from declarations.evidence.canonical_json import Json
from declarations.organisation.models.person import Person, Role
from declarations.organisation.models.school import School
from declarations.privacy.personal_data import names_of

# Keys of log records that give somebody by number alone: who entered a paper, and to whom a reply goes.
NUMBERS = frozenset({"entered_by", "to"})


class OtherPeople:
    """What everybody else is at the school, in an answer to one person."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.school: School | None = person.school
        self.own_names = {name.casefold() for name in names_of(person)}
        self.headteachers = set(School.objects.filter(headteacher__isnull=False).values_list("headteacher", flat=True))
        self.roles: dict[int, set[str]] = {}
        for holder, name in Role.objects.exclude(person=person).values_list("person", "name"):
            self.roles.setdefault(holder, set()).add(name)

    def describe(self, number: int | None) -> str | None:
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

    def describe_address(self, email: str) -> str | None:
        """The person's own e-mail address as it is; another's by what its owner is."""
        if email.casefold() in self.own_names:
            return email
        owner = Person.objects.filter(email__iexact=email).values_list("pk", flat=True).first()
        return self.describe(owner) if owner else _("somebody else")

    def in_record(self, value: Json, key: str = "") -> Json:
        """A value of a log record, with everybody else by what they are."""
        match value:
            case {"id": int() as number, "name": str()} if number != self.person.pk:
                return {"who": self.describe(number)}
            case int() as number if key in NUMBERS and number != self.person.pk:
                return {"who": self.describe(number)}
            case dict():
                return {name: self.in_record(item, name) for name, item in value.items()}
            case list():
                return [self.in_record(item) for item in value]
        return value
