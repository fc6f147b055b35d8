"""Each alert rule fires when it says, names only what is scraped, and leads to a paragraph that says what to do."""

import re

import pytest
import yaml

from tests.deploy.kubernetes_tools import ROOT, run
from tests.deploy.promql import faults

FILE = ROOT / "deploy" / "prometheus" / "rules.yml"
RULES = [rule for group in yaml.safe_load(FILE.read_text(encoding="utf-8"))["groups"] for rule in group["rules"]]
TESTS = ROOT / "tests" / "deploy" / "rules_tests.yml"
PAGE = ROOT / "docs" / "operating.md"


def test_promtool_finds_nothing_to_blame():
    done = run("promtool", "check", "rules", "--lint=all", "--lint-fatal", FILE)
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_rule_fires_when_it_should_and_is_silent_when_all_is_well():
    done = run("promtool", "test", "rules", TESTS)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("> 120", "> 12000"), ("> 120", "> 10"), ("> 0.2\n", "> 0.02\n"), ("vector(0)", "vector(1)"), ("0.99", "0.5")],
)
def test_a_rule_that_fires_at_another_time_would_be_found(right, wrong, tmp_path):
    """The test above can fail."""
    text = FILE.read_text(encoding="utf-8")
    assert right in text
    (tmp_path / "rules.yml").write_text(text.replace(right, wrong), encoding="utf-8")
    tests = TESTS.read_text(encoding="utf-8").replace("../../deploy/prometheus/rules.yml", "rules.yml")
    (tmp_path / "tests.yml").write_text(tests, encoding="utf-8")
    assert run("promtool", "test", "rules", tmp_path / "tests.yml").returncode != 0


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_it_names_only_what_is_scraped(rule):
    assert faults(rule["expr"]) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_it_is_tested_both_ways(rule):
    cases = [
        case
        for test in yaml.safe_load(TESTS.read_text(encoding="utf-8"))["tests"]
        for case in test["alert_rule_test"]
        if case["alertname"] == rule["alert"]
    ]
    assert {bool(case["exp_alerts"]) for case in cases} == {True, False}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_it_leads_to_a_paragraph_that_says_what_to_do(rule):
    page, anchor = rule["annotations"]["runbook_url"].split("#")
    assert ROOT / page == PAGE
    headings = re.findall(r"^#+ (.+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert anchor in {heading.lower().replace(" ", "-") for heading in headings}
    assert rule["annotations"]["summary"]
    assert rule["annotations"]["description"].endswith(".")
    assert rule["labels"]["severity"] in {"critical", "warning", "info"}


def test_the_page_has_no_paragraph_for_a_rule_that_is_gone():
    headings = re.findall(r"^### (Diagnose\w+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(headings) == sorted(rule["alert"] for rule in RULES)


@pytest.mark.parametrize(
    ("expression", "fault"),
    [
        ("sum(rate(diagnose_runs[5m]))", "no metric diagnose_runs"),
        ('sum(diagnose_requests_total{answer="denied"})', "diagnose_requests_total has no answer denied"),
        ("sum by (origin) (diagnose_source_calls_total)", "no label origin to group by"),
        ('diagnose_takeovers_total{kind="x"}', "diagnose_takeovers_total has no label kind"),
    ],
)
def test_a_name_that_there_is_not_would_be_found(expression, fault):
    assert fault in faults(expression)
