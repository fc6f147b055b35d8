"""Every operation on tables that Laravel documents, up and down, and the traps around them.

https://laravel.com/docs/migrations (called docs below); the builder's methods are listed in
src/Illuminate/Database/Schema/Builder.php and Blueprint.php of laravel/framework.
"""

import time

import pytest

from playbook.schema.frameworks.laravel import framework, naming

PATH = "database/migrations/2024_01_01_000000_do_it.php"
BLUEPRINT = "function (Blueprint $table) { $table->id(); }"


def folded(operations):
    return [(one.kind, one.relation, one.to) if one.to else (one.kind, one.relation) for one in operations]


def source(up, members=""):
    return f"<?php\nreturn new class extends Migration {{\n{members}\npublic function up(): void\n{{\n{up}\n}}\n}};\n"


def migration(text, path=PATH, **others):
    return next(one for one in framework.migrations({path: text, **others}) if one.path == path)


OPERATIONS = {
    # docs: "Creating Tables"
    f"Schema::create('a', {BLUEPRINT});": [("creates", "a")],
    "Schema::create('a', fn (Blueprint $table) => $table->id());": [("creates", "a")],
    # docs: "Database Connection and Table Options"
    f"Schema::connection('sqlite')->create('a', {BLUEPRINT});": [("creates", "a")],
    "Schema::create('a', function (Blueprint $table) { $table->engine('InnoDB'); });": [("creates", "a")],
    "Schema::create('a', function (Blueprint $table) { $table->temporary(); });": [],
    f"Schema::create('shop.a', {BLUEPRINT});": [("creates", "a")],
    # docs: "Updating Tables"
    "Schema::table('a', function (Blueprint $table) { $table->integer('x'); });": [],
    # docs: "Renaming / Dropping Tables"
    "Schema::rename('a', 'b');": [("renames", "a", "b")],
    "Schema::rename(from: 'a', to: 'b');": [("renames", "a", "b")],
    "Schema::drop('a');": [("drops", "a")],
    "Schema::dropIfExists('a');": [("drops", "a")],
    # Blueprint.php: create, drop, dropIfExists, rename
    "Schema::table('a', function (Blueprint $table) { $table->rename('b'); });": [("renames", "a", "b")],
    "Schema::table('a', function (Blueprint $t) { $t->drop(); });": [("drops", "a")],
    "Schema::table('a', function (Blueprint $t) { $t->dropIfExists(); });": [("drops", "a")],
    "Schema::table('a', function (Blueprint $t) { $t->create(); $t->id(); });": [("creates", "a")],
    "Schema::table('a', function (Blueprint $t) { $t->dropColumn('x'); $t->renameColumn('y', 'z'); });": [],
    # Builder.php: what takes no tables
    "Schema::dropColumns('a', ['x']);": [],
    "Schema::createDatabase('a');": [],
    "Schema::enableForeignKeyConstraints();": [],
    "Schema::withoutForeignKeyConstraints(function () { Schema::drop('a'); });": [("drops", "a")],
    # https://laravel.com/docs/database#running-a-general-statement
    "DB::statement('CREATE TABLE a (id int)');": [("creates", "a")],
    "DB::unprepared(<<<SQL\nCREATE TABLE a (id int);\nDROP TABLE b;\nSQL);": [("creates", "a"), ("drops", "b")],
    "DB::connection('x')->statement(<<<'SQL'\nALTER TABLE a RENAME TO b\nSQL);": [("renames", "a", "b")],
    "DB::statement(DB::raw('DROP TABLE a'));": [("drops", "a")],
    "DB::update('UPDATE a SET x = ?', [1]);": [],
    "DB::transaction(function () { Schema::drop('a'); });": [("drops", "a")],
    # other ways to the builder
    f"$schema = Schema::connection('x'); $schema->create('a', {BLUEPRINT});": [("creates", "a")],
    f"DB::connection()->getSchemaBuilder()->create('a', {BLUEPRINT});": [("creates", "a")],
    f"$b = DB::connection()->getSchemaBuilder(); $b->create('a', {BLUEPRINT});": [("creates", "a")],
    f"Illuminate\\Support\\Facades\\Schema::create('a', {BLUEPRINT});": [("creates", "a")],
    # docs: "Determining Table / Column Existence"
    f"if (! Schema::hasTable('a')) {{ Schema::create('a', {BLUEPRINT}); }}": [("creates", "a")],
    f"if (Schema::hasTable('a')) {{ return; }} Schema::create('a', {BLUEPRINT});": [("creates", "a")],
    "if (Schema::hasTable('a')) Schema::drop('a');": [("drops", "a")],
    "if (Schema::hasTable('b')) { return; } Schema::rename('a', 'b');": [("renames", "a", "b")],
    # what PHP says by itself
    "foreach (['a', 'b'] as $name) { Schema::drop($name); }": [("drops", "a"), ("drops", "b")],
    "foreach (['a' => 'b'] as $old => $new) { Schema::rename($old, $new); }": [("renames", "a", "b")],
    "$p = 'a'; Schema::drop($p . '_b');": [("drops", "a_b")],
    "$p = 'a'; Schema::drop(\"{$p}_b\");": [("drops", "a_b")],
    "if (x()) { Schema::drop('a'); } else { Schema::drop('a'); }": [("drops", "a")],
    "try { Schema::drop('a'); } catch (Exception $e) { log($e); }": [("drops", "a")],
    "return; Schema::drop('a');": [],
}


