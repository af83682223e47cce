#!/usr/bin/env python3
"""Carries an Oracle Integration instance across: export, import, connection, activation, schedule.

Numbers in brackets are sections of the facts about the service that this project has collected.
Needs Python 3.9 and requests. Takes what gen3.sh takes, and ends as it does. A side with SOURCE_USER
and SOURCE_PASSWORD (TARGET_…) in place of a client is of Generation 2, as in gen2.sh.
"""
import sys
import time
from os import environ
from urllib.parse import quote

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase, HTTPBasicAuth
from urllib3.util import Retry

# [4] Only what changes nothing is repeated when the service is busy; Retry-After is honoured.
session = requests.Session()
session.mount("https://", HTTPAdapter(max_retries=Retry(
    total=5, backoff_factor=1, status_forcelist=[429, 502, 503, 504], allowed_methods=["GET"])))


def die(code, reason):
    print("error:", reason, file=sys.stderr)
    sys.exit(code)


def variable(name):
    return environ.get(name) or die(2, f"{name} is not set")


def http(method, url, **options):
    try:
        answer = session.request(method, url, timeout=(10, 300), **options)
        answer.ok or die(1, f"{method} {url} answered {answer.status_code}: {answer.text}")
        return answer.json() if answer.content else None
    except requests.RequestException as failure:
        die(1, failure)


def polls():
    for _ in range(int(environ.get("POLLS", "480"))):
        yield
        time.sleep(float(environ.get("POLL_SECONDS", "15")))
    die(4, "it has not ended")


class Bearer(AuthBase):
    """[4] Client credentials. A token is used for half of its life, for a job may outlive one."""

    def __init__(self, side):
        self.url = variable(f"{side}_IDENTITY_URL") + "/oauth2/v1/token"
        self.client = HTTPBasicAuth(variable(f"{side}_CLIENT_ID"), variable(f"{side}_CLIENT_SECRET"))
        self.scope, self.renewal = variable(f"{side}_SCOPE"), 0

    def __call__(self, request):
        if time.monotonic() >= self.renewal:
            form = {"grant_type": "client_credentials", "scope": self.scope}
            answer = http("POST", self.url, auth=self.client, data=form)
            self.token, self.renewal = answer["access_token"], time.monotonic() + answer["expires_in"] / 2
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


class Instance:
    def __init__(self, side):
        self.url, self.gen3 = variable(f"{side}_URL") + "/ic/api", f"{side}_USER" not in environ
        if self.gen3:  # [1.1, 2] each call names the instance
            self.name, self.auth = {"integrationInstance": variable(f"{side}_INSTANCE")}, Bearer(side)
        else:  # [3] the host is the instance's own
            self.name, self.auth = {}, HTTPBasicAuth(variable(f"{side}_USER"), variable(f"{side}_PASSWORD"))

    def get(self, path):
        return http("GET", self.url + path, auth=self.auth, params=self.name)

    def post(self, path, body=None, override=None, **flags):
        # [2] PATCH is a POST that says so in a header
        return http("POST", self.url + path, auth=self.auth, params=self.name | flags, json=body,
                    headers={"X-HTTP-Method-Override": override})

    def job(self, kind, request):
        path = f"/common/v1/{kind}ServiceInstanceArchive"
        job = self.post(path, request)["jobId"]
        for _ in polls():
            status = self.get(f"{path}/{job}")
            # [1.5] the names of the state; [1.6] no list of states is closed
            state = status.get("overallStatus") or status.get("status") or status["jobStatus"]
            print(f"  {kind} {job}: {state}")
            if state.upper().startswith("COMPLETED"):
                return status if state.upper() == "COMPLETED" else die(3, f"it had problems: {status}")
            if any(word in state.upper() for word in ("FAIL", "ERROR", "ABORT", "CANCEL")):
                die(1, f"the job failed: {status}")


def update(shown):
    """[2.2] The changed properties of a connection, otherwise as it shows them."""
    wanted = {"connectionUrl": "CONNECTION_URL", "username": "CONNECTION_USER",
              "password": "CONNECTION_PASSWORD"}
    change = {group: [each | {"propertyValue": variable(wanted.pop(each["propertyName"]))}
                      for each in shown[group] if each["propertyName"] in wanted]
              for group in ("connectionProperties", "securityProperties")}
    return die(1, f"the connection has no {', '.join(wanted)}") if wanted else change


source, target = Instance("SOURCE"), Instance("TARGET")
bucket, user, token = map(variable, ("BUCKET_URL", "STORAGE_USER", "STORAGE_TOKEN"))
storage = {"storageInfo": {"storageUrl": bucket, "storageUser": user, "storagePassword": token}}
# [2, 2.5] design-time calls; [2] the bar of an id is encoded
design = "/integration/v1" + (f"/projects/{environ['PROJECT']}" if environ.get("PROJECT") else "")
connection = f"{design}/connections/{variable('CONNECTION')}"
integration = f"{design}/integrations/{quote(variable('INTEGRATION'), safe='')}"

# [1.2] start an export; Generation 2 is told of the storage only
more = {"jobName": variable("JOB_NAME"), "exportSecurityArtifacts": True} if source.gen3 else {}
status = source.job("export", more | storage)
# [1.5] the names that the archive goes by
names = "archiveName", "archiveFilename", "archiveFileName", "archiveFile"
archive = next(filter(None, map(status.get, names)), None) or variable("JOB_NAME")
for _ in polls():
    # [5] list the bucket; [1.5] that the job is completed does not prove that the archive is there
    listing = http("GET", bucket, params={"format": "json"}, auth=HTTPBasicAuth(user, token))
    # [1.7] the object's name may end in .zip though the job's does not
    if any(each["name"] in (archive, archive + ".zip") and each["bytes"] for each in listing):
        break

# [1.3] start an import, which [1.9] activates nothing; each generation has its own spelling of the mode
more = {"jobName": variable("JOB_NAME"), "importSecurityArtifacts": True} if target.gen3 else {}
more["importActivateMode"] = "importOnly" if target.gen3 else "ImportOnly"
target.job("import", {"archiveFile": archive} | more | storage)

# [2.2] read, update and test a connection; an answer of 200 may tell of a failure
target.post(connection, update(target.get(connection)), override="PATCH")
test = target.post(f"{connection}/test")
test["status"] == "SUCCESS" or die(1, f"the test failed: {test}")

# [2.1] activate: the flag that says not to wait belongs into the query; then status and errors
target.post(integration, {"status": "ACTIVATED"}, override="PATCH", enableAsyncActivationMode="true")
for _ in polls():
    state = target.get(f"{integration}/activationStatus")["activationStatus"]
    print(f"  activation: {state}")
    if state == "ACTIVATED":
        break
    state != "FAILEDACTIVATION" or die(1, target.get(f"{integration}/activationErrors"))

# [2.3] start the schedule of what may have one and has one
shown = target.get(integration)
if shown["scheduleApplicableFlag"] and shown["scheduleDefinedFlag"]:
    print("  schedule:", target.post(f"{integration}/schedule/start", {}))
