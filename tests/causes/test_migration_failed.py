"""What speaks for and against a migration that was run and failed."""

import pytest

from playbook.causes.migration_failed import cause
from playbook.evidence.logs import DEPLOYS, MIGRATIONS
from tests.facts import a_line, a_run, a_schema_change, a_search, an_issue, evidence, minutes, some_changes, some_logs

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


EARLIER = a_run("failed", "Applying orders.0041_repair failed", at=minutes(-2), migration="orders.0041_repair")


def test_a_migration_never_reached_behind_a_failed_one_of_its_app_is_decisive():
    assert strengths(CHANGES, some_logs(EARLIER))["an_earlier_one_failed"] == "decisive"


def test_a_failed_one_before_it_that_ran_later_after_all_kept_nothing_waiting():
    again = a_run("applied", "Applying orders.0041_repair... OK", at=minutes(-1), migration="orders.0041_repair")
    assert "an_earlier_one_failed" not in strengths(CHANGES, some_logs(EARLIER, again))


def test_a_failed_one_before_it_says_nothing_of_one_that_ran_elsewhere_in_the_row():
    ran = a_run("applied", "Applying orders.0042_order... OK", at=minutes(5), migration="orders.0042_order")
    assert "an_earlier_one_failed" not in strengths(CHANGES, some_logs(EARLIER, ran))


def test_a_log_that_was_not_seen_whole_may_have_lost_the_run_that_reached_it():
    search = a_search(MIGRATIONS, EARLIER.line, partial="1 of 3 shards failed, so lines may be missing")
    assert "an_earlier_one_failed" not in strengths(CHANGES, some_logs(EARLIER, searches=(search,)))


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


def later(at, outcome="applied", **given):
    return a_run(outcome, "Applying orders.0042_order... OK", at=minutes(at), migration="orders.0042_order", **given)


def test_a_failure_that_was_mended_before_the_errors_is_a_hint():
    assert strengths(CHANGES, some_logs(a_failure(at=minutes(-9)), later(-8)))["its_run_failed"] == "hint"


@pytest.mark.parametrize("outcome", ["started", "faked"])
def test_a_later_attempt_before_the_errors_may_have_mended_it_even_untold(outcome):
    again = later(-8, outcome, environment=None)
    assert strengths(CHANGES, some_logs(a_failure(at=minutes(-9)), again))["its_run_failed"] == "hint"


def test_a_failure_whose_mending_ended_the_errors_explains_them():
    found = strengths(CHANGES, some_logs(a_failure(), later(10)), an_issue(last_seen=minutes(11)))
    assert found["its_run_failed"] == "decisive"


def test_a_failure_whose_mending_ended_nothing_is_only_telling():
    found = strengths(CHANGES, some_logs(a_failure(), later(10)), an_issue(last_seen=minutes(110)))
    assert found["its_run_failed"] == "telling"


def test_a_failure_after_the_errors_began_is_only_telling():
    assert strengths(CHANGES, some_logs(a_failure(at=minutes(20))))["its_run_failed"] == "telling"


def test_a_failure_seen_through_failed_shards_is_only_telling():
    run = a_failure()
    logs = some_logs(run, searches=(a_search(MIGRATIONS, run.line, partial="1 of 5 shards failed"),))
    assert strengths(CHANGES, logs)["its_run_failed"] == "telling"


@pytest.mark.parametrize(
    "text",
    [
        'Applying reports.0009_view... relation "orders_order" does not exist',
        'Applying orders.0043_note... ALTER TABLE "orders_order" ADD note: canceling statement due to lock timeout',
        'Applying orders.0042_order... relation "orders_order" already exists',
    ],
)
def test_a_failure_that_only_names_the_relation_is_not_the_failure_to_create_it(text):
    run = a_run("failed", text, at=minutes(-2), migration=text.split()[1].rstrip("."))
    assert "its_run_failed" not in strengths(CHANGES, some_logs(run))


def test_another_services_failure_is_a_hint():
    line = a_line("Applying billing.0009_tax failed", minutes(-2), service="billing-migrate")
    run = a_run("failed", line.message, at=minutes(-2), migration="billing.0009_tax").model_copy(update={"line": line})
    assert strengths(CHANGES, some_logs(run)) == {"a_run_failed_before_it_began": "hint"}


def test_a_failure_that_the_next_try_mended_says_nothing():
    failed = a_run("failed", "Applying billing.0009_tax failed", at=minutes(-9), migration="billing.0009_tax")
    retried = a_run("applied", "Applying billing.0009_tax... OK", at=minutes(-8), migration="billing.0009_tax")
    assert strengths(CHANGES, some_logs(failed, retried)) == {}


@pytest.mark.parametrize(
    ("message", "at", "environment"),
    [
        ("PLAY RECAP: ok=12 changed=3 failed=0", -1, "production"),
        ("rollout finished, 0 failed, no failures", -1, "production"),
        ("rollout of shop failed", -1, "staging"),
        ("rollout of shop failed", 30, "production"),
    ],
)
def test_good_news_or_another_place_or_time_is_no_failed_deploy(message, at, environment):
    line = a_line(message, minutes(at), environment)
    assert strengths(some_logs(searches=(a_search(DEPLOYS, line),))) == {}


def test_a_flyway_number_of_another_service_is_not_this_migration():
    path = "db/migration/V42__create_orders.sql"
    change = a_schema_change(framework="flyway", migration="42", path=path)
    text = 'Migration of schema "public" to version "42 - add invoices" failed! Changes rolled back.'
    run = a_run("failed", text, at=minutes(-2), migration="42", framework="flyway")
    assert "its_run_failed" not in strengths(some_changes(change), some_logs(run))
    text = 'Migration of schema "public" to version "42 - create orders" failed! Changes rolled back.'
    run = a_run("failed", text, at=minutes(-2), migration="42", framework="flyway")
    assert strengths(some_changes(change), some_logs(run))["its_run_failed"] == "decisive"


def test_a_long_trace_is_quoted_from_its_beginning_to_what_it_died_of():
    frames = "".join(f'\n  File "/srv/app/orders/step_{number}.py", line {number}, in forwards' for number in range(40))
    reason = "canceling statement due to lock timeout"
    trace = f"  Applying orders.0042_order...Traceback (most recent call last):{frames}\nLockNotAvailable: {reason}"
    run = a_failure(line=a_line(trace, minutes(-2)), error=reason)
    (found,) = [one for one in cause.weigh(evidence(CHANGES, some_logs(run)))[0] if one.name == "its_run_failed"]
    assert found.citations[0].quote.startswith("Applying orders.0042_order...Traceback (most recent call last):")
    assert found.citations[0].quote.endswith(f" … {reason}")
    assert len(found.citations[0].quote) <= 240
