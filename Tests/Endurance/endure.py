#!/usr/bin/env python3
"""Does to a pitwall what a production night may do, and looks at what is left.

    endure.py PROGRAM kills TIMES [SEED]
    endure.py PROGRAM desk TIMES [SEED]
    endure.py PROGRAM disk

Ends with 0 when all that had to hold held; its last line says what was done. 77: not possible here, with the reason.
"""
import contextlib
import json
import os
import pathlib
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Peers"))
import peers  # noqa: E402

OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def wait(what, look, seconds=60, screen=None):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        seen = look()
        if seen:
            return seen
        time.sleep(0.02)
    sys.exit(f"waited {seconds} s for {what}" + (f"; on the screen:\n{screen.text()}" if screen else ""))


class Night:
    """A folder, a real Alertmanager with alerts, three servers that answer, and a configuration for them."""

    def __init__(self, program, alerts=40):
        self.program = program
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pitwall-endure-"))
        (self.port,) = peers.free_ports(1)
        self.started = []
        share = peers.CACHE / "debian" / "usr" / "share" / "prometheus"
        config = self.folder / "alertmanager.yml"
        config.write_text("route: {receiver: oncall}\nreceivers: [{name: oncall}]\n")
        process = peers.launch(self.folder, "alertmanager", [
            peers.BIN / "prometheus-alertmanager", f"--config.file={config}", f"--storage.path={self.folder / 'am'}",
            f"--web.listen-address=127.0.0.1:{self.port}", "--cluster.listen-address="], cwd=share / "alertmanager")
        self.started.append(process)
        self.pages = subprocess.Popen(
            [sys.executable, str(HERE.parent / "Peers" / "hostile.py"), "healthy", "3"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        ports = json.loads(self.pages.stdout.readline())["ports"]
        peers.wait(self.folder, "alertmanager", process, f"http://127.0.0.1:{self.port}/-/ready")
        lines = ["connections:", f"  - {{name: am, kind: alertmanager, url: 'http://127.0.0.1:{self.port}', interval: 1s, proxy: none}}"]
        for number in range(3):
            url = f"http://127.0.0.1:{ports[f'healthy-{number}']}"
            lines.append(f"  - {{name: chat-{number}, kind: metrics, url: '{url}', interval: 1s, proxy: none}}")
        lines += ["models: [{name: chat, metrics: [chat-0, chat-1, chat-2]}]", "console: {time: utc, author: ana}"]
        self.config = self.folder / "config.yaml"
        self.config.write_text("\n".join(lines) + "\n")
        self.state = self.folder / "state" / "pitwall"
        body = [{"labels": {"alertname": f"Alert{n}", "severity": "warning"}, "annotations": {"summary": f"number {n}"},
                 "startsAt": "2020-01-01T00:00:00Z", "endsAt": "2099-01-01T00:00:00Z"} for n in range(alerts)]
        self.api("POST", "alerts", body)
        wait("the alerts", lambda: len(self.api("GET", "alerts")) == alerts)

    def api(self, method, what, body=None):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v2/{what}", method=method,
            data=None if body is None else json.dumps(body).encode(), headers={"Content-Type": "application/json"})
        text = OPENER.open(request, timeout=30).read()
        return json.loads(text) if text.strip() else None

    def environment(self, **more):
        return dict(os.environ, XDG_STATE_HOME=str(self.folder / "state"), XDG_CONFIG_HOME=str(self.folder / "cfg"),
                    SWIFT_BACKTRACE="enable=no", LC_ALL="C.UTF-8", **more)

    def start(self, *words, **more):
        return subprocess.Popen(
            [self.program, *words, "--config", str(self.config)], env=self.environment(), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)

    def run(self, *words):
        process = self.start(*words)
        text, _ = process.communicate(timeout=120)
        return process.returncode, text

    def end(self):
        self.pages.stdin.close()
        for process in self.started:
            with contextlib.suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)


class Screen:
    """The console in a terminal."""

    def __init__(self, night, words="", verb=""):
        self.socket = str(night.folder / "tmux")
        self.pidfile = night.folder / "console.pid"
        self.pidfile.unlink(missing_ok=True)
        command = f"echo $$ > {self.pidfile}; exec {night.program} {verb} --config {night.config} {words}"
        subprocess.run(["tmux", "-u", "-f", "/dev/null", "-S", self.socket, "new-session", "-d", "-x", "160", "-y", "50", command],
                       check=True, env=night.environment(TERM="xterm-256color"))
        wait("the console's process", lambda: self.pidfile.exists() and self.pidfile.read_text().strip())
        self.pid = int(self.pidfile.read_text())

    def tmux(self, *words):
        return subprocess.run(["tmux", "-u", "-S", self.socket, *words], capture_output=True, text=True).stdout

    def send(self, *keys):
        self.tmux("send-keys", *keys)

    def text(self):
        return self.tmux("capture-pane", "-p")

    def see(self, what, seconds=60):
        def look():
            text = self.text()
            return re.search(what, text)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if look():
                return
            time.sleep(0.02)
        sys.exit(f"waited {seconds} s to see {what}; on the screen:\n{self.text()}")

    def kill(self, number=signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)
        self.tmux("kill-server")


