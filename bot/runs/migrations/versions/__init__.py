"""One file for each change of the tables; later ones only add, so that an old replica works beside a new one."""
