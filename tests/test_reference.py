import re
import time

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from playbook.evidence.issue_ref import IssueRef
from playbook.reference import LONGEST_TEXT, NotAReference, reference, references_in

SENTRY = "https://acme.sentry.io"
HOSTED = "https://sentry.example.com"
EVENT = "fc6d8c0c43fc4630ad850ee518f1b9d0"


def refusal(text, sentry_url=SENTRY):
    with pytest.raises(NotAReference) as refused:
        reference(text, sentry_url)
    return refused.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5551234567", IssueRef(issue_id="5551234567")),
        ("SHOP-42", IssueRef(short_id="SHOP-42")),
        ("shop-4kd", IssueRef(short_id="SHOP-4KD")),
        ("my-long_project-2-1A", IssueRef(short_id="MY-LONG_PROJECT-2-1A")),
        ("SHOP-0", IssueRef(short_id="SHOP-0")),
        ("PYTHON-1", IssueRef(short_id="PYTHON-1")),
        (EVENT, IssueRef(event_id=EVENT)),
        (EVENT.upper(), IssueRef(event_id=EVENT)),
        ("1" * 32, IssueRef(event_id="1" * 32)),
        ("fc6d8c0c-43fc-4630-ad85-0ee518f1b9d0", IssueRef(event_id=EVENT)),
        ("  `SHOP-42`. ", IssueRef(short_id="SHOP-42")),
        ("*SHOP-42*", IssueRef(short_id="SHOP-42")),
        ("Short ID: SHOP-42", IssueRef(short_id="SHOP-42")),
        ("acme.sentry.io/issues/42/", IssueRef(issue_id="42", organization="acme")),
    ],
)
def test_what_a_person_types_is_read(text, expected):
    assert reference(text, SENTRY) == expected


ISSUE = IssueRef(issue_id="123")
ACME = IssueRef(issue_id="123", organization="acme")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://acme.sentry.io/issues/123/", ACME),
        ("https://acme.sentry.io/issues/123", ACME),
        ("https://acme.sentry.io/issues/123/?project=1&query=is%3Aunresolved", ACME),
        ("https://acme.sentry.io/issues/123/events/latest/", ACME),
        ("https://acme.sentry.io/issues/123/events/recommended/?project=1", ACME),
        (f"https://acme.sentry.io/issues/123/events/{EVENT}/", ACME.model_copy(update={"event_id": EVENT})),
        *(
            (f"https://acme.sentry.io/issues/123/{tab}/", ACME)
            for tab in ("tags", "activity", "replays", "similar", "merged", "feedback", "attachments", "events")
        ),
        ("https://sentry.io/organizations/acme/issues/123/?referrer=slack", ACME),
        ("https://us.sentry.io/acme/issues/123", ACME),
        ("https://sentry.io/acme/issues/123", ACME),
        ("https://de.sentry.io/issues/123/", ISSUE),
        ("https://www.sentry.io/issues/123/", ISSUE),
        ("https://sentry.io/acme/backend/issues/123/", ACME),
        (
            f"https://sentry.io/acme/backend/issues/123/events/{EVENT}/",
            ACME.model_copy(update={"event_id": EVENT}),
        ),
        ("https://sentry.io/acme/issues/SHOP-1A/", IssueRef(short_id="SHOP-1A", organization="acme")),
        ("https://acme.sentry.io/issues/shop-1a/", IssueRef(short_id="SHOP-1A", organization="acme")),
        ("https://acme.sentry.io/issues/UTF-8/", IssueRef(short_id="UTF-8", organization="acme")),
        ("https://sentry.io/api/0/organizations/acme/issues/123/", ACME),
        ("https://sentry.io/api/0/issues/123/", ISSUE),
        ("https://other.sentry.io/issues/123/", IssueRef(issue_id="123", organization="other")),
        ("HTTPS://ACME.SENTRY.IO/issues/123/", ACME),
        ("https://acme.sentry.io:443/issues/123/", ACME),
        ("http://acme.sentry.io/issues/123/", ACME),
        ("https://acme.sentry.io/issues/123/#exception", ACME),
        (
            "https://acme.sentry.io/issues/123/?environment=prod",
            ACME.model_copy(update={"environment": "prod"}),
        ),
        (
            "https://acme.sentry.io/issues/123/?environment=eu%20prod&amp;project=1",
            ACME.model_copy(update={"environment": "eu prod"}),
        ),
        ("https://acme.sentry.io/issues/123/?environment=prod&environment=staging", ACME),
        ("https://acme.sentry.io/issues/123/?environment=", ACME),
        ("https://acme.sentry.io/issues/123/?environment=a%0Ab", ACME),
    ],
)
@pytest.mark.parametrize("wrapping", ["{}", "<{}>", "<{}|a label>", "[SHOP-9]({})", "see {}", "<{}> please"])
def test_every_form_of_link_is_read_in_every_wrapping(url, expected, wrapping):
    assert reference(wrapping.format(url), SENTRY) == expected


