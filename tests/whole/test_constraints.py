"""Every named constraint refuses what it is named for, in plain SQL; the row without that one change is taken."""

from itertools import combinations
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, models, transaction

from declarations.devices.models import Permission
from declarations.evidence.models import Entry
from declarations.organisation.models.person import Person, Role
from declarations.policies.models import PolicyVersion
from tests.cast import Cast
from tests.rooms import of_rooms
from tests.whole.rows import AT, EARLIER, LATER, ON, bases, constraints, execute, insert, refused_by, update

# Constraint, the legal row, and what makes it illegal; names stand for the cast's people.
ILLEGAL = [
    ("provider_is_pinned", "provider", {"tenant": "1" * 36}),
    ("provider_is_pinned", "provider", {"kind": "facebook"}),
    ("provider_is_pinned", "microsoft", {"tenant": ""}),
    ("provider_is_whole", "provider", {"slug": ""}),
    ("provider_is_whole", "provider", {"client_id": ""}),
    ("provider_is_whole", "provider", {"domains": ""}),
    ("account_has_subject_and_email", "linked", {"subject": ""}),
    ("account_has_subject_and_email", "linked", {"email": ""}),
    ("account_end_is_whole", "linked", {"ended_by_id": "ines"}),
    ("tablet_closes_after_opening", "tablet", {"closes_at": AT}),
    ("tablet_closing_is_whole", "tablet", {"closed_at": LATER}),
    ("tablet_closing_is_whole", "tablet", {"closed_by_id": "ines"}),
    ("tablet_closing_is_whole", "closed tablet", {"closed_at": EARLIER}),
    ("code_is_given_by_another", "code", {"given_by_id": "ada"}),
    ("code_is_hashed_and_expires", "code", {"code_hash": ""}),
    ("code_is_hashed_and_expires", "code", {"expires_at": AT}),
    ("code_is_used_on_a_tablet_in_time", "code", {"used_at": AT}),
    ("code_is_used_on_a_tablet_in_time", "used code", {"used_at": LATER}),
    ("code_is_done_after_its_use", "code", {"done_at": LATER}),
    ("token_has_one_of_two_places", "token", {"slot": 0}),
    ("token_has_one_of_two_places", "token", {"slot": 3}),
    ("token_is_for_something_known", "token", {"only_for": "other"}),
    ("token_without_https_has_networks", "token", {"networks": ""}),
    ("token_expires_later", "token", {"expires_at": AT}),
    ("token_has_name_and_hash", "token", {"name": ""}),
    ("token_has_name_and_hash", "token", {"sha256": ""}),
    ("token_end_has_a_moment", "token", {"ended_by_id": "ines"}),
    ("network_vlan_exists", "network", {"vlan": 0}),
    ("network_vlan_exists", "network", {"vlan": 4095}),
    ("network_timeout_is_between_a_minute_and_a_day", "network", {"session_timeout": 59}),
    ("network_timeout_is_between_a_minute_and_a_day", "network", {"session_timeout": 86401}),
    ("network_seen_is_kept_a_year_at_most", "network", {"seen_days": 0}),
    ("network_seen_is_kept_a_year_at_most", "network", {"seen_days": 367}),
    ("controller_has_a_port", "controller", {"port": 0}),
    ("controller_has_a_port", "controller", {"port": 65536}),
    ("controller_has_name_and_secret", "controller", {"name": ""}),
    ("controller_has_name_and_secret", "controller", {"secret_name": ""}),
    ("seen_answer_is_known", "seen", {"reason": "maybe"}),
    ("seen_yes_is_about_a_device", "seen", {"device_id": None}),
    ("seen_yes_is_about_a_device", "seen", {"device_id": None, "reason": "lapsed"}),
    ("disconnect_answer_is_all_or_none", "disconnect", {"answer": "ack"}),
    ("disconnect_answer_is_all_or_none", "disconnect", {"told_at": AT, "answered_at": LATER}),
    ("disconnect_answer_follows_the_telling", "disconnect", {"told_at": LATER, "answered_at": AT, "answer": "ack"}),
    ("school_dates_exist_in_every_year", "school", {"opens_month": 2, "opens_day": 29}),
    ("school_dates_exist_in_every_year", "school", {"due_month": 2, "due_day": 30}),
    ("school_dates_exist_in_every_year", "school", {"lapses_month": 9, "lapses_day": 31}),
    ("school_dates_exist_in_every_year", "school", {"opens_month": 13}),
    ("school_dates_exist_in_every_year", "school", {"due_month": 0}),
    ("school_dates_exist_in_every_year", "school", {"lapses_day": 0}),
    ("school_dates_exist_in_every_year", "school", {"lapses_month": 1, "lapses_day": 32}),
    ("school_has_its_names", "school", {"name": ""}),
    ("school_has_its_names", "school", {"short_name": ""}),
    ("school_has_its_names", "school", {"slug": ""}),
    ("school_fallback_is_somebody_else", "school", {"headteacher_id": "hilda", "fallback_decider_id": "hilda"}),
    ("person_email_is_unique_in_any_case", "person", {"email": "ada@hillside.example"}),
    ("person_email_is_unique_in_any_case", "person", {"email": "ADA@Hillside.Example"}),
    ("person_has_a_name", "person", {"full_name": ""}),
    ("person_leaves_after_starting", "person", {"starts_on": ON, "leaves_on": EARLIER.date().replace(day=1)}),
    ("role_is_not_granted_to_oneself", "role", {"granted_by_id": "ada"}),
    ("role_of_auditor_has_an_end", "role", {"name": "auditor"}),
    ("role_removal_is_whole", "role", {"removed_by_id": "ines"}),
    ("role_is_known", "role", {"name": "superuser"}),
    ("policy_is_published_wholly_or_not", "draft", {"published_at": AT}),
    ("policy_is_published_wholly_or_not", "draft", {"published_by_id": "hilda"}),
    ("policy_is_published_wholly_or_not", "draft", {"body": "Words"}),
    ("policy_is_published_wholly_or_not", "draft", {"sha256": "0" * 64}),
    ("policy_is_published_wholly_or_not", "published", {"published_at": None}),
    ("policy_is_published_wholly_or_not", "published", {"published_by_id": None}),
    ("policy_is_published_wholly_or_not", "published", {"effective_from": None}),
    ("policy_is_published_wholly_or_not", "published", {"body": ""}),
    ("policy_is_published_wholly_or_not", "published", {"sha256": ""}),
    ("policy_is_published_wholly_or_not", "published", {"publish_reason": ""}),
    ("policy_aup_has_statement_and_confirmations", "published aup", {"statement": ""}),
    ("policy_aup_has_statement_and_confirmations", "published aup", {"confirmations": []}),
    ("policy_sign_by_follows_effective_from", "published", {"effective_from": ON, "sign_by": ON.replace(day=22)}),
    ("policy_sign_by_follows_effective_from", "draft", {"effective_from": ON, "sign_by": ON.replace(day=22)}),
    ("policy_document_is_known", "draft", {"document": "letter"}),
    ("declaration_is_whole", "declaration", {"typed_name": ""}),
    ("declaration_is_whole", "declaration", {"statement": ""}),
    ("declaration_is_whole", "declaration", {"person_name": ""}),
    ("declaration_is_whole", "declaration", {"confirmations": []}),
    ("declaration_lapses_after_signing", "declaration", {"signed_on": ON, "lapses_on": ON}),
    ("log_has_a_name", "log", {"origin": ""}),
    ("entry_has_a_kind", "entry", {"kind": ""}),
    ("checkpoint_says_something", "checkpoint", {"note": ""}),
    ("checkpoint_says_something", "checkpoint", {"size": 0}),
    ("erasure_has_a_reason", "erasure", {"reason": ""}),
    ("letter_tells_of_something", "receipt", {"declaration_id": None}),
    ("letter_tells_of_something", "receipt", {"kind": "checkpoint"}),
    ("letter_tells_of_something", "receipt", {"kind": "reminder"}),
    ("letter_tells_of_something", "receipt", {"kind": "decision"}),
    ("letter_tells_of_something", "receipt", {"kind": "reply"}),
    ("letter_tells_of_something", "receipt", {"kind": "answer"}),
    ("letter_tells_of_something", "reminder letter", {"person_id": None}),
    ("letter_tells_of_something", "reminder letter", {"on": None}),
    ("letter_is_sent_or_dropped", "receipt", {"sent_at": LATER, "dropped_at": LATER}),
    ("reminder_has_an_occasion", "reminder", {"key": ""}),
    ("holiday_has_a_name", "holiday", {"name": ""}),
    ("holiday_ends_after_it_began", "holiday", {"last_on": ON.replace(day=22)}),
    ("job_has_a_name", "job", {"name": ""}),
    ("reply_says_what_and_why", "reply", {"reason": ""}),
    ("reply_says_what_and_why", "reply", {"kind": "maybe"}),
    ("reply_answer_is_all_or_none", "reply", {"answer": "Let us talk."}),
    ("reply_answer_is_all_or_none", "reply", {"answered_by_id": "omar", "answered_at": LATER}),
    ("reply_answer_is_all_or_none", "reply", {"answered_by_id": "omar", "answer": "Let us talk."}),
    ("reply_answer_is_all_or_none", "reply", {"answered_at": LATER, "answer": "Let us talk."}),
    ("reply_answer_is_all_or_none", "answered reply", {"answered_at": EARLIER}),
    ("reply_is_answered_by_another", "answered reply", {"answered_by_id": "ada"}),
    ("reply_is_answered_by_another", "reply", {"said_to_id": "ada"}),
    ("exemption_has_a_reason_and_an_end", "exemption", {"reason": ""}),
    ("exemption_has_a_reason_and_an_end", "exemption", {"until": ON.replace(day=22)}),
    ("exemption_is_about_another", "exemption", {"granted_by_id": "ada"}),
    ("exemption_is_about_another", "ended exemption", {"ended_by_id": "ada"}),
    ("exemption_end_is_whole", "exemption", {"ended_by_id": "omar"}),
    ("exemption_end_is_whole", "ended exemption", {"ended_at": EARLIER}),
    ("paper_was_sighted_and_filed", "paper", {"sighted_by": ""}),
    ("paper_was_sighted_and_filed", "paper", {"filed_where": ""}),
    ("paper_scan_is_all_or_none", "paper", {"scan": None}),
    ("paper_scan_is_all_or_none", "paper", {"scan_type": ""}),
    ("paper_scan_is_all_or_none", "paper", {"scan_type": "text/html"}),
    ("paper_scan_is_all_or_none", "paper", {"scan_sha256": ""}),
    ("letter_tells_of_something", "receipt", {"kind": "invitation"}),
    ("change_has_kind_and_salt", "change", {"kind": ""}),
    ("change_has_kind_and_salt", "change", {"salt": ""}),
    ("change_is_settled_whole", "change", {"settled_with": "refused"}),
    ("change_is_settled_whole", "confirmed change", {"settled_at": None}),
    ("change_is_settled_whole", "confirmed change", {"settled_at": EARLIER}),
    ("change_is_settled_whole", "confirmed change", {"settled_by_id": None}),
    ("change_is_settled_whole", "confirmed change", {"settled_with": "maybe"}),
    ("change_is_confirmed_by_a_second_person", "confirmed change", {"settled_by_id": "omar"}),
    ("change_is_confirmed_by_a_second_person", "confirmed change", {"settled_by_id": "ada"}),
    ("change_is_confirmed_by_themself", "confirmed change", {"settled_with": "address"}),
    ("change_is_confirmed_by_themself", "confirmed change", {"settled_with": "session"}),
    ("staff_list_file_goes_when_confirmed", "list", {"content": None}),
    ("staff_list_file_goes_when_confirmed", "list", {"changes": []}),
    ("staff_list_file_goes_when_confirmed", "list", {"confirmed_by_id": "ines"}),
    ("staff_list_file_goes_when_confirmed", "imported list", {"content": b"Name"}),
    ("staff_list_undoing_is_whole", "imported list", {"undone_by_id": "ines"}),
    ("staff_list_undoing_is_whole", "undone list", {"changes": []}),
    ("staff_list_undoing_is_whole", "undone list", {"undone_at": EARLIER}),
    ("staff_list_has_its_hash", "list", {"sha256": ""}),
    ("invitation_has_its_hash", "invitation", {"sha256": ""}),
    ("invitation_has_its_hash", "invitation", {"salt": ""}),
    ("invitation_expires_later", "invitation", {"expires_at": AT}),
    ("invitation_is_accepted_in_time", "accepted invitation", {"ended_at": AT}),
    ("invitation_is_accepted_in_time", "accepted invitation", {"accepted_at": LATER}),
    ("invitation_is_accepted_in_time", "accepted invitation", {"accepted_at": EARLIER}),
    ("device_has_make_and_model", "device", {"make_and_model": ""}),
    ("device_kind_is_known", "device", {"kind": "fridge"}),
    ("address_ends_after_it_began", "address", {"ended_at": EARLIER}),
    ("permission_is_asked_by_its_owner_or_renewed", "asked", {"asked_by_id": "hilda"}),
    ("permission_is_asked_by_its_owner_or_renewed", "renewal", {"renews_id": None}),
    ("permission_is_asked_by_its_owner_or_renewed", "renewal", {"asked_by_id": "ada"}),
    ("permission_is_asked_by_its_owner_or_renewed", "renewal", {"asked_by_id": "omar"}),
    ("permission_is_asked_by_its_owner_or_renewed", "renewal",
     {"decided_by_id": None, "decided_at": None, "approved": None, "until": None}),
    ("permission_is_renewed_by_another", "renewed", {"ended_by_id": "ada"}),
    ("permission_is_renewed_by_another", "withdrawn undecided", {"ended_because": "renewed", "ended_by_id": "omar"}),
    ("permission_says_what_for", "asked", {"reason": ""}),
    ("permission_is_not_decided_by_its_owner", "approved", {"decided_by_id": "ada"}),
    ("permission_is_not_decided_by_its_owner", "declined", {"decided_by_id": "ada"}),
    ("permission_approved_has_an_end_declined_a_reason", "approved", {"until": None}),
    ("permission_approved_has_an_end_declined_a_reason", "declined", {"decision_note": ""}),
    ("permission_approved_has_an_end_declined_a_reason", "declined", {"until": ON}),
    ("permission_approved_has_an_end_declined_a_reason", "declined", {"conditions": "Staff room"}),
    ("permission_approved_has_an_end_declined_a_reason", "asked", {"until": ON}),
    ("permission_approved_has_an_end_declined_a_reason", "asked", {"conditions": "Staff room"}),
    ("permission_approved_has_an_end_declined_a_reason", "asked", {"decision_note": "Hm"}),
    ("permission_end_is_all_or_none_and_never_after_a_no", "declined",
     {"ended_by_id": "ada", "ended_at": LATER, "ended_because": "withdrawn"}),
    ("permission_end_is_all_or_none_and_never_after_a_no", "asked", {"ended_note": "Hm"}),
    ("permission_is_revoked_with_a_reason_by_another", "revoked", {"ended_note": ""}),
    ("permission_is_revoked_with_a_reason_by_another", "revoked", {"ended_by_id": "ada"}),
    ("permission_is_revoked_with_a_reason_by_another", "withdrawn undecided",
     {"ended_because": "revoked", "ended_by_id": "omar", "ended_note": "Never approved"}),
    ("permission_is_withdrawn_by_its_owner", "withdrawn", {"ended_by_id": "hilda"}),
    ("permission_is_withdrawn_by_its_owner", "withdrawn undecided", {"ended_by_id": "hilda"}),
    ("permission_ending_is_known", "withdrawn", {"ended_because": "forgotten"}),
    ("permission_times_run_forwards", "approved", {"decided_at": EARLIER}),
    ("permission_times_run_forwards", "withdrawn undecided", {"ended_at": EARLIER}),
    # What was withdrawn first is not decided afterwards.
    ("permission_times_run_forwards", "withdrawn", {"ended_at": AT}),
    ("suspension_is_lifted_wholly_or_not", "suspension", {"lifted_at": LATER}),
    ("suspension_is_lifted_wholly_or_not", "suspension", {"lifted_by_id": "hilda"}),
]  # fmt: skip
DECISION = ("decided_by_id", "decided_at", "approved")
ENDING = ("ended_by_id", "ended_at", "ended_because")
HALVES = [some for size in (1, 2) for some in combinations(range(3), size)]
ILLEGAL += [
    ("permission_decision_is_all_or_none", "asked",
     {DECISION[i]: ("hilda", LATER, True)[i] for i in half} | ({"until": ON} if 2 in half else {}))
    for half in HALVES
]  # fmt: skip
ILLEGAL += [
    ("permission_end_is_all_or_none_and_never_after_a_no", "asked", {ENDING[i]: ("ada", LATER, "withdrawn")[i] for i in half})
    for half in HALVES
]
ILLEGAL += [
    ("retention_addresses_are_kept_a_year_at_most", "retention", {"address_weeks": 0}),
    ("retention_addresses_are_kept_a_year_at_most", "retention", {"address_weeks": 53}),
    ("retention_years_are_forty_at_most", "retention", {"years_after_leaving": 0}),
    ("retention_years_are_forty_at_most", "retention", {"years_after_leaving": 41}),
    ("hold_has_a_reason", "hold", {"reason": ""}),
    ("hold_end_is_all_or_none", "hold", {"ended_by_id": "omar"}),
    ("hold_end_is_all_or_none", "hold", {"ended_at": LATER}),
    ("hold_end_is_all_or_none", "ended hold", {"ended_at": EARLIER}),
    ("hold_is_the_doing_of_another", "hold", {"placed_by_id": "ada"}),
    ("hold_is_the_doing_of_another", "ended hold", {"ended_by_id": "ada"}),
    ("disposal_kind_is_known", "disposal", {"kind": "everything"}),
    ("disposal_is_of_the_past", "disposal", {"before_at": LATER}),
]
ILLEGAL += [
    ("retention_months_are_seven_years_at_most", "retention", {f"{kind}_months": months})
    for kind in ("context", "exemption", "reply", "letter", "note")
    for months in (0, 85)
]

