"""What speaks for and against a relation that no migration creates."""

from datetime import timedelta

from playbook.causes.migration_missing import cause
from playbook.evidence.changes import FileChange
from tests.facts import (
    DEPLOYED,
    ONSET,
    a_deploy,
    a_frequency,
    a_release,
    a_schema_change,
    a_timeline,
    evidence,
    some_changes,
)

MODEL = a_schema_change("models", path="orders/models.py", migration=None, quote="class Order(models.Model):")


def strengths(*facts, **given):
    signals, _ = cause.weigh(evidence(*facts, **given))
    return {signal.name: str(signal.strength) for signal in signals}


def test_a_model_without_a_migration_is_telling():
    assert strengths(some_changes(MODEL))["model_without_migration"] == "telling"


def test_a_model_with_its_migration_is_ruled_out():
    found = strengths(some_changes(MODEL, a_schema_change()))
    assert found["the_release_creates_it"] == "rules_out"
    assert "model_without_migration" not in found


def test_a_comparison_that_is_not_whole_cannot_say_that_no_migration_is_there():
    changes = some_changes(MODEL, incomplete=("GitHub shows 300 files only",))
    assert "model_without_migration" not in strengths(changes)


def test_a_spike_right_after_the_deploy_is_a_hint():
    assert strengths()["began_with_the_deploy"] == "hint"


def test_a_spike_hours_after_the_deploy_is_none():
    late = a_timeline(deploys=(a_deploy(at=ONSET - timedelta(hours=5)),))
    assert "began_with_the_deploy" not in strengths(late)


def test_a_deploy_after_the_onset_is_never_blamed():
    later = a_timeline(deploys=(a_deploy(at=ONSET + timedelta(minutes=30)),))
    assert "began_with_the_deploy" not in strengths(later)


def test_a_deploy_to_staging_is_not_blamed_for_production():
    staging = a_timeline(deploys=(a_deploy(environment="staging"),))
    assert "began_with_the_deploy" not in strengths(staging)


def test_constant_errors_are_not_put_down_to_the_deploy():
    assert "began_with_the_deploy" not in strengths(a_frequency(trend="constant", rule="no change"))


def test_a_release_first_seen_right_before_the_onset_is_a_hint():
    assert strengths(a_timeline(failing=a_release(created_at=DEPLOYED)))["first_release_has_it"] == "hint"


def test_a_release_that_was_out_for_a_day_is_none():
    old = a_timeline(failing=a_release(created_at=ONSET - timedelta(days=1)))
    assert "first_release_has_it" not in strengths(old)


def test_a_model_that_was_only_moved_misses_no_migration():
    moved = FileChange(
        path="orders/old.py", status="modified", patch="@@ -1,2 +0,0 @@\n-class Order(models.Model):\n", url="https://x"
    )
    assert "model_without_migration" not in strengths(some_changes(MODEL, files=(moved,)))


def test_the_remedy_says_what_else_the_release_changes_before_it_calls_a_rollback_safe():
    assert "safe" in cause.remedy(evidence(some_changes(MODEL)).facts).rollback
    other = a_schema_change("drops", relation="orders_note")
    told = cause.remedy(evidence(some_changes(MODEL, other)).facts).rollback
    assert "safe" not in told
    assert "drops orders_note" in told
    assert "safe" not in cause.remedy(evidence().facts).rollback