@pytest.mark.parametrize(
    ("configured", "url", "expected"),
    [
        (HOSTED, "https://sentry.example.com/organizations/acme/issues/123/", ACME),
        (HOSTED, "https://sentry.example.com/acme/issues/123", ACME),
        (HOSTED + "/", "http://sentry.example.com/issues/123", ISSUE),
        ("sentry.example.com", "https://sentry.example.com/issues/123", ISSUE),
        ("http://localhost:9000", "http://localhost:9000/acme/issues/123", ACME),
        ("http://sentry_web:9000", "http://sentry_web:9000/issues/123", ISSUE),
        ("http://[::1]:9000", "http://[::1]:9000/issues/123", ISSUE),
        ("https://us.sentry.io", "https://acme.sentry.io/issues/123/", ACME),
        ("https://sentry.io", "https://acme.sentry.io/issues/123/", ACME),
    ],
)
def test_the_configured_sentry_decides_which_links_are_ours(configured, url, expected):
    assert reference(url, configured) == expected


@pytest.mark.parametrize(
    ("configured", "url"),
    [
        (SENTRY, "https://evil.example/issues/1/"),
        (SENTRY, "https://acme.sentry.io@evil.example/issues/1/"),
        (SENTRY, "https://user:word@acme.sentry.io/issues/1/"),
        (SENTRY, "https://acme.sentry.io\\@evil.example/issues/1/"),
        (SENTRY, "https://evil.example\\.sentry.io/issues/1/"),
        (SENTRY, "https://sentry.io.evil.example/issues/1/"),
        (SENTRY, "https://evilsentry.io/issues/1/"),
        (SENTRY, "https://acme.sentry.io./issues/1/"),
        (SENTRY, "https://acme.sentry.io:8443/issues/1/"),
        (SENTRY, "https://acme.sentry.io:99999/issues/1/"),
        (SENTRY, "https://a.b.sentry.io/issues/1/"),
        (SENTRY, "https://-.sentry.io/issues/1/"),
        (SENTRY, "https://xn--cme-7ua.sentry.io/issues/1/"),
        (SENTRY, "https://аcme.sentry.io/issues/1/"),
        (SENTRY, "https://acme.sentry。io/issues/1/"),
        (SENTRY, "https://acme%2esentry.io/issues/1/"),
        (SENTRY, "https://[acme.sentry.io/issues/1/"),
        (SENTRY, "https:///issues/1/"),
        (SENTRY, "ftp://acme.sentry.io/issues/1/"),
        (SENTRY, "https://evil.example/?next=https://acme.sentry.io/issues/1/"),
        (SENTRY, "<https://evil.example/issues/1/|https://acme.sentry.io/issues/1/>"),
        (SENTRY, "[https://acme.sentry.io/issues/1/](https://evil.example/issues/1/)"),
        (HOSTED, "https://acme.sentry.io/issues/1/"),
        (HOSTED, "https://sentry.io/issues/1/"),
        (HOSTED, "https://acme.sentry.example.com/issues/1/"),
        (HOSTED, "https://sentry.example.com:8000/issues/1/"),
        (HOSTED, "http://sentry.example.com:443/issues/1/"),
        ("http://localhost:9000", "http://localhost/issues/1/"),
        (SENTRY, "https://evil.example/issues/1/ https://evil.example/issues/2/"),
        ("", "https://acme.sentry.io/issues/1/"),
        ("", "https:///issues/1/"),
    ],
)
def test_a_link_to_another_host_is_foreign(configured, url):
    assert refusal(url, configured).kind == "foreign"
    assert references_in(url, configured) == []