# Constraint, the row that may be there once, and what makes a second one legal beside it.
ONCE = [
    ("role_is_held_once", "role", {"removed_at": LATER}),
    ("role_is_held_once", "role", {"name": "administrator"}),
    ("policy_number_is_used_once", "published", {"number": 93}),
    ("policy_has_one_draft", "draft", {"document": "aup"}),
    ("section_is_first_read_once", "section read", {"section_key": "lunch"}),
    (
        "declaration_is_signed_once_a_version_and_year",
        "declaration",
        {"school_year": 2031, "reference": "0000-0000-0000-0002", "entry_id": 1},
    ),
    ("checkpoint_of_a_size_is_made_once", "checkpoint", {"size": 2}),
    ("certificate_is_logged_once_a_file", "issued", {"sha256": "1" * 64, "logged_as_id": 1}),
    ("address_has_one_live_owner", "address", {"ended_at": LATER}),
    ("permission_waits_once_a_device", "asked", {"ended_by_id": "ada", "ended_at": LATER, "ended_because": "withdrawn"}),
    ("device_is_suspended_once_at_a_time", "suspension", {"lifted_by_id": "hilda", "lifted_at": LATER}),
    ("token_two_are_live_at_most", "token", {"slot": 2, "sha256": "2" * 64}),
    ("token_two_are_live_at_most", "token", {"ended_at": LATER, "sha256": "2" * 64}),
    ("controller_is_named_once", "controller", {"port": 3800}),
    ("hold_is_one_at_a_time", "hold", {"ended_by_id": "omar", "ended_at": LATER}),
    ("seen_is_the_last_of_an_address", "seen", {"address": "3C:22:FB:00:00:97"}),
    ("disconnect_is_asked_once_at_a_time", "disconnect", {"gave_up_at": LATER}),
    ("clash_is_told_once", "clash", {"address": "3C:22:FB:00:00:97"}),
    ("reply_waits_once_a_person", "reply", {"person_id": "ben"}),
    ("reply_waits_once_a_person", "reply", {"answer": "Let us talk.", "answered_by_id": "omar", "answered_at": LATER}),
    ("exemption_is_one_at_a_time", "exemption", {"ended_at": LATER}),
    ("reminder_is_one_message_a_day", "reminder letter", {"on": ON.replace(day=24)}),
    ("reminder_of_an_occasion_is_made_once", "reminder", {"key": "sign 2026-09-08 +3"}),
    ("holiday_is_entered_once", "holiday", {"first_on": ON.replace(day=20)}),
    ("account_is_one_persons", "linked", {"ended_at": LATER}),
    ("account_is_one_a_person", "linked", {"ended_at": LATER}),
    ("person_staff_number_is_unique_in_a_school", "numbered person", {"email": "newer@hillside.example", "staff_number": "N2"}),
    ("person_staff_number_is_unique_in_a_school", "numbered person", {"email": "newer@hillside.example", "school_id": "riverside"}),
    ("staff_list_waits_once_a_school", "list", {"school_id": "riverside"}),
    ("staff_list_waits_once_a_school", "list", {"content": None, "confirmed_at": AT}),
    ("invitation_is_one_at_a_time", "invitation", {"ended_at": AT, "salt": "2" * 32, "sha256": "2" * 64}),
    ("invitation_is_one_at_a_time", "invitation", {"person_id": "ben", "salt": "2" * 32, "sha256": "2" * 64}),
]
# What must differ so that only the constraint in question can refuse the second row.
ONLY = {
    "policy_has_one_draft": {"number": 95},
    "declaration_is_signed_once_a_version_and_year": {"reference": "0000-0000-0000-0003", "entry_id": 2},
    "certificate_is_logged_once_a_file": {"logged_as_id": 1},
    "token_two_are_live_at_most": {"sha256": "1" * 64},
    "account_is_one_persons": {"person_id": "ben"},
    "account_is_one_a_person": {"subject": "8"},
    "person_staff_number_is_unique_in_a_school": {"email": "newest@hillside.example"},
    "invitation_is_one_at_a_time": {"salt": "1" * 32, "sha256": "1" * 64},
}
BASES = ["school", "person", "role", "draft", "published", "published aup", "section read", "declaration", "device", "address", "asked",
         "approved", "declined", "withdrawn undecided", "withdrawn", "revoked", "suspension", "lifted", "log", "entry", "checkpoint",
         "issued", "erasure", "receipt", "token", "ended token", "network", "controller", "seen", "disconnect",
         "answered disconnect", "clash", "renewed", "renewal", "review", "reply", "answered reply", "exemption", "ended exemption",
         "paper", "reminder letter", "reminder", "holiday", "job", "retention", "hold", "ended hold", "disposal", "provider", "microsoft",
         "linked", "unlinked", "tablet", "closed tablet", "code", "used code", "done code",
         "change", "confirmed change",
         "list", "imported list", "undone list", "invitation", "accepted invitation", "ended invitation", "numbered person"]  # fmt: skip


