"""Makes Hillside School and Riverside School: each one's own words, and the story that both share."""

import datetime as dt
from pathlib import Path
from typing import NamedTuple

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F

from declarations.mail.models import Email
from declarations.management.demo import script
from declarations.management.demo.accounts import keep_accounts
from declarations.management.demo.story import Story
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.people.roles import grant_role
from declarations.policies import publishing
from declarations.policies.text import placeholders, sections
from declarations.schools.import_term_dates import enter_holidays

EMAILS_UNSENT = 8
# The first leaflet does not have this paragraph yet; the second, which everyone signs again, does.
NEW_PARAGRAPH = "When we say *phone*"
DRAFTED_CLAUSE = "- **A42** Ask IT support before you bring a smart speaker or a camera of your own into school.\n"
# The people to sign in as, and what each one shows.
SIGN_INS = {
    "ada@hillside.example": "teacher; has signed nothing",
    "ben@hillside.example": "teacher; has signed, and one device is waiting",
    "hilda@hillside.example": "Headteacher; Leadership",
    "omar@hillside.example": "assistant head; Leadership, with a device of his own waiting",
    "dora@hillside.example": "designated safeguarding lead; Leadership",
    "oscar@hillside.example": "chair of governors",
    "gita@hillside.example": "auditor",
    "ines@hillside.example": "IT technician; Administrator",
    "rosa@riverside.example": "headteacher of the other school; Leadership",
    "tara@trust.example": "of the trust, sees both schools; Leadership",
}


class Text(NamedTuple):
    title: str
    body: str


def exist() -> bool:
    """Whether the demo is in this database."""
    return School.objects.filter(slug__in=["hillside", "riverside"]).exists()


def make(*, at: dt.datetime, password: str, content: Path) -> None:
    """Make both schools with everything in them, or nothing at all; `content` is the folder of the starter texts."""
    hashed = make_password(password)
    texts = {document: starter(content / f"{document}.md") for document in ("leaflet", "aup")}
    with transaction.atomic():
        make_hillside(Story(script.read(content / "demo/hillside.toml"), at=at, hashed=hashed), texts)
        make_riverside(Story(script.read(content / "demo/riverside.toml"), at=at, hashed=hashed), texts)
        tara = Person.objects.create(
            email="tara@trust.example", password=hashed, full_name="Tara Kingsley", job_title="director of safeguarding of the trust"
        )
        grant_role(person=tara, name="leadership", by=None, at=at)
        # What was written in the story's past went in it; the last few are there to be looked at.
        last = list(Email.objects.order_by("-written_at", "-id").values_list("pk", flat=True)[:EMAILS_UNSENT])
        Email.objects.exclude(pk__in=last).update(sent_at=F("not_before"))


def starter(path: Path) -> Text:
    body = placeholders.read_text(path.read_bytes())
    return Text(sections.title_of(body) or path.stem, body)


def make_hillside(story: Story, texts: dict[str, Text]) -> None:
    school, calendar = story.school, story.calendar
    appoint(story, head="hilda", fallback="omar")
    story.grants(calendar.begun_at, "ines", "administrator")
    story.grants(calendar.corrected_at, "dora", "leadership", by="ines")
    story.grants(calendar.corrected_at, "dora", "dsl", by="ines")
    story.grants(calendar.corrected_at, "chidi", "deputy_dsl", by="ines")
    story.grants(calendar.begun_at, "oscar", "chair")
    story.grants(calendar.days_ago(20, "09:05"), "gita", "auditor", by="ines", days=45)
    first_and_revised(story, texts, by="hilda")

    def new_safeguarding_lead(at: dt.datetime) -> None:  # noqa: ARG001  # an act is given its moment
        school.dsl_contact = "Dora Fenwick, dsl@hillside.example, 01632 960111"
        school.save(update_fields=["dsl_contact"])

    story.then(calendar.corrected_at, new_safeguarding_lead)
    reason = "The new designated safeguarding lead’s name. No rule has changed, so nobody signs again."
    # Its review was due a few days ago: the front page says so, and publishing the draft below asks for a new approval.
    due = calendar.on - dt.timedelta(days=4)
    minute = f"{due.year}/21"
    aup = texts["aup"]
    story.publishes(calendar.corrected_at, "aup", *aup, by="hilda", reason=reason, sign_by=None, minute=minute, review_on=due)
    next_body = f"{texts['aup'].body.rstrip()}\n{DRAFTED_CLAUSE}"
    story.then(
        calendar.days_ago(3, "14:10"),
        lambda at: publishing.draft(school=school, document="aup", title=texts["aup"].title, body=next_body),  # noqa: ARG005  # as above
    )
    story.reads(calendar.days_ago(2, "12:45"), "liam", "leaflet", 4)
    everyone(story, by="hilda")


def make_riverside(story: Story, texts: dict[str, Text]) -> None:
    appoint(story, head="rosa", fallback="raj")
    story.grants(story.calendar.begun_at, "raj", "dsl")
    story.grants(story.calendar.begun_at, "greta", "chair")
    first_and_revised(story, texts, by="rosa")
    everyone(story, by="rosa")


def appoint(story: Story, *, head: str, fallback: str) -> None:
    """Name the headteacher, and who decides on the headteacher's devices; both are of the leadership."""
    story.school.headteacher, story.school.fallback_decider = story.people[head], story.people[fallback]
    story.school.save(update_fields=["headteacher", "fallback_decider"])
    for key in (head, fallback):
        story.grants(story.calendar.begun_at, key, "leadership")
    story.grants(story.calendar.begun_at, head, "headteacher")


def first_and_revised(story: Story, texts: dict[str, Text], *, by: str) -> None:
    """Publish both texts when the school began, and lately a leaflet that everyone signs again."""
    calendar = story.calendar
    title, body = texts["leaflet"]
    shorter = "\n\n".join(part for part in body.split("\n\n") if not part.startswith(NEW_PARAGRAPH))
    for document, text in (("leaflet", Text(title, shorter)), ("aup", texts["aup"])):
        story.publishes(calendar.begun_at, document, *text, by=by, reason="The first version.", sign_by=None)
    story.publishes(
        calendar.revised_at,
        "leaflet",
        title,
        body,
        by=by,
        reason="Smart watches and smart glasses now count as phones.",
        sign_by=calendar.on + dt.timedelta(days=12),
        minute=f"{calendar.on.year}/34",
        review_on=calendar.on + dt.timedelta(days=340),
    )


def everyone(story: Story, *, by: str) -> None:
    """Add the school's holidays, and tell what the script says of its people and their devices."""
    enter_holidays(school=story.school, days=story.calendar.holidays())
    for someone in story.script.people:
        story.says_as_planned(someone, by=by)
    for place, someone in enumerate(story.script.people):
        story.signs_as_planned(place, someone)
    for place, plan in enumerate(story.script.devices):
        story.asks(place, plan)
    keep_accounts(story, head=by)
    story.tell()


def set_password(password: str) -> None:
    """Give everybody of the demo this password, if they have another."""
    mine = Person.objects.filter(email__endswith=".example")
    known = mine.order_by("pk").first()
    if known is not None and not check_password(password, known.password):
        mine.update(password=make_password(password))
