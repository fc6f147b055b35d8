"""Each way in which Elasticsearch does not answer, in a sentence that says what to do; nothing it sent is quoted."""

import re

from elasticsearch import ApiError, UnsupportedProductError

from playbook.sources.elastic_access import ElasticAccess
from playbook.sources.punctual import Why

REDIRECT, SERVER_ERROR = 3, 5
"""Classes of status codes: their first digit."""


def foreign(host: str) -> str:
    """What answered is JSON, and not of a search."""
    return f"what answers at {host} is not Elasticsearch's search; check ELASTICSEARCH_URL"


def broken(why: Why, host: str, seconds: float) -> str:
    """Why there was no answer at all, after `seconds` at most."""
    match why:
        case "late" | "late connection":
            return f"Elasticsearch at {host} did not answer within {seconds:.0f} seconds; check again in a minute"
        case "certificate" | "TLS":
            return f"the certificate of {host} is not trusted; name its authority's PEM file in ELASTICSEARCH_CA"
        case "unknown name":
            return f"the name {host} cannot be resolved; check ELASTICSEARCH_URL and the network"
        case "refused":
            return f"Elasticsearch at {host} cannot be reached (connection refused); check ELASTICSEARCH_URL"
    return f"Elasticsearch at {host} broke off before its answer was complete; check again in a minute"


def unreadable(host: str) -> str:
    """What came in place of JSON."""
    return f"Elasticsearch at {host} sent an answer that is cut off or not JSON; check again in a minute"


def refused(error: ApiError, access: ElasticAccess) -> str:
    """What an answer that is an error says; of its own words only what is known to be harmless."""
    host, status = access.host, error.meta.status
    if isinstance(error, UnsupportedProductError) or status in {406, 415}:
        return f"the server at {host} is not Elasticsearch 8 or 9 (OpenSearch is not supported), or a proxy changed it"
    who = "API key" if access.api_key else "user and password" if access.username else "request without an API key"
    match status:
        case 401:
            return f"Elasticsearch at {host} does not accept the {who} (401); set a valid ELASTICSEARCH_API_KEY"
        case 403:
            return f"the {who} may not search the logs at {host} (403); it needs: {_privilege(error)}"
        case 404:
            return f"there is no search at {host} (404); check the path in ELASTICSEARCH_URL, or the cloud id"
        case 413:
            return f"Elasticsearch at {host} finds the search too large (413)"
        case 429:
            return f"Elasticsearch at {host} is overloaded (429); check again in a minute"
    if status // 100 == REDIRECT:
        return f"{host} redirects elsewhere ({status}), as a log-in page does; correct ELASTICSEARCH_URL"
    if status // 100 == SERVER_ERROR:
        return f"Elasticsearch at {host} failed ({status}); check again in a minute"
    return f"Elasticsearch at {host} refused the search ({status})"


def _privilege(error: ApiError) -> str:
    """The privilege and index that the server itself names, `read` where it names none."""
    text = str(error.body)[:4_000]
    index = re.search(r"on indices \[([\w.*,: -]{1,80})\]", text)
    granted = re.search(r"index privileges? \[([\w,]{1,80})\]", text)
    return f"{granted.group(1) if granted else 'read'} on {index.group(1) if index else 'the index of the logs'}"
