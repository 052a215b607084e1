"""Runs a load generator whose requests hold N messages each, and gives its figures for one message.

    per_message.py N COMMAND...
"""
import json
import subprocess
import sys

batch, command = int(sys.argv[1]), sys.argv[2:]
done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
for line in done.stdout.splitlines():
    if not line.startswith("{"):
        print(line)
        continue
    figures = json.loads(line)
    for name in ("ops", "rate", "mb_s"):
        figures[name] *= batch
    for name in ("server_cpu_us", "client_cpu_us", "kernel_us"):
        figures[name] = round(figures[name] / batch, 3)
    figures["per_server_us"] = [round(cost / batch, 3) for cost in figures["per_server_us"] or []]
    figures["note"] = (figures.get("note", "") + f" {batch} messages a request").strip()
    print(json.dumps(figures))
sys.exit(done.returncode)