def named(cast: Cast, facts: dict) -> dict:
    """Names of the cast as their ids, and positions of Hillside's log as the ids of their entries."""
    return {column: id_of(cast, column, value) for column, value in facts.items()}


def id_of(cast: Cast, column: str, value: Any) -> Any:
    if column in {"entry_id", "logged_as_id"}:
        return Entry.objects.get(log__school=cast.hillside, position=value).pk
    return getattr(cast, value).pk if column.endswith("_id") and value else value


@pytest.mark.parametrize(("constraint", "base", "change"), ILLEGAL, ids=[f"{name}-{'-'.join(change)}" for name, _, change in ILLEGAL])
def test_it_refuses_what_it_is_named_for(cast: Cast, constraint, base, change):
    model, facts = bases(cast)[base]
    with refused_by(constraint):
        insert(model, facts | named(cast, change))
    insert(model, facts)


@pytest.mark.parametrize("base", BASES)
def test_the_rows_that_the_tests_change_are_legal(cast: Cast, base):
    assert list(bases(cast)) == BASES
    model, facts = bases(cast)[base]
    assert model._default_manager.filter(pk=insert(model, facts)).exists()


@pytest.mark.parametrize(("constraint", "base", "other"), ONCE, ids=[name for name, _, _ in ONCE])
def test_there_is_one_at_a_time(cast: Cast, constraint, base, other):
    model, facts = bases(cast)[base]
    insert(model, facts)
    with refused_by(constraint):
        insert(model, facts | named(cast, ONLY.get(constraint, {})))
    insert(model, facts | named(cast, other))


