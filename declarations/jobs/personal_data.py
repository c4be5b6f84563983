"""The personal data of scheduled tasks: none; what they write of themselves names nobody."""

from declarations.jobs.models import Job
from declarations.web.capability import PersonalData

PERSONAL_DATA = (PersonalData(model=Job, fixed=("name", "result", "error")),)
