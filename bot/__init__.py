"""The face of the playbook: Slack, the command line and the settings; knows no other service."""
