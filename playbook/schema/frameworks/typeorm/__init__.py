"""TypeORM: classes with `up` and `down`, run in the order of the timestamps at the end of their names; entities.

https://typeorm.io/docs/migrations/why, https://typeorm.io/docs/entity/entities
"""

from playbook.schema.framework import Framework
from playbook.schema.frameworks.typeorm.entities import declared
from playbook.schema.frameworks.typeorm.migrate_command import FORMS, commands
from playbook.schema.frameworks.typeorm.migrations import migrations, wants

framework = Framework(
    "typeorm",
    wants,
    migrations,
    declared,
    commands=commands,
    forms=FORMS,
    code=("MigrationExecutor",),
    drivers=("typeorm",),
)
