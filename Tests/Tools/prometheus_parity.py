#!/usr/bin/env python3
"""Writes Tests/PitStatisticsTests/Fixtures/prometheus-parity.txt: what a real Prometheus answers about made-up series.

    prometheus_parity.py DIRECTORY_OF_PROMETHEUS_AND_PROMTOOL > prometheus-parity.txt

Lines: `series NAME MS=VALUE ...`, `ask FUNCTION NAME FROM_MS TO_MS ANSWER`, `buckets NAME EDGE=COUNT ...`,
`quantile Q NAME ANSWER`, `over-time Q NAME FROM_MS TO_MS ANSWER`; a missing answer is `none`.
Rates are asked of counters only: older versions look for a counter's zero before they look how far the range's edge
is, which shows when a first value is small beside its rise and the range began long before it.
Prometheus before 3.0 takes a sample on the lower edge of a range into it, later ones do not: the first line says which.
"""
import json, os, random, signal, subprocess, sys, tempfile, time, urllib.parse, urllib.request

PORT = 19187
random.seed(20261123)
T0 = 1_700_000_000_000


def counters():
    """Scrapes with jitter, gaps, resets, counters that begin near zero and counters that stand still."""
    for number in range(14):
        step = random.choice([1000, 5000, 15000, 30000])
        at, value, points = T0 + random.randint(0, 40000), random.choice([0, 0, 3, 1e6, 1e12]), []
        for _ in range(random.choice([2, 3, 12, 40, 80])):
            points.append((at, value))
            at += step if number % 2 else step + random.randint(-step // 4, step // 4)
            if random.random() < 0.08:
                at += step * random.randint(1, 9)
            value += random.choice([0, 1, 2.5, 17, random.random() * 400])
            if random.random() < 0.06:
                value = random.choice([0, 0, 2])
        yield f"counter_{number}", points
    for number in range(4):
        at, points = T0, []
        for _ in range(30):
            points.append((at, random.uniform(-50, 50)))
            at += 15000
        yield f"gauge_{number}", points


def histograms():
    edges = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
    for number in range(12):
        own = sorted(random.sample(edges, random.randint(1, len(edges))))
        if number == 8:
            own = [-2, 0] + own
        total, row = 0.0, []
        for edge in own + [float("inf")]:
            total += random.choice([0, 0, random.random(), random.randint(0, 900)])
            row.append((edge, total))
        if number == 9:
            row = [(edge, 0.0) for edge, _ in row]
        if number == 10:
            row = row[:-1]
        if number == 11:
            middle = len(row) // 2
            row[middle] = (row[middle][0], row[middle][1] * 0.5)
        yield f"histogram_{number}", row


def text(value):
    return "+Inf" if value == float("inf") else repr(float(value))


def main():
    tools = sys.argv[1]
    series, shapes = list(counters()), list(histograms())
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/in.om", "w") as page:
            for name, points in series:
                page.write(f"# TYPE {name} gauge\n")
                page.writelines(f"{name} {text(v)} {t / 1000:.3f}\n" for t, v in points)
            for name, row in shapes:
                page.write(f"# TYPE {name} gauge\n")
                page.writelines(f'{name}{{le="{text(e)}"}} {text(c)} {T0 / 1000:.3f}\n' for e, c in row)
            page.write("# EOF\n")
        quiet = dict(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        subprocess.run([f"{tools}/promtool", "tsdb", "create-blocks-from", "openmetrics", f"{folder}/in.om",
                        f"{folder}/data"], check=True, **quiet)
        with open(f"{folder}/p.yml", "w") as config:
            config.write("global: {}\n")
        server = subprocess.Popen([f"{tools}/prometheus", f"--config.file={folder}/p.yml",
                                   f"--storage.tsdb.path={folder}/data", "--storage.tsdb.retention.time=100y",
                                   f"--web.listen-address=127.0.0.1:{PORT}"], **quiet)
        try:
            answer(series, shapes)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()


def get(path, **query):
    url = f"http://127.0.0.1:{PORT}{path}?{urllib.parse.urlencode(query)}"
    for _ in range(100):
        try:
            return json.load(urllib.request.urlopen(url))["data"]
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    sys.exit("Prometheus does not answer")


def ask(expression, milliseconds):
    result = get("/api/v1/query", query=expression, time=f"{milliseconds / 1000:.3f}")["result"]
    return result[0]["value"][1] if result else "none"


def answer(series, shapes):
    version = get("/api/v1/status/buildinfo")["version"]
    print(f"edge {'closed' if int(version.split('.')[0]) < 3 else 'open'} prometheus {version}")
    for name, points in series:
        print("series", name, *(f"{t}={text(v)}" for t, v in points))
        for _ in range(8):
            length = random.choice([20, 60, 150, 300, 600]) * 1000
            to = random.choice(points)[0] + random.choice([0, 0, 1, 700, 4321, 20000, length])
            counts = ["rate", "increase", "irate", "resets"] if name.startswith("counter") else []
            for function in ["delta"] + counts:
                print("ask", function, name, to - length, to, ask(f"{function}({name}[{length}ms])", to))
            q = random.choice([0, 0.25, 0.5, 0.95, 1])
            print("over-time", q, name, to - length, to, ask(f"quantile_over_time({q},{name}[{length}ms])", to))
    for name, row in shapes:
        print("buckets", name, *(f"{text(e)}={text(c)}" for e, c in row))
        for q in [0, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1]:
            print("quantile", q, name, ask(f"histogram_quantile({q},{name})", T0))


main()
