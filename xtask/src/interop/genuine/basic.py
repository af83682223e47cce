"""Lets TempAuth's users in as OCI does: by HTTP Basic on every request, below an account without a prefix.

Swift has neither. Where Basic is sent, `/v1/test/...` is read as `/v1/AUTH_test/...`, and the user's name and key are
exchanged for a token. Basic wins over a token beside it: a client that must send one sends a made-up one.
"""
import base64

from swift.common.swob import Request, Response

PREFIX = "AUTH_"


class Basic:
    def __init__(self, app):
        self.app = app

    def token(self, env, account, encoded):
        try:
            pair = base64.b64decode(encoded.strip(), validate=True)
            user, _, key = pair.decode("utf-8").partition(":")
        except ValueError:
            return None
        sign_in = Request.blank(
            "/auth/v1.0",
            environ={"swift.cache": env.get("swift.cache")},
            headers={"X-Auth-User": account + ":" + user, "X-Auth-Key": key},
        )
        return sign_in.get_response(self.app).headers.get("X-Auth-Token")

    def __call__(self, env, start_response):
        scheme, _, encoded = env.get("HTTP_AUTHORIZATION", "").partition(" ")
        parts = env["PATH_INFO"].split("/")
        if scheme.lower() != "basic" or len(parts) < 3 or parts[1] != "v1":
            return self.app(env, start_response)
        account = parts[2].removeprefix(PREFIX)
        token = self.token(env, account, encoded)
        if token is None:
            refusal = Response(status=401, headers={"WWW-Authenticate": 'Basic realm="%s"' % account})
            return refusal(env, start_response)
        parts[2] = PREFIX + account
        env["PATH_INFO"] = "/".join(parts)
        env["HTTP_X_AUTH_TOKEN"] = token
        env.pop("HTTP_X_STORAGE_TOKEN", None)
        return self.app(env, start_response)


def filter_factory(global_conf, **local_conf):
    return Basic
