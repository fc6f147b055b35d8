"""How each database product words an error, and what it means.

One file for each product (and for each framework that has words of its own) that declares a `DIALECT`; adding a file
is enough, `reading.py` finds it. The translations of PostgreSQL, MySQL and MariaDB stand in `postgresql.json` and
`mysql.json`, taken from the servers' own catalogues by `tools/message_catalogues.py`.
"""
