"""When a person was added: the time to sign counts from it for whom no first day is known. Whoever is here already has none."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("declarations", "0010_names"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="added_on",
            field=models.DateField(editable=False, null=True, verbose_name="added on"),
        ),
    ]