@pytest.mark.parametrize("up", OPERATIONS)
def test_each_operation_does_what_laravel_documents(up):
    found = migration(source(up))
    assert (found.unread, found.dynamic) == (None, ())
    assert folded(found.operations) == OPERATIONS[up]


ON_A_TABLE = """
bigIncrements('x')
comment('x')
dropColumn(['x'])
dropConstrainedForeignId('x')
dropForeign('x')
dropFullText('x')
dropIndex('x')
dropMorphs('x')
dropPrimary()
dropRememberToken()
dropSoftDeletes()
dropSpatialIndex('x')
dropTimestamps()
dropUnique('x')
foreign('x')->references('id')->on('b')
foreignId('x')->constrained()
fullText('x')
index('x')
morphs('x')
primary('x')
rememberToken()
renameColumn('x', 'y')
renameIndex('x', 'y')
softDeletes()
spatialIndex('x')
string('x')->change()
timestamps()
unique(['x'])
""".strip().split("\n")
"""docs: "Columns", "Modifying Columns", "Indexes", "Foreign Key Constraints"."""


@pytest.mark.parametrize("operation", ON_A_TABLE)
def test_what_changes_a_table_makes_and_takes_none(operation):
    found = migration(source(f"Schema::table('a', function (Blueprint $table) {{ $table->{operation}; }});"))
    assert (found.unread, found.dynamic, found.operations) == (None, (), ())


@pytest.mark.parametrize("up", OPERATIONS)
def test_nothing_of_a_way_back_is_forward(up):
    found = migration(source("", members=f"public function down(): void\n{{\n{up}\n}}\n"))
    assert (found.unread, found.dynamic, found.operations) == (None, (), ())


DYNAMIC = {
    "Schema::drop($name);": "computed",
    "Schema::drop(config('permission.table_names')['roles']);": "computed",
    "Schema::rename('a', $to);": "computed",
    "Schema::drop((new User)->getTable());": "computed",
    "if (app()->isProduction()) { Schema::drop('a'); }": "only if",
    "if (DB::getDriverName() === 'sqlite') { return; } Schema::drop('a');": "only if not",
    "if (Schema::hasTable('b')) { Schema::drop('a'); }": "only if",
    "foreach (names() as $name) { Schema::drop($name); }": "computed",
    "foreach (names() as $name) { Schema::drop('a'); }": "only if its loop runs",
    "DB::statement($sql);": "SQL that is computed",
    "DB::unprepared(file_get_contents('x.sql'));": "SQL that is computed",
    'DB::statement("DROP TABLE $name");': "computed",
    "Schema::dropAllTables();": "drops whatever there is",
    "Artisan::call('install');": "may do anything",
    "(new CreateOther)->up();": "may do anything",
    "Schema::whenTableHasColumn('a', 'x', function () { Schema::drop('b'); });": "only if",
    "User::all()->each(function ($u) { Schema::drop('a'); });": "only if",
    "Schema::createView('a', 'SELECT 1');": "none of Laravel's own methods",
}


@pytest.mark.parametrize("up", DYNAMIC)
def test_what_only_running_would_tell_is_dynamic_and_never_a_guess(up):
    found = migration(source(up))
    assert found.operations == ()
    assert any(DYNAMIC[up] in one.what for one in found.dynamic), found


def test_down_is_never_forward():
    both = source("Schema::create('a', fn ($t) => 1);", "public function down() { Schema::drop('a'); }")
    assert folded(migration(both).operations) == [("creates", "a")]


def test_a_named_class_with_properties_constants_and_methods_is_followed():
    text = (
        "<?php\nclass DoIt extends Migration {\n  protected $table = 'a';\n  const OTHER = 'b';\n"
        "  public function up() {\n    Schema::drop($this->table);\n    Schema::drop(self::OTHER);\n"
        "    $this->gone('c');\n  }\n"
        "  private function gone(string $name) { Schema::drop($name); }\n}\n"
    )
    found = migration(text)
    assert [(one.relation, one.line) for one in found.operations] == [("a", 6), ("b", 7), ("c", 10)]


def test_a_qualified_name_keeps_its_schema():
    assert migration(source("Schema::drop('shop.a');")).operations[0].schema_name == "shop"


def test_the_order_is_that_of_the_files_names_whatever_the_folder():
    files = {
        "database/migrations/2024_01_02_000000_b.php": source(""),
        "modules/Shop/Database/Migrations/2024_01_01_000000_a-or-b.php": source(""),
        "database/migrations/0001_01_01_000000_first.php": source(""),
    }
    assert all(map(framework.wants, files))
    assert [one.name for one in framework.migrations(files)] == [
        "0001_01_01_000000_first",
        "2024_01_01_000000_a-or-b",
        "2024_01_02_000000_b",
    ]


