"""The rooms register what runs by itself; its order is that of the page: what is done all the time, then by the time of day."""

from declarations.jobs import scheduler


def test_the_order_of_the_tasks():
    assert [(task.name, f"{task.daily_at:%H:%M}" if task.daily_at else None) for task in scheduler.tasks()] == [
        ("letters", None),
        ("disconnects", None),
        ("checkpoints", "01:00"),
        ("network", "02:00"),
        ("staff-lists", "02:15"),
        ("sessions", "02:30"),
        ("reminders", "07:00"),
    ]


def test_each_daily_task_can_be_run_and_the_others_cannot():
    assert [task.name for task in scheduler.tasks() if task.run is None] == ["letters", "disconnects"]


def test_results_are_told_in_words():
    assert {task.name: (task.result % {"number": 1}, task.result % {"number": 2}) for task in scheduler.tasks()} == {
        "letters": ("1 letter sent", "2 letters sent"),
        "disconnects": ("1 request sent", "2 requests sent"),
        "checkpoints": ("1 letter written", "2 letters written"),
        "network": ("1 row deleted", "2 rows deleted"),
        "staff-lists": ("1 list forgotten", "2 lists forgotten"),
        "sessions": ("1 row deleted", "2 rows deleted"),
        "reminders": ("1 letter written", "2 letters written"),
    }
