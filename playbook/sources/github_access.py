"""Where GitHub is and who asks: wrong settings are refused before anything is asked, and no secret is ever shown."""

import re
from typing import Self
from urllib.parse import urlsplit

import jwt
from github.Auth import AppAuth
from pydantic import ConfigDict, SecretStr, field_validator, model_validator

from playbook.evidence.fact import Value


class GitHubAccess(Value):
    """Where GitHub is and who asks: a token, or an App (`installation_id` None: found for each repository)."""

    model_config = ConfigDict(hide_input_in_errors=True)

    api_url: str = "https://api.github.com"
    token: SecretStr | None = None
    app_id: int | None = None
    app_key: SecretStr | None = None
    installation_id: int | None = None

    @field_validator("api_url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        parts = urlsplit(value.strip())
        if parts.scheme not in {"https", "http"} or not parts.hostname or parts.username or parts.query:
            raise ValueError("GITHUB_API_URL is no address such as https://github.example.com/api/v3")
        return value.strip().rstrip("/")

    @field_validator("token")
    @classmethod
    def _fits_a_header(cls, value: SecretStr | None) -> SecretStr | None:
        token = value.get_secret_value().strip() if value else ""
        if not re.fullmatch(r"[!-~]*", token):
            raise ValueError("GITHUB_TOKEN holds a blank or another character that no token has")
        return SecretStr(token) if token else None

    @model_validator(mode="after")
    def _has_one_way_in(self) -> Self:
        if (self.token is None) == (self.app_id is None):
            raise ValueError("GitHub wants either GITHUB_TOKEN or GITHUB_APP_ID with the App's private key")
        if self.app_id is not None:
            try:
                app_of(self).create_jwt()
            except (ValueError, TypeError, jwt.PyJWTError):
                raise ValueError("the private key of the GitHub App is not an RSA key in PEM form") from None
        return self


def app_of(access: GitHubAccess) -> AppAuth:
    """Signs for the App; the key may come from the environment, with `\\n` written out."""
    key = access.app_key.get_secret_value() if access.app_key else ""
    return AppAuth(access.app_id or 0, key.replace("\\n", "\n").strip() + "\n")