def test_squashed_migrations_come_first():
    # docs: "Squashing Migrations"
    dump = {"database/schema/mysql-schema.sql": "CREATE TABLE `a` (`id` int);\n"}
    found = framework.migrations({PATH: source("Schema::rename('a', 'b');"), **dump})
    assert [folded(one.operations) for one in found] == [[("creates", "a")], [("renames", "a", "b")]]


def test_a_table_of_an_earlier_migration_is_known_to_exist():
    first = {"database/migrations/2023_01_01_000000_first.php": source("Schema::create('a', fn ($t) => 1);")}
    found = migration(source("if (! Schema::hasTable('a')) { return; } Schema::drop('b');"), **first)
    assert (folded(found.operations), found.dynamic) == ([("drops", "b")], ())


def test_nothing_happens_after_a_return_that_is_sure():
    first = {"database/migrations/2023_01_01_000000_first.php": source("Schema::create('a', fn ($t) => 1);")}
    text = "Schema::drop('b'); if (Schema::hasTable('a')) { return; } Schema::drop('c');"
    found = migration(source(text), **first)
    assert (folded(found.operations), found.dynamic) == ([("drops", "b")], ())


def test_a_prefix_is_put_before_every_name_and_a_computed_one_is_told():
    def config(prefix):
        connections = f"'connections' => ['mysql' => ['prefix' => {prefix}]], 'redis' => ['prefix' => env('R')]"
        return {"config/database.php": f"<?php\nreturn [{connections}];\n"}

    text = source("Schema::rename('a', 'b'); DB::statement('DROP TABLE c');")
    assert folded(migration(text, **config("'shop_'")).operations) == [("renames", "shop_a", "shop_b"), ("drops", "c")]
    gap = framework.migrations({PATH: text, **config("env('DB_PREFIX')")})[0]
    assert (gap.path, gap.dynamic[0].what) == ("config/database.php", "the prefix of the tables' names is computed")


@pytest.mark.parametrize(
    ("model", "table"),
    [
        # https://laravel.com/docs/eloquent#table-names, https://laravel.com/docs/strings#method-str-plural
        *(("Flight", "flights"), ("AirTrafficController", "air_traffic_controllers"), ("Category", "categories")),
        *(("OrderStatus", "order_statuses"), ("Media", "media"), ("Person", "people"), ("UserData", "user_data")),
        *(("Box", "boxes"), ("Man", "men"), ("Child", "children"), ("Virus", "viri"), ("Bus", "buses")),
        *(
            ("News", "news"),
            ("Software", "software"),
            ("Process", "processes"),
            ("Leaf", "leaves"),
            ("Potato", "potatoes"),
        ),
    ],
)
def test_a_models_default_table_is_the_plural_in_snake_case(model, table):
    assert naming.table(model) == table


def declared(**files):
    found = framework.declared({f"app/Models/{name}.php": f"<?php\n{text}\n" for name, text in files.items()})
    return {one.name: one.relation for one in found}


def test_models_say_their_table_or_have_the_default():
    assert declared(
        A="namespace App\\Models;\nuse Illuminate\\Database\\Eloquent\\Model;\nclass OrderItem extends Model {}",
        B="class B extends Model { protected $table = 'orders'; }",
        C="class C extends Model { public function getTable() { return config('x'); } }",
        D="abstract class D extends Model {}",
        E="class Eagle extends D {}",
        F="class Fox extends B {}",
        G="class Gift extends Package {}",
        H="class Hold extends Pivot {}",
    ) == {"OrderItem": "order_items", "B": "orders", "Eagle": "eagles", "Fox": "orders"}


def test_belongs_to_many_brings_a_pivot_table():
    # https://laravel.com/docs/eloquent-relationships#many-to-many
    many = "return $this->belongsToMany(Role::class);"
    said = "return $this->belongsToMany(Team::class, 'members')->withPivot('x');"
    text = f"class User extends Model {{ function roles() {{ {many} }} function teams() {{ {said} }} }}"
    assert declared(User=text) == {"User": "users", "User.Role": "role_user", "User.Team": "members"}


@pytest.mark.parametrize(
    "up",
    [
        "if (a()) {" * 3_000 + "Schema::drop('a');" + "}" * 3_000,
        "if (" + "!" * 5_000 + "Schema::hasTable('a')) { Schema::drop('a'); }",
        "Schema::drop(" + "(" * 3_000 + "'a'" + ")" * 3_000 + ");",
        "Schema::drop(" + "'a' . " * 3_000 + "'a');",
        "foreach (['a', 'b', 'c', 'd'] as $x) {" * 25 + "Schema::drop($x);" + "}" * 25,
        "$this->up();",
        "a() && " * 3_000 + "Schema::drop('a');",
        "Schema::drop(",
    ],
    ids=["ifs", "nots", "brackets", "sums", "loops", "itself", "ands", "broken"],
)
def test_hostile_migrations_become_gaps_in_bounded_time(up):
    started = time.monotonic()
    found = migration(source(up))
    assert found.unread or found.dynamic
    assert found.operations == ()
    assert time.monotonic() - started < 5
