"""The table of what is compared is whole, and says why where nothing is."""

from django.apps import apps

from tests.evidence.columns import COMPARED, PAGE, WHY


def columns() -> dict[str, set[str]]:
    """Every table of ours and every column that is not its number and that the database does not work out."""
    return {
        model.__name__: {field.attname for field in model._meta.local_concrete_fields if not field.primary_key and not field.generated}
        for model in apps.get_app_config("declarations").get_models()
    }


def test_every_column_stands_in_the_table_and_no_other():
    assert {table: set(of) for table, of in COMPARED.items()} == columns()


def test_what_is_not_compared_says_why():
    for table, of in COMPARED.items():
        for column, compared in of.items():
            assert compared or len(WHY[table][column].split()) >= 3, f"{table}.{column}"
    assert {line.split(",")[2] for line in PAGE.read_text(encoding="utf-8").splitlines()[1:]} == {"yes", "no"}
