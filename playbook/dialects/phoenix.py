"""Apache Phoenix says `ERROR 1012 (42M03): Table undefined. tableName=SHOP.ORDERS`."""

from playbook.dialects.form import Dialect, fits

DIALECT = Dialect("phoenix", reads=(fits(r"(?<!\w)Table undefined\. tableName=([\w$.\"-]{1,260})", "table undefined"),))