def test_no_constraint_is_left_out():
    elsewhere = {"entry_position_is_used_once", "receipt_is_written_once_a_declaration"}  # the guard of entries; the test below
    for module in of_rooms("facts"):
        elsewhere |= module.CONSTRAINTS
    assert {name for name, _, _ in [*ILLEGAL, *ONCE]} | elsewhere == set(constraints())


def test_a_declaration_has_one_receipt_and_letters_of_other_kinds(cast: Cast):
    model, facts = bases(cast)["receipt"]
    insert(model, facts)
    with refused_by("receipt_is_written_once_a_declaration"):
        insert(model, facts)
    checkpoint = insert(*bases(cast)["checkpoint"])
    insert(model, facts | {"kind": "checkpoint", "checkpoint_id": checkpoint})


def test_several_people_have_no_e_mail(cast: Cast):
    model, facts = bases(cast)["person"]
    insert(model, facts | {"email": ""})
    insert(model, facts | {"email": ""})


def test_a_permission_is_renewed_once(cast: Cast):
    model, facts = bases(cast)["renewal"]
    insert(model, facts)
    with pytest.raises(IntegrityError, match="renews"), transaction.atomic():
        insert(model, facts)


def test_two_schools_may_each_hold_an_address(cast: Cast):
    model, facts = bases(cast)["address"]
    insert(model, facts)
    device, of_rita = bases(cast)["device"]
    there = {"school_id": cast.riverside.pk}
    rita = insert(device, of_rita | there | {"owner_id": cast.rita.pk})
    insert(model, facts | there | {"device_id": rita})
    with refused_by("address_has_one_live_owner"):
        insert(model, facts | there | {"device_id": rita})


