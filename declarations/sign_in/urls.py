"""Addresses of signing in: those of django-allauth that we use, and our own.

None changes the e-mail address: the school does that.
"""

from allauth.account import views
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import include, path, re_path

from declarations.sign_in.views import invitation, oidc, reauthenticate, sessions
from declarations.web.decorators import reauthentication_required, second_factor_required

account_patterns = [
    path("login/", views.login, name="account_login"),
    path("login/code/", views.request_login_code, name="account_request_login_code"),
    path("login/code/confirm/", views.confirm_login_code, name="account_confirm_login_code"),
    path("logout/", views.logout, name="account_logout"),
    path("signup/", views.signup, name="account_signup"),  # its page says that sign-up is closed
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("reauthenticate/code/", reauthenticate.by_code, name="prove_by_code"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/set/", reauthentication_required(views.password_set), name="account_set_password"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("sessions/", sessions.sessions, name="sessions"),
    # The school's Microsoft 365 or Google
    path("with/<slug:slug>/", oidc.begin, name="identity"),
    path("with/<slug:slug>/back/", oidc.callback, name="identity_callback"),
    # Second factors
    path("2fa/", mfa.index, name="mfa_index"),
    path("2fa/authenticate/", mfa.authenticate, name="mfa_authenticate"),
    path("2fa/reauthenticate/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("2fa/app/add/", reauthenticate.proves_by_setting_up(totp.activate_totp), name="mfa_activate_totp"),
    path("2fa/app/remove/", second_factor_required(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("2fa/passkeys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("2fa/passkeys/add/", reauthenticate.proves_by_setting_up(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path("2fa/passkeys/reauthenticate/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("2fa/passkeys/login/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("2fa/passkeys/<int:pk>/remove/", second_factor_required(webauthn.remove_webauthn), name="mfa_remove_webauthn"),
    path("2fa/passkeys/<int:pk>/edit/", second_factor_required(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    path("2fa/recovery-codes/", second_factor_required(recovery.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/generate/", second_factor_required(recovery.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("2fa/recovery-codes/download/", second_factor_required(recovery.download_recovery_codes), name="mfa_download_recovery_codes"),
]

urlpatterns = [
    path("welcome/<str:secret>/", invitation.welcome, name="welcome"),
    path("accounts/", include(account_patterns)),
]
