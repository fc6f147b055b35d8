"""What frameworks say in words of their own when the table behind a class is not in the database."""

from playbook.dialects.form import Code, Dialect, fits, said, translated

DIALECT = Dialect(
    None,
    reads=(
        said("Could not find table '{}'", needs=r"StatementInvalid|ActiveRecord|sqlite"),  # Rails
        said("There is no table with name '{}' in the schema"),  # Doctrine
        fits(r"(?<!\w)There is no table with name \"([^\"\n]{1,200})\" in the schema", "there is no table with name"),
        fits(r"(?<!\w)Schema-validation: missing table \[([^\]\n]{1,300})\]", "missing table"),  # Hibernate
        fits(r"(?<!\w)Schema-validation: missing sequence \[([^\]\n]{1,300})\]", "missing sequence", kind="sequence"),
        fits(  # Hibernate before 5
            r"(?<!\w)Missing (?:sequence or )?table: ([\w$.]{1,260})",
            "missing",
            "table",
            needs=r"[Hh]ibernate|SchemaManagement",
        ),
        said("Could not find the table '{}' in the schema cache"),  # PostgREST, Supabase
        said("Table '{}' is missing in remote"),  # dbt
        fits(
            r"(?<!\w)The table does not exist: (\{\{%?\w{1,128}\}\}|[\w$.]{1,260})",
            "table",
            "does not exist:",
            needs="(?i)yii",
        ),
        fits(  # Yii 1
            r"(?<!\w)The table \"([^\"\n]{1,200})\" for active record class \"[^\"\n]{1,200}\" cannot be found",
            "for active record class",
        ),
        said('Table "{}" is missing and auto-creation is disabled'),  # Kafka Connect
        fits(r"(?<!\w)Table \[([^\]\n]{1,200})\] could not be found", "could not be found"),  # Superset
        fits(r"(?<!\w)Table (\w{1,128}) for model \w{1,128} was not found in datasource", "not found in datasource"),
    ),
    codes=(
        Code(
            r"\b42S02\b",
            unless=(
                *translated("mysql", "ER_UNKNOWN_TABLE"),
                fits(r"\b(?:database|schema|stage|warehouse|function|column|role|user|1109)\W{1,3}'?", "schema"),
            ),
            kind="table",
            order="database",
        ),
    ),
)
