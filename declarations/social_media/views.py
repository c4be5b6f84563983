"""Accounts: what is ours, what is mine to do, and each account with its history. A GET shows; only a POST changes anything."""

from dataclasses import replace

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from declarations.common.errors import RefusedError
from declarations.social_media import rules
from declarations.social_media.actions import proposal
from declarations.social_media.acts import ACTS, BY_NAME, Actor, form_of
from declarations.social_media.forms import AccountForm
from declarations.social_media.models.account import SchoolAccount
from declarations.social_media.queries import colleagues, deciders, in_words, of_school, to_do
from declarations.web import reauthentication
from declarations.web.decorators import StaffRequest, staff

shown_or_sent = require_http_methods(["GET", "HEAD", "POST"])


@staff
@require_safe
def accounts(request: StaffRequest) -> HttpResponse:
    """The school's accounts with their keepers, and what this person has to do."""
    rows = list(of_school(request.school, on=request.on, person=request.person).select_related("school").prefetch_related("keepers"))
    mine = to_do(rows, person=request.person, school=request.school, at=request.at)
    return render(request, "social_media/accounts.html", {"rows": [in_words(row) for row in rows], "mine": [in_words(row) for row in mine]})


@staff
@shown_or_sent
def propose(request: StaffRequest, *, found_live: bool) -> HttpResponse:
    """A new account, or one that exists."""
    return drafted(request, None, found_live=found_live)


@staff
@shown_or_sent
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """One's own draft, until it is sent."""
    drafts = SchoolAccount.objects.filter(school=request.school, proposed_by=request.person, proposed_at__isnull=True)
    account = get_object_or_404(drafts, pk=pk)
    return drafted(request, account, found_live=account.found_live)


def drafted(request: StaffRequest, account: SchoolAccount | None, *, found_live: bool) -> HttpResponse:
    """The form of a draft: kept whatever is missing, and sent if that was asked for."""
    kept = account.keepers.values_list("person", flat=True) if account else [request.person.pk]
    form = AccountForm(
        request.POST if request.method == "POST" else None,
        instance=account,
        initial={"keepers": list(kept)},
        colleagues=colleagues(request.school, on=request.on),
        domains=request.school.email_domains,
    )
    if request.method == "POST" and form.is_valid():
        facts = {**form.cleaned_data, "found_live": found_live}
        try:
            account = proposal.save_draft(by=request.person, keepers=facts.pop("keepers"), facts=facts, at=request.at, account=account)
            if request.POST.get("do") != "send":
                messages.success(request, _("Saved as a draft. Only you see it until you send it."))
                return redirect("account_edit", account.pk)
            proposal.send(account=account, by=request.person, at=request.at)
        except RefusedError as refused:
            form.add_error(refused.code if refused.code in form.fields else None, str(refused))
        else:
            messages.success(request, _("Sent. The headteacher decides, and you see the decision here."))
            return redirect("account", account.pk)
    context = {"form": form, "account": account, "found_live": found_live}
    return render(request, "social_media/edit.html", context)


def seen(request: StaffRequest, pk: int) -> Actor:
    """The account as this person sees it; a 404 for another school's, or somebody else's draft."""
    visible = of_school(request.school, on=request.on, person=request.person).select_related("school", "proposed_by", "decided_by")
    return Actor(get_object_or_404(visible, pk=pk), request.person, request.at)


@staff
@require_safe
def account(request: StaffRequest, pk: int) -> HttpResponse:
    """An account with its facts and its history, and what this person can do."""
    actor = seen(request, pk)
    if actor.account.proposed_at is None:
        return redirect("account_edit", pk)
    is_waiting = getattr(actor.account, "state", "") in rules.WAITING
    facts = AccountForm(instance=actor.account, colleagues=colleagues(request.school, on=request.on), domains="")
    context = {
        **in_words(actor.account),
        "shown": [(field.label, shown_value(actor.account, field.name)) for field in facts if field.name != "keepers"],
        "keepers": actor.account.keepers.select_related("person", "handed_to"),
        "questions": actor.account.questions.select_related("asked_by", "answered_by"),
        "reviews": actor.account.reviews.select_related("reviewed_by"),
        "suspensions": actor.account.suspensions.select_related("suspended_by", "lifted_by"),
        "is_waiting": is_waiting,
        "deciders": deciders(actor.account, at=request.at) if is_waiting else [],
        "acts": [act for act in ACTS if act.is_open(actor)],
    }
    return render(request, "social_media/account.html", context)


def shown_value(account: SchoolAccount, name: str) -> object:
    """The value of a field in words; "" if there is none."""
    value = getattr(account, f"get_{name}_display", lambda: getattr(account, name))()
    return {True: _("yes"), False: _("no"), None: ""}.get(value, value) if value is None or isinstance(value, bool) else value


@staff
@shown_or_sent
def act(request: StaffRequest, pk: int, *, name: str) -> HttpResponse:
    """One thing that is done with an account; a 403 for whoever may not, or if it is too late.

    What a role allows asks for the second factor first, as everywhere; a keeper without it does what keepers do.
    """
    actor, chosen = seen(request, pk), BY_NAME[name]
    if not chosen.is_open(actor):
        raise PermissionDenied
    if request.withheld and not chosen.is_open(replace(actor, is_withheld=True)):
        return reauthentication.towards_second_factor(request, request.person)
    form = form_of(chosen, actor, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            chosen.do(actor, form.cleaned_data)
        except RefusedError as refused:
            form.add_error(refused.code if refused.code in form.fields else None, str(refused))
        else:
            messages.success(request, str(chosen.done))
            return redirect("account", pk)
    is_young = name == "decide" and rules.is_too_young(actor.account.platform, actor.account.youngest_age)
    age = rules.minimum_age(actor.account.platform)
    context = {**in_words(actor.account), "form": form, "act": chosen, "too_young": age if is_young else None}
    return render(request, "social_media/act.html", context)
