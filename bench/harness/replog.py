"""replog for a harness that starts a system as three processes on loopback and drives it.

To be linked into the harness' `targets/`. It expects there a module `harness` with Target, LOADGEN,
WORK and get, as bench/README.md says. REPLOG_HOME names the checkout (default: where this file lies).

Drives: how many copies an append waits for, `-j` when they count once they are on disk. `batch-...` puts 100
messages into each append; its figures are of messages, not of requests. A new cluster is under load of every kind
for REPLOG_BENCH_WARM seconds before anything is measured: three JVMs on two cores compile for about a minute, and what
they compiled for one kind of load they do again for the next.
"""
import os
import subprocess
import sys

from harness import *

HOME = os.environ.get("REPLOG_HOME", os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__)))))
BASE = int(os.environ.get("REPLOG_BENCH_PORT", "24700"))
WARM = float(os.environ.get("REPLOG_BENCH_WARM", "75"))
KINDS = [("c64-100", 0.4), ("max-100", 0.2), ("c1-100", 0.1), ("c64-100", 0.3)]
BATCH = 100
PER_MESSAGE = [sys.executable, os.path.join(os.path.dirname(os.path.realpath(__file__)), "per_message.py")]
SINGLE = ["majority-j", "all-j", "1-j", "majority", "all", "1"]
BATCHES = ["batch-majority-j", "batch-majority"]


class Replog(Target):
    name, drives = "replog", SINGLE + BATCHES

    def __init__(self, secondaries=2, name="replog"):
        super().__init__()
        self.name, self.copies = name, secondaries + 1

    def start(self):
        start = [os.path.join(HOME, "replog")]
        urls = [f"http://127.0.0.1:{BASE + i}" for i in range(self.copies)]
        master = start + ["master", "--port", BASE, "--data", self.dir(0)]
        self.spawn(master + (["--secondaries", ",".join(urls[1:])] if urls[1:] else []))
        for i in range(1, self.copies):
            self.spawn(start + ["secondary", "--id", f"secondary-{i - 1}", "--port", BASE + i, "--data", self.dir(i)])
        retry(lambda: self.cluster(0)["mode"] == "READ_WRITE" and self.cluster(0)["quorum"]["available"] == self.copies, 120)
        self.warm()

    def warm(self):
        for kind, share in KINDS:
            load = self.drive("majority-j", Workload(kind, WARM * share, 0))
            subprocess.run([str(a) for a in load], check=True, stdout=subprocess.DEVNULL)

    def cluster(self, i):
        return get(f"http://127.0.0.1:{BASE + i}/cluster")

    def drive(self, drive, w):
        batch, durable = drive.startswith("batch-"), drive.endswith("-j")
        copies = drive.removeprefix("batch-").removesuffix("-j")
        concern = f'"w":{copies if copies.isdigit() else chr(34) + copies + chr(34)},"j":{str(durable).lower()}'
        if batch:
            if w.kind != "max":
                return None
            return PER_MESSAGE + [BATCH] + self.batches(w.size, concern, 8) + ["-depth", 4] + w.timing(self.pids())
        return self.http(w, f"127.0.0.1:{BASE}", '{"message":"%MSG%",' + concern + "}", expect='"sequence"')

    def batches(self, size, concern, clients):
        """Of the harness' message, with two digits more that make each of a batch another."""
        messages = ",".join(f'"%MSG%{i:02}"' for i in range(BATCH))
        return [LOADGEN, "http", "-addr", f"127.0.0.1:{BASE}", "-body", '{"messages":[' + messages + "]," + concern + "}",
                "-size", size - 2, "-expect", '"epoch"', "-c", clients]

    def fill(self, n, first):
        return PER_MESSAGE + [BATCH] + self.batches(100, '"w":"majority","j":true', 4) + ["-depth", 4, "-n", n // BATCH, "-pids", self.pids()]

    def read(self, n):
        page = os.environ.get("REPLOG_BENCH_PAGE", "1000")
        return [LOADGEN, "read", "-addr", f"127.0.0.1:{BASE}", "-mark", "quick-brown-fox", "-page", page, "-n", n, "-pids", self.pids()]

    def caught_up(self, i):
        return self.cluster(i)["lastSequence"] == self.cluster(0)["lastSequence"]

    def settle(self):
        """What was answered early (w=1) is on its way to the others still."""
        retry(lambda: all(self.caught_up(i) for i in range(1, self.copies)), 120)


TARGETS = [Replog()] + [Replog(n, f"replog-{n}s") for n in (0, 1, 4, 8)]
