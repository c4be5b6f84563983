"""The personal data of accounts: who keeps them, and who did what about them."""

from declarations.social_media.models.abuse import AbuseRecord
from declarations.social_media.models.account import SchoolAccount
from declarations.social_media.models.history import AccountQuestion, AccountReview, AccountSuspension, Keeper
from declarations.web.capability import PersonalData

PERSONAL_DATA = (
    PersonalData(
        model=SchoolAccount,
        acts={
            "proposed_by": "started_at",
            "decided_by": "decided_at",
            "live_by": "live_at",
            "closed_by": "closed_at",
        },
        free_text=(
            "name", "other_platform", "address", "purpose", "audience", "posts", "comments_checked", "messages_watched_by",
            "consent_checked_by", "links_checked", "technical_risks_by", "teaching_risks_by", "data_protection", "at_the_end",
            "conditions", "decision_note", "age_answer", "sign_in_removed_by",
        ),
        fixed=("registered_email",),
    ),
    PersonalData(
        model=Keeper,
        about=("person",),
        acts={"added_by": "added_at", "ended_by": "ended_at", "handed_to": "ended_at"},
        school="account__school",
    ),
    PersonalData(
        model=AccountQuestion,
        acts={"asked_by": "asked_at", "answered_by": "answered_at"},
        free_text=("question", "answer"),
        school="account__school",
    ),
    PersonalData(model=AccountReview, acts={"reviewed_by": "reviewed_at"}, free_text=("conditions",), school="account__school"),
    PersonalData(
        model=AccountSuspension,
        acts={"suspended_by": "suspended_at", "lifted_by": "lifted_at"},
        free_text=("reason",),
        school="account__school",
    ),
    PersonalData(
        model=AbuseRecord,
        acts={
            "recorded_by": "recorded_at",
            "removed_by": "removed_at",
            "reported_by": "reported_at",
            "reported_to": "acknowledged_at",
        },
        free_text=("what", "shown_as", "text", "why_not_removed"),
        fixed=("address",),
        school="account__school",
    ),
)  # fmt: skip