def copies(night, name):
    """What a crash left of a database, opened beside the original so that pitwall itself finds it as it was."""
    folder = night.folder / "copy"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for suffix in ("", "-wal"):
        path = night.state / (name + suffix)
        if path.exists():
            shutil.copy(path, folder / (name + suffix))
    return sqlite3.connect(folder / name)


def kills(program, times, seed):
    chance = random.Random(seed)
    night = Night(program)
    try:
        alerts = json.loads(re.search(r"\[.*\]", night.run("get", "alerts", "-o", "json")[1], re.S)[0])
        ids = [alert["fingerprint"] if "fingerprint" in alert else alert["id"] for alert in alerts]
        assert len(ids) == 40, ids
        said, silenced, shown, killed = set(), set(), 0, 0
        for turn in range(times):
            note = f"note-{seed}-{turn}"
            poller = night.start("poll")
            others = []
            if turn % 10 == 9:
                poller.kill()
                poller.communicate()
                screen = Screen(night)
                screen.send("3")
                screen.see("Alert[0-9]+")
                before = acts(night)
                screen.send("N")
                screen.see("A note on")
                screen.send("-l", note)
                screen.send("Enter")
                screen.send("Enter")
                wait("the note on the disk", lambda: acts(night) > before, screen=screen)
                screen.kill()
                said.add(note)
                shown += 1
                killed += 1
            else:
                if chance.random() < 0.75:
                    words = ("ack", chance.choice(ids), "--note", note)
                    others.append((note, said, night.start(*words)))
                if chance.random() < 0.25:
                    words = ("silence", "add", f"alertname=None{turn}", "--for", "2h", "--reason", note)
                    others.append((note, silenced, night.start(*words)))
                time.sleep(chance.random() * 0.5)
                for key, done, process in others:
                    if chance.random() < 0.4:
                        process.kill()
                        killed += 1
                    text, _ = process.communicate(timeout=120)
                    if process.returncode == 0:
                        done.add(key)
                    elif process.returncode not in (-signal.SIGKILL,):
                        sys.exit(f"turn {turn}: {process.args[1:3]} ended with {process.returncode}: {text}")
                time.sleep(chance.random() * 0.3)
                if poller.poll() is not None:
                    sys.exit(f"turn {turn}: the poller ended by itself: {poller.communicate()[0]}")
                poller.kill()
                poller.communicate()
                killed += 1
            look(night, turn, said, with_cache=turn % 10 == 0 or turn == times - 1)
        # The next start needs no hand: it polls, and knows all that was done.
        code, text = night.run("poll", "--once", "-o", "json")
        if code not in (0, 1) or "damaged" in text:
            sys.exit(f"the last start: {code}\n{text}")
        held = [silence["comment"] for silence in night.api("GET", "silences")]
        for note in silenced:
            if held.count(note) != 1:
                sys.exit(f"{note} was said to be silenced, and Alertmanager has it {held.count(note)} times")
        if len(held) != len(set(held)):
            sys.exit("Alertmanager has a silence twice")
        print(f"{killed} kills in {times} turns: {len(said)} notes ({shown} from the console) and {len(silenced)} silences kept, none twice")
    finally:
        night.end()


def desk(program, times, seed):
    """Somebody judges at twenty keys a second, and the console is killed."""
    chance = random.Random(seed)
    night = Night(program, alerts=1)
    try:
        talk = night.folder / "talk.jsonl"
        with open(talk, "w") as file:
            for number in range(times * 30):
                file.write(json.dumps({"id": f"t{number}", "timestamp": "2026-01-01T00:00:00Z", "model": "chat", "messages": [
                    {"role": "user", "content": f"question {number}"}], "response": f"answer {number}"}) + "\n")
        for words in (("interactions", "import", str(talk)), ("queue", "create", "q")):
            code, text = night.run(*words)
            if code != 0:
                sys.exit(f"{words}: {code}\n{text}")
        before, pressed = 0, 0
        for turn in range(times):
            screen = Screen(night, verb="label q")
            screen.see(f"{before}/[0-9]+ judged")
            sent, end = 0, time.monotonic() + chance.random() * 1.2
            while time.monotonic() < end:
                screen.send("k")
                sent += 1
                time.sleep(0.04)
            found = re.search("([0-9]+)/[0-9]+ judged", screen.text())
            shown = int(found[1]) if found else before
            screen.kill()
            pressed += sent
            with contextlib.closing(copies(night, "state.db")) as db:
                (answer,) = db.execute("PRAGMA integrity_check").fetchone()
                counts = [db.execute(f"SELECT {what}").fetchone()[0] for what in (
                    "COUNT(*) FROM judgement", "COUNT(DISTINCT target) FROM judgement", "COUNT(*) FROM label_now",
                    "COUNT(*) FROM label_progress WHERE judged = 1", "TOTAL(judged) FROM label_count")]
            kept = counts[0]
            if answer != "ok" or any(count != kept for count in counts):
                sys.exit(f"turn {turn}: {answer}, {counts}")
            if not shown <= kept <= before + sent:
                sys.exit(f"turn {turn}: {shown} were shown as judged, {before} before, {sent} keys, and {kept} are kept")
            before = kept
        print(f"{times} kills: {pressed} keys, {before} judgements kept, none that was shown lost, none doubled")
    finally:
        night.end()


