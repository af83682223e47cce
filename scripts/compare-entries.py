#!/usr/bin/env python3
"""Compare what went into an instance with what it gives out again, entry by entry.

Each FILE (.iar, .par, .car) is an artifact that went in. The instance INSTANCE of a running emulator is asked, through
the same calls and sign-in as the real service, for every integration, package and project that it holds. The SHA-256
of every inner entry, nested zips opened too, must be the same on both sides, and the instance must hold nothing else.

Exit code: 0 equal, 1 different, 2 usage, or something could not be read.

Only Python's standard library is used, and nothing of Ferry.
"""

import argparse
import base64
import hashlib
import io
import json
import sys
import urllib.error
import urllib.parse
import urllib.request
import zipfile

API = "/ic/api/integration/v1"
PAGE = 50
PATIENCE = 60


class Unreadable(Exception):
    """Something could not be read; the text says what."""


def entries(data, place=""):
    """The path and the SHA-256 of every entry, nested zips opened: a list of pairs, in the order of the zip."""
    found = []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                path = place + info.filename
                if info.is_dir():
                    found.append((path, "folder"))
                    continue
                content = archive.read(info)
                if content[:4] == b"PK\x03\x04" and zipfile.is_zipfile(io.BytesIO(content)):
                    found.extend(entries(content, path + "!"))
                else:
                    found.append((path, hashlib.sha256(content).hexdigest()))
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise Unreadable(f"{place or 'artifact'}: {error}") from error
    return found


class Instance:
    """An instance of an emulator, seen through the service's own calls."""

    def __init__(self, emulator, name):
        parts = urllib.parse.urlsplit(emulator)
        if parts.scheme != "http" or not parts.hostname:
            raise Unreadable(f"{emulator} is not http://HOST:PORT")
        self.emulator = f"http://{parts.netloc}"
        # Straight there: no proxy of the environment has a say.
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        cards = json.loads(self.send("GET", self.emulator + "/_ferry/environments"))
        known = [card["name"] for card in cards]
        if name not in known:
            raise Unreadable(f"there is no instance {name}; there are {', '.join(known)}")
        self.card = cards[known.index(name)]
        # Generation 2 is told by its host's name, which need not resolve: the address is the emulator's all the same.
        self.host = urllib.parse.urlsplit(self.card["url"]).netloc
        self.query = []
        if self.card.get("service_instance"):
            self.query = [("integrationInstance", self.card["service_instance"])]
        if self.card["generation"] == "gen2":
            self.authorization = basic(self.card["user"], self.card["password"])
        else:
            self.authorization = "Bearer " + self.token()

    def send(self, method, url, headers=None, body=None):
        request = urllib.request.Request(url, data=body, headers=headers or {}, method=method)
        try:
            with self.opener.open(request, timeout=PATIENCE) as answer:
                return answer.read()
        except (urllib.error.URLError, OSError) as error:
            raise Unreadable(f"{method} {url.split('?')[0]}: {error}") from error

    def token(self):
        form = urllib.parse.urlencode({"grant_type": "client_credentials", "scope": self.card["scope"]})
        headers = {
            "Authorization": basic(self.card["client_id"], self.card["client_secret"]),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        path = urllib.parse.urlsplit(self.card["token_url"]).path
        return json.loads(self.send("POST", self.emulator + path, headers, form.encode()))["access_token"]

    def call(self, method, path, query=(), body=None):
        url = f"{self.emulator}{API}/{path}?{urllib.parse.urlencode(self.query + list(query))}"
        headers = {"Authorization": self.authorization, "Host": self.host}
        if body is not None:
            headers["Content-Type"] = "application/json"
        return self.send(method, url, headers, body)

    def all(self, path):
        """Every item of a list, page by page."""
        items = []
        while True:
            page = json.loads(self.call("GET", path, [("limit", PAGE), ("offset", len(items))]))
            items.extend(page["items"])
            if not page.get("hasMore") or not page["items"]:
                return items

    def artifacts(self):
        """What it holds: name and bytes. What a package or project holds is in that."""
        for one in self.all("integrations"):
            if not one.get("packageName"):
                yield one["id"], self.call("GET", f"integrations/{quoted(one['id'])}/archive")
        for one in self.all("packages"):
            yield one["id"], self.call("GET", f"packages/{quoted(one['id'])}/archive")
        if self.card["generation"] == "gen2":
            return
        for one in self.all("projects"):
            body = json.dumps({"name": one["name"], "code": one["code"], "type": "DEVELOPED"})
            yield one["id"], self.call("POST", f"projects/{quoted(one['id'])}/archive", body=body.encode())


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def quoted(text):
    return urllib.parse.quote(text, safe="")


def differences(went_in, came_out):
    """One line for each entry that differs."""
    lines = []
    for path, digest in went_in:
        others = [other for name, other in came_out if name == path]
        if digest not in others:
            lines.append(f"{path}: " + ("is another" if others else "is missing"))
    known = {path for path, _ in went_in}
    lines.extend(f"{path}: did not go in" for path, _ in came_out if path not in known)
    if not lines and sorted(went_in) != sorted(came_out):
        lines.append("an entry is there more often than it went in")
    return lines


def compare(files, instance):
    """Prints what was found, and says whether everything is equal."""
    left = {name: entries(data) for name, data in instance.artifacts()}
    equal, total = True, 0
    for file in files:
        try:
            with open(file, "rb") as handle:
                went_in = entries(handle.read())
        except OSError as error:
            raise Unreadable(str(error)) from error
        if not went_in:
            raise Unreadable(f"{file}: no entries; nothing would be compared")
        total += len(went_in)
        # Names of files are nothing to go by: the artifact that has most in common is meant.
        shared = {name: len(set(went_in) & set(found)) for name, found in left.items()}
        name = max(shared, key=shared.get, default=None)
        if name is None or shared[name] == 0:
            print(f"{file}: nothing of it came out")
            equal = False
            continue
        lines = differences(went_in, left.pop(name))
        print(f"{file}: {len(went_in)} entries, {name}: {'equal' if not lines else 'DIFFERENT'}")
        for line in lines:
            print(f"  {line}")
        equal = equal and not lines
    for name in left:
        print(f"{name}: is there, but did not go in")
        equal = False
    print(f"{len(files)} files, {total} entries: {'equal' if equal else 'DIFFERENT'}")
    return equal


def main():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n", maxsplit=1)[0],
        epilog="Exit code: 0 equal, 1 different, 2 usage, or something could not be read.",
    )
    parser.add_argument("--emulator", required=True, metavar="URL", help="a running emulator: http://127.0.0.1:PORT")
    parser.add_argument("--instance", required=True, metavar="NAME", help="its instance that gives the artifacts out")
    parser.add_argument("files", nargs="+", metavar="FILE", help="an artifact that went in: .iar, .par or .car")
    arguments = parser.parse_args()
    try:
        return 0 if compare(arguments.files, Instance(arguments.emulator, arguments.instance)) else 1
    except (Unreadable, KeyError, ValueError) as error:
        print(f"compare-entries: {error!s}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
