"""Who gets in at the addresses of certificates, and what stands for their parts."""

from tests.access import ANYBODY, FORM, rule

TABLE = {
    "verify/": rule(rest=FORM),
    "verify/aup_verify.py": ANYBODY,
    "verify/<str:reference>/": ANYBODY,
}
