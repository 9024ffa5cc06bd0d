#!/usr/bin/env python3
"""Writes Tests/PitParseTests/Fixtures/pattern-parity.txt: which texts a real Prometheus matches with which patterns.

    pattern_parity.py DIRECTORY_OF_PROMETHEUS_AND_PROMTOOL > pattern-parity.txt

Lines: `text "..."`, then `pattern "..." ANSWER`, where the answer is `bad` or a 0 or 1 for each text.
"""
import json, random, signal, subprocess, sys, tempfile, time, urllib.error, urllib.parse, urllib.request

PORT = 19188
T0 = 1_700_000_000
random.seed(20261123)

TEXTS = ["a", "b", "ab", "ba", "aa", "aaa", "abab", "abc", "A", "AB", "aB", "foo", "foobar", "bar", "foo.bar", "foo bar",
         "foo-bar_1", "1", "12", "123", "1.5", "a1", "a{2}", "a{", "a]", "[a]", "a-z", "^a$", "a|b", "(a)", "\\", "a\\b",
         "*", "a*", "+", "?", "$", "meta-llama/Llama-3", "http://x:80/", "été", "É", "日本", "🏎", "_", "-", " ", "\t",
         "K", "k", "0x1F", "aaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaab"]

PATTERNS = ["", "a", "a|b", "a|", "|a", "()", "(?:)", "(a)", "(a|b)*", "(?:ab)+", "(?P<n>a)b", "a.", ".*", ".+",
            "a*?", "a+?b", "a??", "a**", "a+*", "a{2}", "a{2,}", "a{2,3}", "a{,2}", "a{", "a{x", "a{3,2}", "a{1001}",
            "a{2}{2}", "a{2}*", "[ab]", "[^ab]", "[a-c]+", "[c-a]", "[]a]", "[^]a]", "[a-]", "[-a]", "[a-z-9]", "[]", "[",
            "[a", "[\\d]", "[\\w.-]+", "[\\]a]", "[^\\W]", "[[:alpha:]]+", "[[:^alpha:]]", "[[:nope:]]", "[[:digit:]x]",
            "\\d+", "\\D+", "\\w+", "\\W", "\\s", "\\S+", "\\.", "a\\.b", "foo\\.bar", "foo.bar", "\\-", "\\/", "\\_", "\\e",
            "\\q", "\\", "a\\", "\\x41", "\\x{1F3CE}", "\\x4", "\\x{}", "\\x{110000}", "\\Qa|b\\E", "\\Qa*", "\\1", "(a)\\1",
            "^a$", "^a", "a$", "\\Aa\\z", "a^b", "(^a|b$)", "\\^a\\$", "$", "^", "^*", "$*a", "\\bfoo\\b.*", "foo\\b.bar",
            "\\Bfoo", "fo\\Bo", "(?i)ab", "(?i:A)b", "a(?i)b", "(?i)(a)(?-i)B", "(?i)k", "(?i)É", "(?s).", "(?U)a+", "(?z)a",
            "(?i", "(?", "(", ")", "a)", "(a", "(?:a", "*", "+a", "?", "|*", "(*)", "(|a)+", "(a*)*", "(a*)+b", "((a?)?)?",
            "(a|aa)+b", "(x+x+)+y", "[^a-z]+", "日.", "[日本]+", "[à-é]t.", "🏎", "foo|bar|", "(foo|bar)+", "(foo)?bar",
            "[a\\-z]", "[a\\nb]", "\\t", "\\n", "\\a", "\\v", "meta-llama/.*", "http://.*:80/", "[.]", "foo[.]bar", "a{0}",
            "a{0,1}", "(ab){2}", "a{0,}b", "\\{", "a\\{2\\}", "]", "}", "a]", "a}", "(?i)[a-c]+", "(?i)[^a]", ".{3}", ".{3,4}"]


def generated():
    def piece(depth):
        kind = random.random()
        if depth > 3 or kind < 0.45:
            return random.choice(["a", "b", "ab", ".", "[ab]", "[^a]", "\\w", "c", "\\d", "1", "A"])
        if kind < 0.6:
            return piece(depth + 1) + piece(depth + 1)
        if kind < 0.75:
            return f"({random.choice(['', '?:', '?i:'])}{piece(depth + 1)}|{piece(depth + 1)})"
        return f"(?:{piece(depth + 1)})" + random.choice(["*", "+", "?", "{2}", "{1,3}", "*?", "{0,2}", "{2,}"])
    return [piece(0) + random.choice(["", piece(1), "$"]) for _ in range(250)]


def quote(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def get(path, **query):
    url = f"http://127.0.0.1:{PORT}{path}?{urllib.parse.urlencode(query)}"
    for _ in range(100):
        try:
            return json.load(urllib.request.urlopen(url))
        except urllib.error.HTTPError as error:
            return json.load(error)
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    sys.exit("Prometheus does not answer")


def main():
    tools = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/in.om", "w") as page:
            page.write("# TYPE m gauge\n")
            page.writelines(f"m{{t={quote(text)},i=\"{index}\"}} 1 {T0}\n" for index, text in enumerate(TEXTS))
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
            for text in TEXTS:
                print("text", quote(text))
            for pattern in dict.fromkeys(PATTERNS + generated()):
                reply = get("/api/v1/query", query=f"m{{t=~{quote(pattern)}}}", time=T0)
                hits = {int(item["metric"]["i"]) for item in reply.get("data", {}).get("result", [])}
                answer = "bad" if reply["status"] == "error" else "".join(
                    "1" if index in hits else "0" for index in range(len(TEXTS)))
                print("pattern", quote(pattern), answer)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()


main()
