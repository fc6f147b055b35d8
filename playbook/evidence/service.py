"""What the operator says of a Sentry project: its repository and its name in the logs (`diagnose.toml`)."""

from playbook.evidence.fact import Value


class LogFields(Value):
    """Names of the fields in the log documents; the defaults are those of the Elastic Common Schema."""

    timestamp: str = "@timestamp"
    message: str = "message"
    level: str = "log.level"
    service: str = "service.name"
    environment: str = "service.environment"
    host: str = "host.name"
    trace: str = "trace.id"


class Service(Value):
    """The mapping of one Sentry project; what is None is found out or done without.

    `repository` is `owner/name`; `tag` is the form of the repository's release tags, with `{version}` in it;
    `log_service` is the service's name in the logs, `log_index` the index, pattern or data stream to search.
    """

    project: str
    repository: str | None = None
    tag: str | None = None
    log_service: str | None = None
    log_index: str | None = None
    log_fields: LogFields | None = None


class Services(Value):
    """Every mapped project, and the log fields of projects that name none of their own."""

    mapped: tuple[Service, ...] = ()
    log_fields: LogFields = LogFields()

    def of(self, project: str) -> Service:
        """The mapping of `project`, an empty one where nobody wrote any."""
        return next((one for one in self.mapped if one.project == project), Service(project=project))
