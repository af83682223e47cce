"""Sends every connection of a Python client to the emulator, whatever host it is for.

Python imports this by itself where its folder is on PYTHONPATH. The clients stay unchanged: they
name the hosts of the real services, and TLS is checked against those names.
"""
import os
import socket
from urllib.parse import urlsplit

emulator = urlsplit(os.environ["FERRY_EMULATOR"])
real = socket.getaddrinfo


def getaddrinfo(host, port, *rest, **more):
    return real(emulator.hostname, emulator.port, *rest, **more)


socket.getaddrinfo = getaddrinfo
