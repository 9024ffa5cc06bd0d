#!/usr/bin/env python3
"""PyTorch for the CPU, as Debian builds it: PyPI's wheels for this platform are for graphics cards, and ten times as large.

    pytorch.py install               unpacks it into the cache, with what it needs that is not installed
    pytorch.py run SCRIPT [WORD...]  runs a script that may import torch

The cache is $PITWALL_PEERS, or ~/.cache/pitwall-peers. Nothing is installed system-wide.
"""
import concurrent.futures
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile

import peers

ROOT = peers.CACHE / "pytorch"
# It is built for Debian's own Python.
PYTHON = "/usr/bin/python3"


def environment():
    triple = f"{platform.machine()}-linux-gnu"
    places = [f"usr/lib/{triple}", "usr/lib", f"usr/lib/{triple}/lapack", f"usr/lib/{triple}/blas", f"lib/{triple}",
              f"usr/lib/{triple}/pulseaudio"]
    return {**os.environ, "LD_LIBRARY_PATH": ":".join(str(ROOT / place) for place in places),
            "PYTHONPATH": str(ROOT / "usr/lib/python3/dist-packages"), "OMP_NUM_THREADS": "1"}


def works():
    return ROOT.exists() and not subprocess.run(
        [PYTHON, "-c", "import torch"], env=environment(), capture_output=True).returncode


def install():
    if works():
        return
    # What is installed already is not named, all else that it needs is.
    told = subprocess.run(
        ["apt-get", "install", "-y", "--print-uris", "--no-install-recommends", "python3-torch"], check=True,
        capture_output=True, text=True).stdout
    packages = re.findall(r"^'[^']*' ([^_]+)_", told, re.MULTILINE)
    if not packages:
        sys.exit("Debian's python3-torch was not found:\n" + told[-1000:])
    fresh = ROOT.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        peers.run("apt-get", "download", "-qq", *packages, cwd=folder)
        with concurrent.futures.ThreadPoolExecutor() as several:
            for one in [several.submit(peers.run, "dpkg-deb", "-x", deb, str(fresh)) for deb in os.scandir(folder)]:
                one.result()
    for needless in ("usr/share", "usr/include"):
        shutil.rmtree(fresh / needless, ignore_errors=True)
    shutil.rmtree(ROOT, ignore_errors=True)
    os.replace(fresh, ROOT)
    if not works():
        sys.exit("PyTorch was unpacked and cannot be imported: " + subprocess.run(
            [PYTHON, "-c", "import torch"], env=environment(), capture_output=True, text=True).stderr[-1000:])


if __name__ == "__main__":
    if sys.argv[1:] == ["install"]:
        install()
    elif len(sys.argv) > 2 and sys.argv[1] == "run":
        os.execve(PYTHON, [PYTHON, *sys.argv[2:]], environment())
    else:
        sys.exit(__doc__)
