"""Who gets in at the addresses of register, and what stands for their parts."""

from tests.access import NO_READING, READ, rule

REGISTER = rule(out="in in 405 405 405", hilda_gita_rosa_tara=READ, ben_ada_ines=NO_READING)
OF_ONE_SCHOOL = REGISTER | {"tara": "302 302 405 405 405"}  # the trust chooses a school first

TABLE = {
    "register/": REGISTER,
    "register.csv": OF_ONE_SCHOOL,
    "register.pdf": OF_ONE_SCHOOL,
    "certificates.zip": OF_ONE_SCHOOL,
}
