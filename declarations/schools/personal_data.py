"""The personal data in a school's settings: people with tasks, and contacts in its texts."""

from declarations.organisation.models.holiday import Holiday
from declarations.organisation.models.school import School
from declarations.web.capability import PersonalData

CONTACTS = ("dsl_contact", "dsl_deputies", "child_protection_contact", "it_contact", "data_protection_contact", "checkpoint_recipients")

PERSONAL_DATA = (
    PersonalData(
        model=School,
        acts={"headteacher": "", "fallback_decider": "", "listener": ""},
        free_text=CONTACTS,
        contacts=CONTACTS,
        fixed=(
            "name", "short_name", "slug", "label_slt", "label_headteacher", "label_dsl", "designated_areas", "email_domains", "time_zone",
        ),
        school="pk",
        label=lambda school, _person: str(school),
        place=lambda school: f"{school}: settings",
    ),
    PersonalData(model=Holiday, free_text=("name",)),
)  # fmt: skip
