"""The admin's long lists: the keys of a page first, then its rows; and the search in them."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, override

from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.text import smart_split, unescape_string_literal

if TYPE_CHECKING:
    from django.db.models.options import Options


class KeysFirstPaginator(Paginator):  # type: ignore[type-arg]  # generic for the type checker only
    """Counts a list that is shorter than a page by the keys of that page: most searches are asked once instead of twice."""

    @cached_property
    def first_keys(self) -> list[int]:
        """The keys of the first page, and one more if there is more."""
        rows: QuerySet[Any] = self.object_list  # type: ignore[assignment]  # the admin pages querysets
        return list(rows.values_list("pk", flat=True)[: self.per_page + 1])

    @cached_property
    @override
    def count(self) -> int:
        return len(self.first_keys) if len(self.first_keys) <= self.per_page else super().count


class KeysFirst(ChangeList):
    """A list that asks for the primary keys of its page, then for these rows.

    What a list says of each row (annotations, joins) is then worked out for the page's rows only; PostgreSQL would work it out for
    every row of the table before it takes fifty.
    """

    @override
    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if self.page_num == 1 and not self.show_all:
            keys = self.paginator.first_keys[: self.list_per_page]
        else:
            keys = list(self.result_list.values_list("pk", flat=True))
        rows = self.apply_select_related(self.root_queryset).in_bulk(keys)
        self.result_list = [rows[key] for key in keys if key in rows]


def search(rows: QuerySet[Any], options: "Options[Any]", fields: Iterable[str], words: str) -> QuerySet[Any]:
    """The rows that have each of the words in one of the fields; capitals do not count, quotation marks hold words together."""
    for word in smart_split(words):
        text = unescape_string_literal(word) if word[0] in "\"'" and word[0] == word[-1] else word
        rows = rows.filter(having(options, fields, text))
    return rows


def having(options: "Options[Any]", fields: Iterable[str], text: str) -> Q:
    """The rows of a table that have the text in one of the fields.

    Each related table is asked by itself, for the keys that match: one condition across joins would be tried on every pair of rows.
    """
    related: dict[str, list[str]] = {}
    matches = []
    for path in fields:
        first, _, rest = path.partition(LOOKUP_SEP)
        if rest:
            related.setdefault(first, []).append(rest)
        else:
            matches.append(Q(**{f"{first}__icontains": text}))
    for name, paths in related.items():
        relation: Any = options.get_field(name)
        other = relation.path_infos[-1].to_opts
        keys: QuerySet[Any] = QuerySet(other.model).filter(having(other, paths, text)).order_by()
        # Rows that point here name the row here; a row that is pointed at is named by the row here.
        matches.append(Q(pk__in=keys.values(relation.field.name)) if relation.one_to_many else Q(**{f"{name}__in": keys.values("pk")}))
    return reduce(or_, matches)
