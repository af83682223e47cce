"""Ends well where files of a folder hold as much metadata as Swift gives them: room.py FOLDER"""
import os
import sys
import tempfile

with tempfile.NamedTemporaryFile(dir=sys.argv[1]) as file:
    os.setxattr(file.name, "user.room", bytes(16384))
