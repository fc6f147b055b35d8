"""Prisma's folders of `migration.sql`, and the models of its schema as the database has them."""

from playbook.schema.frameworks.prisma import framework

SCHEMA = """
datasource db {
  provider = "postgresql"
}

/// model Commented { }
model User {
  id    Int @id
  note  String @default("// @@map(\\"no\\")")
}

model Order {
  id Int @id
  @@map("orders") // @@map("no")
  @@schema("shop")
}

enum Kind {
  A
}

view Total {
  sum Int
  @@map(name: "totals")
}
"""
FILES = {
    "prisma/schema.prisma": SCHEMA,
    "prisma/migrations/20240102000000_b/migration.sql": (
        'CREATE TABLE "new_User" (id int); DROP TABLE "User"; ALTER TABLE "new_User" RENAME TO "User";'
    ),
    "prisma/migrations/20240101000000_a/migration.sql": '-- CreateTable\nCREATE TABLE "User" (id int);',
}


def test_migrations_run_in_the_order_of_their_folders_with_case_kept():
    found = framework.migrations(FILES)
    assert [one.name for one in found] == ["20240101000000_a", "20240102000000_b"]
    assert [(each.kind, each.relation, each.to) for each in found[1].operations] == [
        ("creates", "new_User", None),
        ("drops", "User", None),
        ("renames", "new_User", "User"),
    ]


def test_models_are_declared_under_the_name_of_their_map():
    found = framework.declared(FILES)
    assert [(one.relation, one.name, one.schema_name, one.line) for one in found] == [
        ("User", "User", None, 7),
        ("orders", "Order", "shop", 12),
        ("totals", "Total", None, 22),
    ]


def test_a_document_database_has_no_relations():
    assert framework.declared({"a.prisma": 'datasource db {\nprovider = "mongodb"\n}\nmodel A {\nid Int\n}\n'}) == ()
