"""Lists what an archive holds: what a plain script does with zipfile and ElementTree."""

import io
import json
import sys
import zipfile
from xml.etree import ElementTree


def local(tag):
    return tag.rpartition("}")[2]


def properties(text):
    lines = (line for line in text.splitlines() if line and line[0] not in "#!")
    pairs = (line.partition("=") for line in lines)
    return {key.strip(): value.replace("\\:", ":").replace("\\=", "=") for key, _, value in pairs}


def flow(root, found):
    of = {local(child.tag): child.text for child in root}
    connections, actions = set(), 0
    for element in root.iter():
        name = local(element.tag)
        if name == "adapter":
            connections.update(c.text for c in element if local(c.tag) == "code")
        elif name == "processor":
            actions += 1
    found["integrations"][of["projectCode"], of["projectVersion"]] = (of["projectName"], sorted(connections), actions)


def connection(root, found):
    of = {local(child.tag): child.text for child in root}
    left = [
        name.text
        for name, value in (list(p)[:2] for p in root.iter("connectionProperty") if len(p) > 1)
        if (value.text or "").startswith("%%")
    ]
    found["connections"][of["instanceCode"]] = (of["applicationTypeRef"], of["integrationRole"], left)


def lister(archive, found):
    for info in archive.infolist():
        name = info.filename
        found["entries"] += 1
        if name.endswith((".iar", ".par", ".car", ".zip", ".jar")):
            with zipfile.ZipFile(io.BytesIO(archive.read(info))) as inner:
                lister(inner, found)
        elif name.endswith("PROJECT-INF/project.xml"):
            flow(ElementTree.fromstring(archive.read(info)), found)
        elif name.endswith("_attributes.properties"):
            of = properties(archive.read(info).decode("latin-1"))
            found["states"][of.get("project_code")] = of.get("project_persisted_state")
        elif name.endswith("/info.json"):
            of = json.loads(archive.read(info))["properties"]
            found["states"][of["code"]] = of["persistedState"]
        elif "appinstances/" in name or name.rpartition("/")[0].endswith("connections"):
            connection(ElementTree.fromstring(archive.read(info)), found)
        elif name.endswith(".dvm"):
            root = ElementTree.fromstring(archive.read(info))
            found["lookups"][root.get("name")] = sum(local(e.tag) == "row" for e in root.iter())


def main():
    found = {"integrations": {}, "connections": {}, "lookups": {}, "states": {}, "entries": 0}
    with zipfile.ZipFile(sys.argv[1]) as archive:
        lister(archive, found)
    print({kind: value if isinstance(value, int) else len(value) for kind, value in found.items()})


main()