@pytest.mark.parametrize(
    ("text", "kind", "sentence"),
    [
        ("", "nothing", "Name the issue to diagnose: its short id (SHOP-42), its number, a link to it"),
        ("   ", "nothing", "Name the issue to diagnose"),
        ("UTF-8", "nothing", "UTF-8 reads like a standard: give the issue's number or a link to it."),
        ("utf-16le", "nothing", "UTF-16LE reads like a standard"),
        ("HTTP-500", "nothing", "reads like a standard"),
        ("http-5xx", "nothing", "reads like a standard"),
        ("ISO-8859-1", "nothing", "reads like a standard"),
        ("CVE-2024", "nothing", "reads like a standard"),
        ("CVE-2024-12345", "nothing", "reads like a standard"),
        ("SHA-256", "nothing", "reads like a standard"),
        ("SHOP-", "nothing", "not a reference"),
        ("SHOP-4U", "nothing", "not a reference"),
        ("-42", "nothing", "not a reference"),
        ("why does UTF-8 break", "nothing", "not a reference"),
        ("please diagnose SHOP-42", "nothing", "not a reference"),
        ("0", "nothing", "No Sentry issue has that number"),
        ("007", "nothing", "No Sentry issue has that number"),
        ("9223372036854775808", "nothing", "No Sentry issue has that number"),
        ("٤٢", "nothing", "not a reference"),
        ("SHOP-４２", "nothing", "not a reference"),
        ("fc6d8c0c43fc4630ad850ee518f1b9d", "nothing", "not a reference"),
        ("SHOP-42\u202e", "nothing", "invisible characters"),
        ("SH\u200bOP-42", "nothing", "invisible characters"),
        ("SHOP-42\x00", "nothing", "invisible characters"),
        ("https://acme.sentry.io/issues/1/\x7f", "nothing", "invisible characters"),
        ("SHOP-42 " + "please " * 1000, "nothing", "too long"),
        ("javascript:alert(1)", "nothing", "not a reference"),
        ("<mailto:shop@example.com|SHOP-42>", "nothing", "not a reference"),
        ("https://acme.sentry.io/issues/555...", "nothing", "not a reference"),
        ("https://sentry.io/share/issue/0123456789abcdef/", "share", "share link: open it and give"),
        ("https://sentry.io/organizations/acme/share/issue/0123456789abcdef/", "share", "share link"),
        ("https://acme.sentry.io/share/group/0123456789abcdef/", "share", "share link"),
        ("https://sentry.io/api/0/shared/issues/123/", "share", "share link"),
        ("https://acme.sentry.io/feedback/?feedbackSlug=shop:1&project=2", "feedback", "user feedback"),
        ("https://acme.sentry.io/issues/feedback/?feedbackSlug=shop:1", "feedback", "user feedback"),
        ("https://acme.sentry.io/alerts/rules/shop/45/details/", "alert rule", "alert rule or metric alert"),
        ("https://acme.sentry.io/alerts/rules/details/9/?alert=3", "alert rule", "alert rule or metric"),
        ("https://sentry.io/organizations/acme/issues/alerts/rules/shop/4/details/", "alert rule", "alert rule"),
        ("https://acme.sentry.io/issues/alerts/rules/details/4/", "alert rule", "alert rule or metric alert"),
        ("https://acme.sentry.io/monitors/alerts/9/", "alert rule", "alert rule or metric alert"),
        ("https://acme.sentry.io/issues/?project=42", "no issue", "That link names no issue"),
        ("https://acme.sentry.io/issues/breached-metrics/", "no issue", "That link names no issue"),
        ("https://acme.sentry.io/issues/errors-outages/", "no issue", "That link names no issue"),
        ("https://acme.sentry.io/issues/views/123/", "no issue", "That link names no issue"),
        ("https://acme.sentry.io/issues/12三/", "no issue", "not as Sentry writes it"),
        ("https://acme.sentry.io/issues/1/../2/", "no issue", "not as Sentry writes it"),
        ("https://acme.sentry.io/issues/1/%2E%2e/2/", "no issue", "not as Sentry writes it"),
        ("https://acme.sentry.io/issues/%31/", "no issue", "That link names no issue"),
        ("https://acme.sentry.io/issues/0/", "no issue", "That link names no issue"),
        ("https://sentry.io/organizations/issues/123/", "no issue", "That link names no issue"),
        ("https://acme.sentry.io/", "no issue", "That link names no issue"),
        ("SHOP-1 SHOP-2", "several", "several issues: give one"),
        ("shop-1, shop-2", "several", "several issues"),
        ("1 2", "several", "several issues"),
        ("SHOP-1 5551234567", "several", "several issues"),
        ("https://acme.sentry.io/issues/1/ https://acme.sentry.io/issues/2/", "several", "several issues"),
        ("see <https://acme.sentry.io/issues/1/> and <https://acme.sentry.io/issues/2/>", "several", "several"),
        (f"SHOP-1 {EVENT}", "several", "several issues"),
    ],
)
def test_what_names_no_issue_is_refused_in_one_sentence(text, kind, sentence):
    refused = refusal(text)
    assert refused.kind == kind
    assert sentence in refused.sentence
    assert refused.sentence.endswith(".")
    assert "\n" not in refused.sentence