# The same, through .update() on rows that are there.
@pytest.mark.parametrize(
    ("constraint", "facts"),
    [
        ("permission_is_not_decided_by_its_owner", {"decided_by_id": "ben", "decided_at": LATER, "approved": True, "until": ON}),
        ("permission_is_not_decided_by_its_owner",
         {"decided_by_id": "ben", "decided_at": LATER, "approved": False, "decision_note": "No."}),
        ("permission_decision_is_all_or_none", {"decided_by_id": "hilda", "approved": True, "until": ON}),
        ("permission_decision_is_all_or_none", {"decided_at": LATER, "approved": True, "until": ON}),
        ("permission_decision_is_all_or_none", {"decided_by_id": "hilda", "decided_at": LATER}),
        ("permission_approved_has_an_end_declined_a_reason", {"decided_by_id": "hilda", "decided_at": LATER, "approved": True}),
        ("permission_approved_has_an_end_declined_a_reason", {"decided_by_id": "hilda", "decided_at": LATER, "approved": False}),
        ("permission_is_revoked_with_a_reason_by_another",
         {"decided_by_id": "hilda", "decided_at": LATER, "approved": True, "until": ON, "ended_by_id": "ben", "ended_at": LATER,
          "ended_because": "revoked", "ended_note": "Mine"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("how", ["sql", "queryset"])
def test_a_waiting_request_is_not_decided_wrongly(cast: Cast, constraint, facts, how):
    waiting = Permission.objects.get(owner=cast.ben)
    at = waiting.asked_at
    facts = {column: at if value == LATER else value for column, value in named(cast, facts).items()}
    with refused_by(constraint):
        change(Permission, waiting.pk, facts, how)
    change(Permission, waiting.pk, {"decided_by_id": cast.hilda.pk, "decided_at": at, "approved": True, "until": ON}, how)


@pytest.mark.parametrize("how", ["sql", "queryset"])
def test_what_was_withdrawn_first_is_not_decided(cast: Cast, how):
    waiting = Permission.objects.get(owner=cast.ben)
    withdrawn_at = waiting.asked_at
    change(Permission, waiting.pk, {"ended_by_id": cast.ben.pk, "ended_at": withdrawn_at, "ended_because": "withdrawn"}, how)
    decided_at = withdrawn_at + (LATER - AT)
    with refused_by("permission_times_run_forwards"):
        change(Permission, waiting.pk, {"decided_by_id": cast.hilda.pk, "decided_at": decided_at, "approved": True, "until": ON}, how)


@pytest.mark.parametrize("how", ["sql", "queryset"])
def test_a_draft_is_not_published_half(cast: Cast, how):
    model, facts = bases(cast)["draft"]
    pk = insert(model, facts)
    whole = {"published_at": AT, "published_by_id": cast.hilda.pk, "effective_from": ON, "body": "Words", "sha256": "0" * 64,
             "publish_reason": "First"}  # fmt: skip
    for missing in whole:
        with refused_by("policy_is_published_wholly_or_not"):
            change(PolicyVersion, pk, {column: value for column, value in whole.items() if column != missing}, how)
    change(PolicyVersion, pk, whole, how)


@pytest.mark.parametrize("how", ["sql", "queryset"])
def test_a_person_does_not_take_anothers_address_by_a_change(cast: Cast, how):
    with refused_by("person_email_is_unique_in_any_case"):
        change(Person, cast.ada.pk, {"email": "BEN@hillside.EXAMPLE"}, how)
    change(Person, cast.ada.pk, {"email": "ADA@hillside.example"}, how)


@pytest.mark.parametrize("how", ["sql", "queryset"])
def test_a_role_comes_back_only_as_a_new_row(cast: Cast, how):
    role = Role.objects.get(person=cast.hilda)
    change(Role, role.pk, {"removed_at": LATER, "removed_by_id": cast.ines.pk}, how)
    with refused_by("role: what is written once does not change"):
        change(Role, role.pk, {"removed_at": None, "removed_by_id": None}, how)


def change(model: type[models.Model], pk: int, facts: dict, how: str) -> None:
    if how == "sql":
        update(model, pk, facts)
    else:
        assert model._default_manager.filter(pk=pk).update(**facts) == 1


@pytest.mark.parametrize(
    ("base", "status"),
    [
        ("asked", "requested"),
        ("approved", "approved"),
        ("declined", "declined"),
        ("withdrawn undecided", "withdrawn"),
        ("withdrawn", "withdrawn"),
        ("revoked", "revoked"),
        ("renewed", "renewed"),
        ("renewal", "approved"),
    ],
)
def test_the_status_follows_from_the_facts(cast: Cast, base, status):
    model, facts = bases(cast)[base]
    pk = insert(model, facts)
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM declarations_permission WHERE id = %s", [pk])
        assert cursor.fetchone() == (status,)
    assert Permission.objects.get(pk=pk).status == status
    with pytest.raises(DatabaseError, match=r"status|GENERATED"), transaction.atomic():
        execute("UPDATE declarations_permission SET status = 'approved' WHERE id = %s", pk)


def test_the_status_follows_a_change(cast: Cast):
    waiting = Permission.objects.get(owner=cast.ben)
    assert waiting.status == "requested"
    at = waiting.asked_at
    update(Permission, waiting.pk, {"decided_by_id": cast.hilda.pk, "decided_at": at, "approved": True, "until": ON})
    waiting.refresh_from_db()
    assert waiting.status == "approved"
    update(Permission, waiting.pk, {"ended_by_id": cast.ben.pk, "ended_at": at, "ended_because": "withdrawn"})
    waiting.refresh_from_db()
    assert waiting.status == "withdrawn"