def acts(night):
    with contextlib.closing(copies(night, "state.db")) as db:
        return db.execute("SELECT COUNT(*) FROM act").fetchone()[0]


def look(night, turn, said, with_cache):
    for name in ("state.db", "cache.db") if with_cache else ("state.db",):
        with contextlib.closing(copies(night, name)) as db:
            (answer,) = db.execute("PRAGMA integrity_check").fetchone()
            if answer != "ok":
                sys.exit(f"turn {turn}: {name}: {answer}")
            if name == "state.db":
                notes = [row[0] for row in db.execute("SELECT text FROM act WHERE kind = 'note'")]
                lost = said - set(notes)
                if lost:
                    sys.exit(f"turn {turn}: lost {lost}")
                if len(notes) != len(set(notes)):
                    sys.exit(f"turn {turn}: a note is there twice")
    if list(night.state.glob("*.corrupt-*")):
        sys.exit(f"turn {turn}: a cache was set aside")


def disk(program):
    """The state folder on a small file system of its own, which is filled, emptied, and made read-only."""
    if os.geteuid() != 0:
        print("not possible here: it takes root to mount a small disk")
        sys.exit(77)
    if os.environ.get("PITWALL_ENDURE_ALONE") is None:
        # Mounts in a namespace of their own are gone with it.
        os.environ["PITWALL_ENDURE_ALONE"] = "1"
        os.execvp("unshare", ["unshare", "-m", sys.executable, *sys.argv])
    night = Night(program, alerts=5)
    place = night.folder / "state"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place)], check=True)
    screen = None
    try:
        screen = Screen(night)
        screen.send("3")
        screen.see("Alert[0-9]+")
        screen.see(" ok|connections ok")
        screen.send("a")
        screen.see("acked")
        (place / "filler").write_bytes(b"")
        with contextlib.suppress(OSError), open(place / "filler", "ab", buffering=0) as filler:
            while True:
                filler.write(bytes(4096))
        screen.see("NOT KEPT", 120)
        # What a person does is either on the disk or said not to be: it is never shown as done without.
        before = acts_of(place)
        screen.send("j")
        screen.send("a")
        wait("a word on the act", lambda: "no room" in screen.text() or acts_of(place) > before)
        screen.send("1")
        screen.see("HEALTH")
        (place / "filler").unlink()
        wait("that it is kept again", lambda: "NOT KEPT" not in screen.text(), 120)
        screen.send("3")
        screen.see("Alert[0-9]+")
        before = acts_of(place)
        screen.send("j")
        screen.send("a")
        wait("the next act", lambda: acts_of(place) > before)

        screen.kill(signal.SIGTERM)
        wait("its end", lambda: not os.path.exists(f"/proc/{screen.pid}"))

        # A file system that cannot be written: it says so, with what to do, and polls all the same.
        subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
        code, text = night.run("poll", "--once")
        if code not in (0, 1) or "nothing is kept" not in text or "Set XDG_STATE_HOME" not in text:
            sys.exit(f"on a read-only file system: {code}\n{text}")
        subprocess.run(["mount", "-o", "remount,rw", str(place)], check=True)

        # A limit on a file's size, as a quota shows itself.
        code, text = night.run("poll", "--once")
        assert code in (0, 1), text
        small = subprocess.run(
            ["sh", "-c", f"ulimit -f 1; exec {program} poll --for 3s --config {night.config}"],
            env=dict(night.environment(), XDG_STATE_HOME=str(night.folder / "limited")), capture_output=True, text=True)
        words = small.stdout + small.stderr
        if small.returncode not in (0, 1, 3) or small.returncode == 3 and "state" not in words:
            sys.exit(f"with a limit on files: {small.returncode}\n{words}")
        for name in ("state.db", "cache.db"):
            with contextlib.closing(sqlite3.connect(place / "pitwall" / name)) as db:
                assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok", name
        print(f"a full disk, a read-only one and a limit on files: told, borne, and gone on from")
    finally:
        if screen:
            screen.kill()
        subprocess.run(["umount", "-l", str(place)], check=False)
        night.end()


def acts_of(place):
    # Readers of a full disk need no room.
    with contextlib.closing(sqlite3.connect(f"file:{place}/pitwall/state.db?mode=ro", uri=True, timeout=10)) as db:
        return db.execute("SELECT COUNT(*) FROM act").fetchone()[0]


def main():
    words = sys.argv[1:]
    if len(words) >= 3 and words[1] == "kills":
        kills(words[0], int(words[2]), int(words[3]) if len(words) > 3 else 1)
    elif len(words) >= 3 and words[1] == "desk":
        desk(words[0], int(words[2]), int(words[3]) if len(words) > 3 else 1)
    elif words[1:] == ["disk"]:
        disk(words[0])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