@pytest.mark.parametrize(
    "text",
    [
        "SHOP-42 please",
        "SHOP-42, thanks",
        "SHOP-42 500 errors since the re-deploy",
        "SHOP-42\tplease\r\nnow",
        "SHOP-42 shop-42",
        "SHOP-42 UTF-8",
        "SHOP-42 https://wiki.example.com/runbook",
    ],
)
def test_words_after_the_reference_are_courtesy(text):
    assert reference(text, SENTRY) == IssueRef(short_id="SHOP-42")


def test_a_foreign_first_word_is_not_made_good_by_a_later_link():
    assert refusal("https://evil.example/issues/1/ https://acme.sentry.io/issues/2/").kind == "foreign"


@pytest.mark.parametrize("link", ["issues/1\n2/", "issues/1\t2/", "issues/1/?q=" + "x" * 3_000])
def test_a_link_in_free_text_is_read_whole_or_not_at_all(link):
    assert references_in(f"<https://acme.sentry.io/{link}>", SENTRY) == []


def test_a_refusal_names_our_host_and_repeats_nothing_foreign():
    assert refusal("https://evil.example/issues/1/").sentence == (
        "That link leads elsewhere: give a link to acme.sentry.io."
    )
    assert "word" not in refusal("https://evil.example/issues/1/", "https://me:word@sentry.example.com").sentence


def test_free_text_gives_links_in_order_each_once_and_never_short_ids():
    text = (
        "UTF-8 in SHOP-1? <https://acme.sentry.io/issues/2/?environment=prod&amp;x=1|two>, "
        "https://acme.sentry.io/issues/1/. (https://evil.example/issues/3) <@U0PERSON> "
        "<https://acme.sentry.io/issues/2/events/latest/> <https://acme.sentry.io/issues/?project=4|backend>"
    )
    assert references_in(text, SENTRY) == [
        IssueRef(issue_id="2", environment="prod", organization="acme"),
        IssueRef(issue_id="1", organization="acme"),
    ]


def test_a_short_id_in_free_text_counts_after_its_label_where_there_is_no_link():
    assert references_in("x *Short ID:* `SHOP-4kd`, UTF-8", SENTRY) == [IssueRef(short_id="SHOP-4KD")]
    assert references_in("https://acme.sentry.io/issues/2/ Short ID: SHOP-2", SENTRY) == [
        IssueRef(issue_id="2", organization="acme")
    ]
    assert references_in("Short ID: none, short-id SHOP-2", SENTRY) == []


