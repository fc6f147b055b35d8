"""What speaks for and against a migration that was run and failed."""

from playbook.causes.migration_failed import cause
from playbook.evidence.logs import DEPLOYS
from tests.facts import a_line, a_run, a_schema_change, a_search, evidence, minutes, some_changes, some_logs

CHANGES = some_changes(a_schema_change())
LOCKED = "Applying orders.0042_order... canceling statement due to lock timeout"


def strengths(*facts, **given):
    signals, _ = cause.weigh(evidence(*facts, **given))
    return {signal.name: str(signal.strength) for signal in signals}


def a_failure(**given):
    return a_run(
        "failed", LOCKED, **{"at": minutes(-2), "migration": "orders.0042_order", "error": "lock timeout", **given}
    )


def test_a_failed_run_of_the_very_migration_is_decisive():
    assert strengths(CHANGES, some_logs(a_failure()))["its_run_failed"] == "decisive"


def test_a_failed_run_whose_environment_nobody_told_is_only_telling():
    assert strengths(CHANGES, some_logs(a_failure(environment=None)))["its_run_failed"] == "telling"


def test_a_failed_run_in_staging_says_nothing_about_production():
    assert strengths(CHANGES, some_logs(a_failure(environment="staging"))) == {}


def test_a_failed_create_table_of_the_relation_counts_without_any_patch():
    run = a_run("failed", 'CREATE TABLE "orders_order" failed: permission denied for schema public', at=minutes(-2))
    assert strengths(some_logs(run))["its_run_failed"] == "decisive"


def test_an_app_called_like_the_relation_is_not_the_relation():
    run = a_run("failed", "Applying orders_order.0003_x failed", at=minutes(-2), migration="orders_order.0003_x")
    assert "its_run_failed" not in strengths(some_logs(run))


def test_another_migrations_failure_before_the_onset_is_telling():
    run = a_run("failed", "Applying billing.0009_tax failed", at=minutes(-2), migration="billing.0009_tax")
    found = strengths(CHANGES, some_logs(run))
    assert found == {"a_run_failed_before_it_began": "telling"}


def test_a_failure_after_the_onset_did_not_bring_it_about():
    run = a_run("failed", "Applying billing.0009_tax failed", at=minutes(30), migration="billing.0009_tax")
    assert strengths(CHANGES, some_logs(run)) == {}


def test_a_success_here_before_the_onset_rules_it_out():
    run = a_run("applied", "Applying orders.0042_order... OK", at=minutes(-5), migration="orders.0042_order")
    assert strengths(CHANGES, some_logs(run))["it_succeeded_before_it_began"] == "rules_out"


def test_a_success_after_the_onset_does_not_rule_it_out():
    run = a_run("applied", "Applying orders.0042_order... OK", at=minutes(5), migration="orders.0042_order")
    assert "it_succeeded_before_it_began" not in strengths(CHANGES, some_logs(run))


def test_a_failed_job_in_the_deploy_log_is_a_hint():
    line = a_line("Job backend-migrate has reached BackoffLimitExceeded", minutes(-1))
    assert strengths(some_logs(searches=(a_search(DEPLOYS, line),))) == {"the_deploy_reported_failure": "hint"}


def test_a_deploy_log_without_failure_says_nothing():
    line = a_line("deployment backend successfully rolled out", minutes(-1))
    assert strengths(some_logs(searches=(a_search(DEPLOYS, line),))) == {}


def test_a_failure_that_was_mended_by_a_later_run_is_only_telling():
    later = a_run("applied", "Applying orders.0042_order... OK", at=minutes(10), migration="orders.0042_order")
    assert strengths(CHANGES, some_logs(a_failure(), later))["its_run_failed"] == "telling"
