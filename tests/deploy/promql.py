"""Which metrics, labels and values a PromQL expression names, and which there are.

promtool judges the grammar; it cannot know what is scraped.
"""

import re

from bot.observe.measures import OTHER, measures

PROCESS = {  # prometheus_client's own, on Linux
    "process_cpu_seconds_total",
    "process_max_fds",
    "process_open_fds",
    "process_resident_memory_bytes",
    "process_start_time_seconds",
    "process_virtual_memory_bytes",
}
TARGET = {"instance", "job"}
"""Labels that Prometheus adds to all it scrapes."""
WORDS = {"and", "or", "unless", "bool", "offset", "inf", "nan"}
GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right) *\(([^)]*)\)")


def scraped():
    """Every name that is scraped, with the measure behind it (None for the process' own)."""
    found = dict.fromkeys(PROCESS)
    for measure in measures().values():
        if measure.kind == "histogram":
            found |= {f"{measure.name}{part}": measure for part in ("_bucket", "_sum", "_count")}
        else:
            found[measure.shown] = measure
    return found


def named(expression):
    """The metrics that it names, each with its matchers: name, then label and value as written."""
    bare = GROUPING.sub(" ", expression)
    found = []
    for match in re.finditer(r"([a-zA-Z_:][\w:]*)\s*(\(|\{([^}]*)\})?", re.sub(r'\[[^\]]*\]|(?<=\()"[^"]*"', "", bare)):
        name, opened, matchers = match.groups()
        if name not in WORDS and opened != "(":
            found.append((name, re.findall(r'(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"', matchers or "")))
    return found


def faults(expression):
    """What it names that there is not, in words; empty where it is sound."""
    known = scraped()
    found, labels = [], set(TARGET)
    for name, matchers in named(expression):
        if name not in known:
            found.append(f"no metric {name}")
            continue
        measure = known[name]
        own = dict(measure.labels) if measure else {}
        if name == "diagnose_build_info":
            own["version"] = ()
        labels |= {*own, *(("le",) if name.endswith("_bucket") else ())}
        for label, value in matchers:
            if label in TARGET:
                continue
            if label not in own:
                found.append(f"{name} has no label {label}")
            found += [
                f"{name} has no {label} {one}" for one in value.split("|") if one not in {*own.get(label, ()), OTHER}
            ]
    grouped = {one.strip() for inside in GROUPING.findall(expression) for one in inside.split(",") if one.strip()}
    return found + [f"no label {label} to group by" for label in sorted(grouped - labels)]
