"""The contests on SQLite, in a file of its own: `DATABASE_URL=sqlite:////migrated/file python -m tests.whole.on_sqlite`."""

import django

ROUNDS = 20


def main() -> None:
    django.setup()
    from tests.cast import make_cast
    from tests.rooms import of_rooms

    cast = make_cast()
    for module in of_rooms("contests"):
        for contest in module.CONTESTS:
            print(contest.__name__, dict(contest(cast, ROUNDS)), flush=True)  # noqa: T201  # what the test reads


if __name__ == "__main__":
    main()
