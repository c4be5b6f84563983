"""Who is in the demo. Everybody is fictional; the addresses end in `.example`, which nobody can own."""

import datetime as dt
from dataclasses import dataclass

from declarations.management.demo.calendar import Calendar


@dataclass(frozen=True)
class Someone:
    """A person of the demo.

    `signs`: `now` has signed for this year, `due` is to sign again, `lapsed` signed too long ago, `never` has not.
    `says` is what they said or were granted this year instead of signing: `talk`, `decline` or `exempt`.
    `on_paper`: this year they signed by hand.
    `since` is how many years ago they came (0: this year); `starts` and `leaves` are days from now, if they matter.
    """

    key: str
    name: str
    title: str
    signs: str = "never"
    since: int = 2
    category: str = "staff"
    starts: int | None = None
    leaves: int | None = None
    says: str = ""
    on_paper: bool = False
    roles: tuple[str, ...] = ()

    def starts_on(self, calendar: Calendar) -> dt.date | None:
        if self.starts is not None:
            return calendar.on + dt.timedelta(days=self.starts)
        return None if self.since == 2 else calendar.years[self.since].opens_on

    def leaves_on(self, calendar: Calendar) -> dt.date | None:
        return None if self.leaves is None else calendar.on + dt.timedelta(days=self.leaves)


HILLSIDE = [
    Someone("hilda", "Hilda Brook", "headteacher", "now", roles=("leadership",)),
    Someone("omar", "Omar Haddad", "assistant head", "now", roles=("leadership",)),
    Someone("ada", "Ada Marsh", "teacher", "never", since=0),
    Someone("ben", "Ben Okafor", "teacher", "now"),
    Someone("gita", "Gita Rao", "auditor", category="external", roles=("auditor",)),
    Someone("ines", "Ines Duarte", "IT technician", "now", roles=("administrator",)),
    Someone("dora", "Dora Fenwick", "designated safeguarding lead", "now", roles=("leadership",)),
    Someone("amir", "Amir Sadiq", "teacher of mathematics", "now"),
    Someone("bronwen", "Bronwen Pugh", "teacher of English", "now"),
    Someone("callum", "Callum Reid", "teacher of physics", "now", since=1),
    Someone("chidi", "Chidi Eze", "head of year 9", "now"),
    Someone("daisy", "Daisy Thornton", "teaching assistant", "now"),
    Someone("edith", "Edith Lowe", "librarian", "due"),
    Someone("femi", "Femi Adeyemi", "teacher of music", "due"),
    Someone("grace", "Grace Whitlock", "teacher of history", "due", since=1),
    Someone("hamish", "Hamish Orr", "teacher of PE", "due"),
    Someone("imogen", "Imogen Hale", "teacher of art", "lapsed"),
    Someone("jakub", "Jakub Nowak", "site manager", "lapsed", says="talk"),
    Someone("kezia", "Kezia Mbeki", "school nurse", "lapsed", says="exempt"),
    Someone("liam", "Liam Doyle", "teacher of computing", "never", since=1),
    Someone("mei", "Mei Chen", "trainee teacher", "never", since=0, category="trainee"),
    Someone("nadia", "Nadia Karim", "supply teacher", "never", since=0, category="supply", leaves=17),
    Someone("oscar", "Oscar Penhaligon", "chair of governors", "now", category="governor"),
    Someone("priya", "Priya Nair", "governor", "never", category="governor", says="decline"),
    Someone("quentin", "Quentin Ashby", "reading volunteer", "now", since=1, category="volunteer", on_paper=True),
    Someone("ruth", "Ruth Abara", "catering contractor", "due", category="contractor"),
    Someone("sian", "Siân Bevan-O’Neill", "office manager", "now"),
    Someone("tomas", "Tomás Herrera", "teacher of Spanish", "lapsed", leaves=-24),
    Someone("una", "Una Gallagher", "teacher of geography", "due", leaves=-3),
    Someone("victor", "Victor Lindqvist", "teacher of chemistry", starts=21),
    Someone("wanda", "Wanda Zielińska", "trainee teacher", category="trainee", starts=40),
]  # fmt: skip

RIVERSIDE = [
    Someone("rosa", "Rosa Lindgren", "headteacher", "now", roles=("leadership",)),
    Someone("raj", "Raj Patel", "deputy head", "now", roles=("leadership",)),
    Someone("rita", "Rita Colby", "teacher", "now"),
    Someone("robin", "Robin Tate", "teaching assistant", "due"),
    Someone("rowan", "Rowan Blythe", "teacher", "never", since=0),
    Someone("rufus", "Rufus Grange", "caretaker", "lapsed"),
]
