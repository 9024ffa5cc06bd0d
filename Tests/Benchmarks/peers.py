#!/usr/bin/env python3
"""What the benchmarks measure pitwall against, in the cache beside the tests' peers.

    peers.py install    Python packages (PyPI) and programs (Debian), nothing system-wide
"""
import os
import pathlib
import subprocess
import sys
import tempfile

CACHE = pathlib.Path(os.environ.get("PITWALL_PEERS") or pathlib.Path.home() / ".cache" / "pitwall-peers")
VENV = CACHE / "benchmarks-venv"
PRESIDIO = CACHE / "presidio-venv"
DEBIAN = CACHE / "debian"
WHEELS = ["prometheus_client==0.23.1", "numpy", "scipy", "pandas==2.3.3", "evidently==0.7.23"]
TEXT = ["sacrebleu==2.6.0", "rouge-score==0.1.2", "krippendorff==0.9.0", "scikit-learn==1.9.1", "orjson==3.13.0",
        "datasketch==2.0.0"]
PROGRAMS = {
    "htop": "usr/bin/htop",
    "btop": "usr/bin/btop",
    "curl": "usr/bin/curl",
    "jq": "usr/bin/jq",
    "libjq1": "usr/lib/*/libjq.so.1",
    "libonig5": "usr/lib/*/libonig.so.5",
    # What htop is linked to, and a bare machine has not.
    "libnl-3-200": "lib/*/libnl-3.so.200",
    "libnl-genl-3-200": "lib/*/libnl-genl-3.so.200",
}


def run(*words, **more):
    subprocess.run(words, check=True, stdout=sys.stderr, **more)


def install():
    CACHE.mkdir(parents=True, exist_ok=True)
    python = VENV / "bin" / "python"
    modules = ",".join(wheel.split("==")[0] for wheel in WHEELS)
    if not python.exists() or subprocess.run([python, "-c", f"import {modules}"], capture_output=True).returncode:
        run(sys.executable, "-m", "venv", "--clear", str(VENV))
        run(str(python), "-m", "pip", "install", "-q", "--only-binary=:all:", *WHEELS)
    # rouge-score comes as source only.
    if subprocess.run([python, "-c", "import sacrebleu,rouge_score,krippendorff,sklearn,orjson,datasketch"], capture_output=True).returncode:
        run(str(python), "-m", "pip", "install", "-q", *TEXT)
    python = PRESIDIO / "bin" / "python"
    if not python.exists() or subprocess.run([python, "-c", "import presidio_analyzer"], capture_output=True).returncode:
        run(sys.executable, "-m", "venv", "--clear", str(PRESIDIO))
        run(str(python), "-m", "pip", "install", "-q", "--only-binary=:all:", "presidio-analyzer==2.2.366")
    for package, program in PROGRAMS.items():
        if not any(DEBIAN.glob(program)):
            unpack(package)


def unpack(package):
    with tempfile.TemporaryDirectory() as folder:
        run("apt-get", "download", "-q", package, cwd=folder)
        for deb in pathlib.Path(folder).glob("*.deb"):
            run("dpkg-deb", "-x", str(deb), str(DEBIAN))


if __name__ == "__main__":
    if sys.argv[1:] != ["install"]:
        sys.exit(__doc__)
    install()
