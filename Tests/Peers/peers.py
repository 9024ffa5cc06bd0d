#!/usr/bin/env python3
"""Real servers for the tests, on loopback and free ports, with all they write in one folder.

    peers.py install         Prometheus, Alertmanager (Debian), llama.cpp's server (PyPI), into the cache
    peers.py start FOLDER    starts them and a vLLM stand-in; writes and prints FOLDER/peers.json
    peers.py stop FOLDER     stops what was started there

The cache is $PITWALL_PEERS, or ~/.cache/pitwall-peers. Nothing is installed system-wide.
"""
import glob
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
CACHE = pathlib.Path(os.environ.get("PITWALL_PEERS") or pathlib.Path.home() / ".cache" / "pitwall-peers")
BIN = CACHE / "debian" / "usr" / "bin"
PYTHON = CACHE / "venv" / "bin" / "python"
MODEL = CACHE / "tiny-random.gguf"
WHEELS = ["xllamacpp==2026.10.11549", "gguf==0.19.0", "numpy"]
TEMPLATES = b"/usr/share/prometheus/alertmanager"


def run(*words, **more):
    subprocess.run(words, check=True, stdout=sys.stderr, **more)


def install():
    CACHE.mkdir(parents=True, exist_ok=True)
    for package, program in (("prometheus", "prometheus"), ("prometheus-alertmanager", "prometheus-alertmanager")):
        if not (BIN / program).exists():
            unpack(package)
    relocate(BIN / "prometheus-alertmanager")
    if not PYTHON.exists() or subprocess.run([PYTHON, "-c", "import xllamacpp, gguf"], capture_output=True).returncode:
        run(sys.executable, "-m", "venv", "--clear", str(CACHE / "venv"))
        run(str(PYTHON), "-m", "pip", "install", "-q", "--only-binary=:all:", *WHEELS)
    if not MODEL.exists():
        run(str(PYTHON), str(HERE / "make_model.py"), f"{MODEL}.new")
        os.replace(f"{MODEL}.new", MODEL)


def unpack(package):
    """A Debian package's files, without installing it: no root, no service started."""
    with tempfile.TemporaryDirectory() as folder:
        run("apt-get", "download", "-q", package, cwd=folder)
        for deb in glob.glob(f"{folder}/*.deb"):
            run("dpkg-deb", "-x", deb, str(CACHE / "debian"))


def relocate(program):
    """Debian's Alertmanager reads templates from a fixed place; a path of the same length stands for its own folder."""
    data = program.read_bytes()
    if TEMPLATES in data:
        here = b"/proc/self/cwd"
        program.with_suffix(".new").write_bytes(data.replace(TEMPLATES, here + b"/" * (len(TEMPLATES) - len(here))))
        program.with_suffix(".new").chmod(0o755)
        os.replace(program.with_suffix(".new"), program)


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def launch(folder, name, words, cwd=None):
    def alone():
        os.setsid()
        # Test runners block signals, and children inherit that.
        signal.pthread_sigmask(signal.SIG_SETMASK, [])

    with open(folder / f"{name}.log", "wb") as log:
        process = subprocess.Popen(
            [str(word) for word in words], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=cwd, preexec_fn=alone)
    return process


def wait(folder, name, process, url):
    deadline = time.monotonic() + 120
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < deadline:
        try:
            if opener.open(url, timeout=2).status == 200:
                return
        except OSError:
            pass
        if process.poll() is not None:
            break
        time.sleep(0.1)
    sys.exit(f"{name} did not start:\n" + (folder / f"{name}.log").read_text(errors="replace")[-2000:])


def start(folder):
    folder.mkdir(parents=True, exist_ok=True)
    if not MODEL.exists() or not (BIN / "prometheus").exists():
        sys.exit("the servers are not installed: run Tests/run, or python3 Tests/Peers/peers.py install")
    prom, am, vllm, llama = free_ports(4)
    url = "http://127.0.0.1:{}".format
    (folder / "alertmanager.yml").write_text(
        "route: {receiver: oncall, group_wait: 1s, group_interval: 2s}\nreceivers: [{name: oncall}]\n")
    (folder / "prometheus.yml").write_text(f"""
global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}}
rule_files: ['{HERE / "rules.yml"}']
alerting: {{alertmanagers: [{{static_configs: [{{targets: ['127.0.0.1:{am}']}}]}}]}}
scrape_configs:
  - {{job_name: vllm, static_configs: [{{targets: ['127.0.0.1:{vllm}']}}]}}
""")
    share = CACHE / "debian" / "usr" / "share" / "prometheus"
    processes = {
        "exporter": (launch(folder, "exporter", [sys.executable, HERE / "exporter.py", vllm, "chat-model"]), url(vllm) + "/health"),
        "alertmanager": (launch(folder, "alertmanager", [
            BIN / "prometheus-alertmanager", f"--config.file={folder / 'alertmanager.yml'}", f"--storage.path={folder / 'am'}",
            f"--web.listen-address=127.0.0.1:{am}", "--cluster.listen-address="], cwd=share / "alertmanager"), url(am) + "/-/ready"),
        "prometheus": (launch(folder, "prometheus", [
            BIN / "prometheus", f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'tsdb'}",
            f"--web.listen-address=127.0.0.1:{prom}", "--rules.alert.resend-delay=2s", "--rules.alert.for-grace-period=0s"]),
            url(prom) + "/-/ready"),
        "inference": (launch(folder, "inference", [PYTHON, HERE / "serve_model.py", MODEL, llama]), url(llama) + "/health"),
    }
    facts = {
        "pids": [process.pid for process, _ in processes.values()], "prometheus": url(prom), "alertmanager": url(am),
        "exporter": url(vllm), "inference": url(llama), "amtool": str(BIN / "amtool"),
    }
    (folder / "peers.json").write_text(json.dumps(facts))
    for name, (process, ready) in processes.items():
        wait(folder, name, process, ready)
    print(json.dumps(facts))


def halt(folder):
    path = folder / "peers.json"
    if not path.exists():
        return
    pids = json.loads(path.read_text())["pids"]
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in pids:
            try:
                os.killpg(pid, number)
            except OSError:
                pass
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and any(os.path.exists(f"/proc/{pid}") and alive(pid) for pid in pids):
            time.sleep(0.05)


def stop(folder):
    halt(folder)
    shutil.rmtree(folder, ignore_errors=True)


def alive(pid):
    try:
        return open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def main():
    verb = sys.argv[1] if len(sys.argv) > 1 else ""
    if verb == "install":
        install()
    elif verb in ("start", "stop") and len(sys.argv) == 3:
        {"start": start, "stop": stop}[verb](pathlib.Path(sys.argv[2]).resolve())
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
