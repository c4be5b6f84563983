"""A provider of the tests' own, over HTTP on loopback: it plays Microsoft 365 or Google, and lies as it is told."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

TENANT = "11111111-2222-4333-8444-555555555555"
OTHER_TENANT = "99999999-2222-4333-8444-555555555555"
CLIENT_ID, SECRET = "a-client", "the client secret"
KEY, OTHER_KEY = (rsa.generate_private_key(65537, 2048) for _ in range(2))


def as_jwk(key: rsa.RSAPrivateKey, kid: str) -> dict[str, Any]:
    return json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())) | {"kid": kid, "use": "sig", "alg": "RS256"}


class Provider:
    """`claims` go into the next token; `signs` makes it of them; `asked` is what the browser brought along last."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.issuer = f"{url}/{TENANT}/v2.0"
        self.claims: dict[str, Any] = {}
        self.asked: dict[str, str] = {}
        self.codes: set[str] = set()
        self.description: dict[str, Any] = {}
        self.status = 200
        self.token_answer: Any = None
        self.requests: list[str] = []
        self.keys = [as_jwk(KEY, "one"), as_jwk(OTHER_KEY, "two")]

    def signs(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": "one"})

    def vouch(self, address: str, **claims: Any) -> dict[str, str]:
        """What the browser brings back from this address: a code and the state; the token will say this."""
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        now = int(time.time())
        usual = {"iss": self.issuer, "aud": CLIENT_ID, "sub": "subject-of-ada", "tid": TENANT, "iat": now, "nbf": now, "exp": now + 3600,
                 "auth_time": now if "max_age" in self.asked else None, "nonce": self.asked["nonce"],
                 "preferred_username": "ada@hillside.example", "name": "Ada Example"}  # fmt: skip
        self.claims = {name: value for name, value in (usual | claims).items() if value is not None}
        code = f"code-{len(self.requests)}"
        self.codes.add(code)
        return {"code": code, "state": self.asked["state"]}

    def token(self, form: dict[str, str]) -> tuple[int, Any]:
        if self.token_answer is not None:
            return self.token_answer
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        right = form.get("client_id") == CLIENT_ID and form.get("client_secret") == SECRET and challenge == self.asked.get("code_challenge")
        if form.get("code") not in self.codes or not right:
            return 400, {"error": "invalid_grant"}
        self.codes.discard(form["code"])
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self.signs(self.claims)}

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, Any]:
        self.requests.append(path)
        if path.endswith("/.well-known/openid-configuration"):
            usual = {"issuer": self.issuer, "authorization_endpoint": f"{self.url}/authorize", "token_endpoint": f"{self.url}/token",
                     "jwks_uri": f"{self.url}/keys"}  # fmt: skip
            return self.status, usual | self.description
        if path == "/keys":
            return 200, {"keys": self.keys}
        return self.token(form) if path == "/token" else (404, {})


@contextmanager
def running() -> Iterator[Provider]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            self.answer({name: values[0] for name, values in parse_qs(body).items()})

        def answer(self, form: dict[str, str]) -> None:
            status, said = provider.answer(self.path, form)
            body = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if status in {301, 302}:
                self.send_header("Location", "http://127.0.0.1:9/")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    provider = Provider(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
