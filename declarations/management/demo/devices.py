"""The devices of the demo and what became of them. The addresses are those that RFC 9542 sets aside for documents."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One act after asking: `approve`, `decline`, `revoke`, `renew`, `review`, `withdraw`, `lost`, `lift`, `again` or `give_up`.

    `days` ago; `by` is who decides; `until` is in days from now, if it is not the latest day possible.
    """

    verb: str
    days: int
    by: str = "hilda"
    note: str = ""
    conditions: str = ""
    until: int | None = None


@dataclass(frozen=True)
class Plan:
    """A device that was asked for so many days ago, and the steps that followed."""

    owner: str
    kind: str
    make_and_model: str
    address: str
    reason: str
    asked: int
    steps: tuple[Step, ...] = ()
    reaches_school_data: bool = False


STAFF_ROOM = "In the staff room and the offices only."

HILLSIDE = [
    # Waiting for a decision.
    Plan("ben", "phone", "Fairwind 5", "00:00:5e:00:53:01", "The timetable app at lunch", 2),
    Plan("omar", "laptop", "Larkbook Air", "00:00:5e:00:53:02", "Notes in meetings of the leadership", 1),
    Plan("liam", "phone", "Nimbus X2", "02:00:5e:00:53:03", "Messages from home in the staff room", 3),
    Plan("edith", "tablet", "Slate 10", "00:00:5e:00:53:04", "The library catalogue, away from my desk", 4),
    Plan("sian", "watch", "Tempo 3", "00:00:5e:00:53:05", "Reminders", 0),
    # Approved and connected.
    Plan("amir", "phone", "Fairwind 4", "00:00:5e:00:53:10", "Calls from my child’s nursery", 46,
         (Step("approve", 45, until=20), Step("renew", 6, by="omar"), Step("review", 2))),
    Plan("bronwen", "laptop", "Larkbook 14", "00:00:5e:00:53:11", "Marking in the staff room", 40,
         (Step("approve", 39, by="omar", conditions=STAFF_ROOM),), reaches_school_data=True),
    Plan("chidi", "phone", "Nimbus X1", "02:00:5e:00:53:12", "On call for trips", 30, (Step("approve", 28, by="omar"),)),
    Plan("daisy", "tablet", "Slate 8", "00:00:5e:00:53:13", "Reading at lunch", 25,
         (Step("approve", 24, conditions="Until the end of the term; staff room only.", until=60),)),
    Plan("hilda", "phone", "Fairwind 5", "00:00:5e:00:53:14", "Reaching me anywhere on the site", 44, (Step("approve", 43, by="omar"),)),
    Plan("ines", "laptop", "Workhorse 3", "00:00:5e:00:53:15", "Testing the Wi-Fi as staff see it", 35, (Step("approve", 34),)),
    Plan("oscar", "tablet", "Slate 10", "00:00:5e:00:53:16", "Papers of the governing board", 20, (Step("approve", 18),)),
    # Approved, but without a declaration in force: not connected.
    Plan("imogen", "phone", "Nimbus X2", "00:00:5e:00:53:20", "Calls at lunch", 48, (Step("approve", 47, by="omar"),)),
    Plan("mei", "phone", "Fairwind 3", "02:00:5e:00:53:21", "My university’s messages", 12, (Step("approve", 11),)),
    # Ended in one way or another.
    Plan("femi", "laptop", "Larkbook 13", "00:00:5e:00:53:30", "Recordings for the choir", 50, (Step("approve", 49, until=-6),)),
    Plan("grace", "phone", "Fairwind 2", "00:00:5e:00:53:31", "Streaming music in lessons", 22,
         (Step("decline", 21, note="Lessons are no place for a phone of one’s own (M3). Ask again for the staff room."),)),
    Plan("hamish", "watch", "Tempo 2", "00:00:5e:00:53:32", "Timing races", 38,
         (Step("approve", 37), Step("revoke", 9, by="omar", note="It was seen recording on the field: use the school’s stopwatches."))),
    Plan("callum", "other", "Pocket e-reader", "00:00:5e:00:53:33", "Reading on duty", 16, (Step("withdraw", 15),)),
    Plan("jakub", "phone", "Nimbus S", "00:00:5e:00:53:34", "Alarms of the boiler house", 42, (Step("approve", 41), Step("withdraw", 19))),
    # Lost, and lost and found.
    Plan("quentin", "phone", "Fairwind 1", "00:00:5e:00:53:40", "Messages from the reading group", 33,
         (Step("approve", 32, conditions=STAFF_ROOM), Step("lost", 1))),
    Plan("dora", "phone", "Nimbus X1", "00:00:5e:00:53:41", "Calls from children’s services", 36,
         (Step("approve", 35), Step("lost", 8), Step("lift", 7, by="omar"))),
    # Said no, asked better, said yes.
    Plan("amir", "tablet", "Slate 8", "00:00:5e:00:53:42", "Films", 29,
         (Step("decline", 28, note="What is it for at school?"), Step("again", 27, note="Planning lessons in the staff room"),
          Step("approve", 26))),
    # Sold, and its owner gone.
    Plan("chidi", "phone", "Nimbus S", "00:00:5e:00:53:43", "On call for trips", 45, (Step("approve", 44), Step("give_up", 31))),
    Plan("una", "phone", "Fairwind 4", "00:00:5e:00:53:44", "Calls at lunch", 48, (Step("approve", 47),)),
]  # fmt: skip

RIVERSIDE = [
    # The same address as a device at Hillside: schools do not see each other.
    Plan("rita", "phone", "Fairwind 5", "00:00:5e:00:53:01", "The timetable app", 2),
    Plan("raj", "laptop", "Larkbook Air", "00:00:5e:00:53:81", "Safeguarding meetings", 30, (Step("approve", 29, by="rosa"),)),
    Plan("rosa", "phone", "Nimbus X2", "00:00:5e:00:53:82", "Reaching me on the site", 28, (Step("approve", 27, by="raj"),)),
]
