"""A plugin of pytest that writes what became of each test to the file FERRY_REPORT, one JSON object a line."""
import json
import os

report_file = open(os.environ["FERRY_REPORT"], "w", encoding="utf-8")


def pytest_runtest_logreport(report):
    # A test that was set up and taken down well is told by its call alone.
    if report.when != "call" and report.passed:
        return
    why = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext
    line = {"id": report.nodeid, "outcome": report.outcome, "why": why}
    print(json.dumps(line), file=report_file, flush=True)
