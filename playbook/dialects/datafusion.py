"""DataFusion, and InfluxDB 3 with it, says `Error during planning: table 'datafusion.public.orders' not found`."""

from playbook.dialects.form import Dialect, said

DIALECT = Dialect("datafusion", reads=(said("Error during planning: table '{}' not found"),))
