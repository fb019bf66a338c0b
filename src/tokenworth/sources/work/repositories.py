"""`repositories.csv`: local folders, remotes and old names of a repository."""

from tokenworth.sources.declare import Column, Export, Record, Source, T
from tokenworth.sources.types import CONTAINER, PATH

SOURCE = Source(
    name="repositories",
    exports=[
        Export(
            files="repositories.csv",
            noun="alias of a repository: alias,repository",
            fields={"alias": T, "repository": T},
            recognised="(r.alias is not null)",
            records=[
                Record(
                    table="repositories_aliases",
                    key=["folder_key"],
                    columns=[
                        # The same words in two vocabularies: a folder is compared with folders, a
                        # remote or an old name with repositories.
                        Column("folder_key", PATH, "rtrim(r.alias, '/')", required=True),
                        Column(
                            "alias_key",
                            CONTAINER,
                            r"case when not regexp_matches(r.alias, '^(/|~|[A-Za-z]:\\)')"
                            " then repository_name(r.alias) end",
                        ),
                        Column("repository_key", CONTAINER, "repository_name(r.repository)", required=True),
                    ],
                )
            ],
        )
    ],
)