@pytest.mark.parametrize("ending", ["...", "....", "…"])
def test_a_link_that_was_cut_off_is_not_read_as_a_shorter_number(ending):
    assert references_in(f"https://acme.sentry.io/issues/555{ending}", SENTRY) == []


@given(st.integers(LONGEST_TEXT - 60, LONGEST_TEXT + 10))
def test_the_end_of_what_is_read_never_cuts_a_number(before):
    text = "x" * (before - 1) + " https://acme.sentry.io/issues/5551234567/"
    assert references_in(text, SENTRY) in ([], [IssueRef(issue_id="5551234567", organization="acme")])
    assert references_in("y" * 50_000, SENTRY) == []


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"environment": "prod"},
        {"issue_id": "1", "short_id": "SHOP-1"},
        {"issue_id": "0"},
        {"issue_id": "01"},
        {"issue_id": "1\n"},
        {"issue_id": "٤"},
        {"issue_id": "9223372036854775808"},
        {"issue_id": "../x"},
        {"short_id": "shop-1"},
        {"short_id": "SHOP"},
        {"short_id": "SHOP-U"},
        {"short_id": "SHOP/-1"},
        {"event_id": EVENT.upper()},
        {"event_id": EVENT[:-1]},
        {"issue_id": "1", "environment": ""},
        {"issue_id": "1", "environment": "a\nb"},
        {"issue_id": "1", "environment": "a/b"},
        {"issue_id": "1", "environment": "x" * 65},
        {"issue_id": "1", "organization": "acme/../x"},
        {"issue_id": "1", "link": "https://acme.sentry.io"},
    ],
)
def test_a_reference_cannot_hold_nonsense(fields):
    with pytest.raises(ValidationError):
        IssueRef(**fields)


@pytest.mark.parametrize(
    ("ref", "said"),
    [
        (IssueRef(short_id="SHOP-42", organization="acme"), "SHOP-42"),
        (IssueRef(issue_id="42"), "issue 42"),
        (IssueRef(event_id=EVENT), f"event {EVENT}"),
        (IssueRef(issue_id="42", event_id=EVENT, environment="prod"), f"issue 42, event {EVENT}, in prod"),
    ],
)
def test_a_reference_is_said_as_one_would_say_it(ref, said):
    assert str(ref) == said


slugs = st.from_regex(r"[a-z][a-z0-9_-]{0,30}[a-z]", fullmatch=True)
short_ids = st.builds(
    "{}-{}".format,
    slugs.map(str.upper),
    st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=1, max_size=9),
)
issue_ids = st.integers(1, 2**63 - 1).map(str)
event_ids = st.text("0123456789abcdef", min_size=32, max_size=32)
environments = st.none() | st.sampled_from(["prod", "eu-staging", "Prod 1", "本番", "a+b&c=d"])
organizations = st.from_regex(r"[a-z][a-z0-9-]{0,20}[a-z0-9]", fullmatch=True).filter(
    lambda slug: (
        slug not in {"us", "eu", "de", "www", "share", "shared", "organizations", "issues", "api"}
        and not slug.startswith("xn--")
    )
)


@st.composite
def links(draw):
    """A link in one of Sentry's forms, and what it names."""
    issue = draw(issue_ids | short_ids.filter(lambda short: short != "BREACHED-METRICS"))
    organization, environment = draw(organizations), draw(environments)
    place = draw(
        st.sampled_from(
            [
                f"https://{organization}.sentry.io/issues/",
                f"https://{organization}.sentry.io/organizations/{organization}/issues/",
                f"https://sentry.io/organizations/{organization}/issues/",
                f"https://us.sentry.io/{organization}/issues/",
                f"http://sentry.io/{organization}/shop/issues/",
                f"https://de.sentry.io/api/0/organizations/{organization}/issues/",
            ]
        )
    )
    event = draw(st.none() | event_ids)
    tab = f"events/{event}/" if event else draw(st.sampled_from(["", "tags/", "events/latest/", "events/"]))
    query = draw(st.sampled_from(["", "?project=4"]))
    if environment:
        spelled = "".join(f"%{byte:02X}" for byte in environment.encode())
        query += f"{'&' if query else '?'}environment={spelled}"
    kind = "issue_id" if issue.isdigit() else "short_id"
    ref = IssueRef(**{kind: issue}, event_id=event, environment=environment, organization=organization)
    return f"{place}{issue}/{tab}{query}", ref


