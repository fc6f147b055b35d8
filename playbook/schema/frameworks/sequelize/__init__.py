"""Sequelize: files that export `up` and `down`, run in the order of their names (by sequelize-cli or umzug); models.

https://sequelize.org/docs/v6/other-topics/migrations/, https://sequelize.org/docs/v6/core-concepts/model-basics/
"""

from playbook.schema.framework import Framework, same_stem
from playbook.schema.frameworks.sequelize.declarations import declared
from playbook.schema.frameworks.sequelize.migrate_command import FORMS, commands
from playbook.schema.frameworks.sequelize.migrations import migrations, wants

framework = Framework(
    "sequelize",
    wants,
    migrations,
    declared,
    commands=commands,
    forms=FORMS,
    is_of=same_stem,
    code=("umzug/lib",),
    drivers=("sequelize",),
)
