"""Inventory and semantic fingerprint of everything: what a plain script does with zipfile, ElementTree and hashlib.

Each entry is read and parsed once. The canonical form is made of the parsed tree in one walk, which is several times as
fast as ElementTree.canonicalize, whose writer is not one of the modules written in C.
"""

import hashlib
import io
import json
import re
import sys
import zipfile
from xml.etree import ElementTree

XML = (".xml", ".xsl", ".wsdl", ".xsd", ".jca", ".dvm")
DERIVED = re.compile(
    r"layout3?\.json$|analysis\.json$|project_messages\.json$|stateinfo\.(json|xml)$|RuntimeFault\.wsdl$"
    r"|ICSFault\.|ICSIntegrationMetadata\.xsd$"
)
NOISE = {
    "id", "groupId", "securedAuditInfo", "pluginVersion", "updatePluginVersion", "sdkVersion", "platformVersion",
}
SERVER = re.compile(r"file:/\S*?/itg_\d+/")


def local(tag):
    return tag.rpartition("}")[2]


def canonical(element, out):
    out.append(element.tag)
    attributes = element.attrib
    if attributes:
        for name in sorted(attributes):
            out.append(name)
            out.append(attributes[name])
    text = element.text
    if text and not text.isspace():
        out.append(text)
    for child in element:
        canonical(child, out)
        tail = child.tail
        if tail and not tail.isspace():
            out.append(tail)
    out.append("/")


def digest(parts):
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def of_tree(root):
    out = []
    canonical(root, out)
    return digest(out)


def properties(text):
    lines = (line for line in text.splitlines() if line and line[0] not in "#!")
    pairs = (line.partition("=") for line in lines)
    return {key.strip(): value.replace("\\:", ":").replace("\\=", "=") for key, _, value in pairs}


def meaning(root, resources):
    """The orchestration, with each reference replaced by what it points at."""
    named, order = {}, None
    for element in root.iter():
        name = element.get("name")
        tag = local(element.tag)
        if tag in ("processor", "application"):
            named[name] = element
        elif tag == "orchestration":
            order = element

    def resolved(element, out):
        for child in element.iter():
            location = child.get("location")
            if location is not None:
                out.append(resources.get(location.replace("../", "", 1), ""))
                continue
            for key in sorted(child.attrib):
                if key not in ("name", "refUri"):
                    out.append(child.attrib[key])
            text = child.text
            if text and not text.isspace():
                out.append(text)

    out = []
    for child in root:
        if len(child) == 0:
            out.append(child.text or "")
    for element in order.iter():
        out.append(local(element.tag))
        reference = element.get("refUri")
        if reference:
            target = named.get(reference.partition("/")[0])
            if target is not None:
                resolved(target, out)
    return digest(out)


def entries(archive, place, found):
    flows = {}
    for info in archive.infolist():
        name = info.filename
        content = archive.read(info)
        if content[:4] == b"PK\x03\x04":
            with zipfile.ZipFile(io.BytesIO(content)) as inner:
                entries(inner, place + name + "!", found)
            continue
        root_of, inside, rest = name.partition("/PROJECT-INF/")
        if not inside:
            root_of, inside, rest = name.partition("/resources/")
        if DERIVED.search(name):
            continue
        if rest == "project.xml":
            flows.setdefault(root_of, [None, {}])[0] = ElementTree.fromstring(content)
        elif inside:
            if name.endswith(XML):
                value = of_tree(ElementTree.fromstring(content))
            else:
                value = hashlib.sha256(SERVER.sub("", content.decode("utf-8", "replace")).encode()).hexdigest()
            flows.setdefault(root_of, [None, {}])[1]["resources/" + rest] = value
        elif name.endswith("_attributes.properties"):
            of = properties(content.decode("latin-1"))
            found["states"][of.get("project_code")] = of.get("project_persisted_state")
        elif name.endswith("/info.json"):
            of = json.loads(content)["properties"]
            found["states"][of["code"]] = of["persistedState"]
        elif name.endswith(XML):
            root = ElementTree.fromstring(content)
            code = root.findtext("instanceCode")
            if code is not None:
                for child in [child for child in root if local(child.tag) in NOISE]:
                    root.remove(child)
                found["connections"][code] = of_tree(root)
            else:
                found["others"][place + name] = of_tree(root)
        else:
            found["others"][place + name] = hashlib.sha256(content).hexdigest()
    for root, resources in flows.values():
        of = {local(child.tag): child.text for child in root}
        found["integrations"][of["projectCode"], of["projectVersion"]] = meaning(root, resources)


def main():
    found = {"integrations": {}, "connections": {}, "others": {}, "states": {}}
    with zipfile.ZipFile(sys.argv[1]) as archive:
        entries(archive, "", found)
    print({kind: len(value) for kind, value in found.items()})


main()