@given(
    links(),
    st.sampled_from(["{}", "<{}>", "<{}|{}>", "<{}|SHOP-7 UTF-8>", "&lt;{}&gt;", "[x]({})", "  {}\n", "look: {} !"]),
    st.booleans(),
)
def test_a_link_in_any_wrapping_reads_back_the_same(link, wrapping, escaped):
    url, ref = link
    url = url.replace("&", "&amp;") if escaped else url
    assert reference(wrapping.replace("{}", url), SENTRY) == ref
    assert references_in(wrapping.replace("{}", url), SENTRY) == [ref]


@given(short_ids, st.sampled_from(["{}", " {} ", "`{}`", "*{}*", "({})", "{}.", "{} please"]), st.booleans())
def test_a_short_id_in_any_wrapping_reads_back_the_same(short_id, wrapping, lower):
    assume(not re.fullmatch(r"[A-Z]+(-[0-9]+X*)+", short_id))  # the form of a standard's name
    assume(not re.fullmatch(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", short_id))
    typed = short_id.lower() if lower else short_id
    assert reference(wrapping.format(typed), SENTRY) == IssueRef(short_id=short_id)


@given(st.text() | st.text("<>|&;()[]https:/sentry.io issues-0123456789ABU@\\%\"'\u202e", max_size=200))
@example("https://[::1")
@example("https://acme.sentry.io:port/issues/1")
@example("<" * 3000)
@example("[" * 3000)
@example("https://acme.sentry.io/issues/1/?" + "a=1&" * 700)
@example("\ud800")
def test_arbitrary_text_is_read_or_refused(text):
    try:
        assert isinstance(reference(text, SENTRY), IssueRef)
    except NotAReference as refused:
        assert refused.sentence.endswith(".")
    assert all(ref.short_id or ref.issue_id for ref in references_in(text, SENTRY))


@given(
    st.sampled_from([SENTRY, "https://sentry.io", HOSTED, "http://localhost:9000"]),
    st.sampled_from(["acme.sentry.io", "sentry.io", "sentry.example.com", "localhost:9000"]),
    st.sampled_from(
        [
            *("{}.evil.example", "evil{}", "evil-{}", "{}.", "{}:8443", "{}:0", "me@{}", "{}@evil.example"),
            *("a.b.{}", "xn--{}", "{}%00.evil.example", "{}\\.evil.example"),
            *("evil.example#{}", "evil.example?{}", "evil.example/{}"),
        ]
    ),
    st.booleans(),
)
def test_a_host_that_only_resembles_ours_is_never_accepted(configured, host, mutation, upper):
    mutated = mutation.format(host)
    # One label below sentry.io is an organization's own host there, whatever it is called.
    assume(mutated not in {"evilacme.sentry.io", "evil-acme.sentry.io"} or "sentry.io" not in configured)
    mutated = mutated.upper() if upper else mutated
    for scheme in ("https", "http"):
        with pytest.raises(NotAReference):
            reference(f"{scheme}://{mutated}/issues/123/", configured)
        assert references_in(f"see <{scheme}://{mutated}/issues/123/|it>", configured) == []


@pytest.mark.parametrize(
    "piece",
    ["<", "[", "[](", "<https://", "https://acme.sentry.io/issues/", "&amp;", "SHOP-", "Short ID:", "A-", "(((", "_"],
)
def test_hostile_text_of_any_length_costs_a_bounded_time(piece):
    text = piece * (1_000_000 // len(piece))
    began = time.process_time()
    references_in(text, SENTRY)
    refusal(text)
    with pytest.raises(NotAReference):
        reference(text[:4_000], SENTRY)
    assert time.process_time() - began < 2
