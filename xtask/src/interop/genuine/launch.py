"""Runs a program of Swift's with the swift.conf of a folder: launch.py FOLDER PROGRAM ARGUMENT..."""
import runpy
import sys

from swift.common.utils import set_swift_dir

# Swift takes limits and policies from the folder of the system when it is imported, before it reads what its
# configuration says about the folder.
del sys.argv[0]
set_swift_dir(sys.argv.pop(0))
runpy.run_path(sys.argv[0], run_name="__main__")
