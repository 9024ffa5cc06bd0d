#!/usr/bin/env python3
"""Servers that do all that a server should not, each on a port of its own on loopback, and healthy ones beside them.

    hostile.py hostile FOLDER    certificates are made in the folder
    hostile.py healthy COUNT     in a process of their own, so that the others' work does not slow them down

Prints one line of JSON when all listen, {"ports": {NAME: PORT}}, and ends when its standard input does. The port
"other" is the other host of the redirects; GET /seen there tells what came to it and to "vault", and GET /polls how
often each server of the process was asked.

Nothing is endless for ever: every reply stops after a gigabyte or ten minutes.
"""
import asyncio
import json
import os
import pathlib
import socket
import ssl
import struct
import subprocess
import sys
import time
import zlib

MOST_BYTES = 1 << 30
MOST_SECONDS = 600
TEXT = "text/plain; version=0.0.4"


def page(served, extra=""):
    """What a small vLLM says of itself, at its `served`th reading."""
    lines = []
    for name, rate in (("request_success_total", 2.0), ("prompt_tokens_total", 300.0), ("generation_tokens_total", 90.0)):
        reason = ',finished_reason="stop"' if name == "request_success_total" else ""
        lines.append(f"# TYPE vllm:{name} counter")
        lines.append(f'vllm:{name}{{engine="0",model_name="m"{reason}}} {rate * served}')
    for name, value in (("num_requests_running", 3), ("num_requests_waiting", 0), ("kv_cache_usage_perc", 0.25)):
        lines.append(f"# TYPE vllm:{name} gauge")
        lines.append(f'vllm:{name}{{engine="0",model_name="m"}} {value}')
    for name in ("time_to_first_token_seconds", "e2e_request_latency_seconds"):
        lines.append(f"# TYPE vllm:{name} histogram")
        for bound, share in (("0.1", 0.2), ("0.5", 0.8), ("2.5", 1.0), ("+Inf", 1.0)):
            lines.append(f'vllm:{name}_bucket{{engine="0",model_name="m",le="{bound}"}} {2 * served * share}')
        lines.append(f'vllm:{name}_sum{{engine="0",model_name="m"}} {0.6 * served}')
        lines.append(f'vllm:{name}_count{{engine="0",model_name="m"}} {2 * served}')
    return ("\n".join(lines) + "\n" + extra).encode()


def reply(body, kind=TEXT, status="200 OK", headers=(), length=None):
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body) if length is None else length}"]
    return "\r\n".join([*lines, *headers, "", ""]).encode() + body


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n"


class Peer:
    """One request: what was asked, and the way to answer."""

    def __init__(self, reader, writer, words, headers):
        self.reader, self.writer, self.words, self.headers = reader, writer, words, headers
        self.path = words[1] if len(words) > 1 else "/"

    async def send(self, data):
        self.writer.write(data)
        await self.writer.drain()

    async def chunk(self, data):
        await self.send(b"%x\r\n%s\r\n" % (len(data), data))

    async def hang(self):
        """Until the other side has had enough."""
        try:
            await asyncio.wait_for(self.reader.read(), MOST_SECONDS)
        except asyncio.TimeoutError:
            pass

    def reset(self):
        """Ends the connection without a goodbye."""
        where = self.writer.get_extra_info("socket")
        if where is not None:
            where.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


# ---- replies that do not end, or not soon

async def never(peer, _):
    await peer.hang()


async def slow(peer, _):
    for byte in reply(page(1))[:MOST_SECONDS]:
        await peer.send(bytes([byte]))
        await asyncio.sleep(1)


async def endless_body(peer, _):
    await peer.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    sent, number = 0, 0
    while sent < MOST_BYTES:
        data = b"".join(b'endless{n="%d"} 1\n' % n for n in range(number, number + 5000))
        number, sent = number + 5000, sent + len(data)
        await peer.chunk(data)


async def endless_header(peer, _):
    await peer.send(HEAD)
    line = b"X-Padding: " + b"p" * 8000 + b"\r\n"
    for _ in range(MOST_BYTES // len(line)):
        await peer.send(line)


def bomb():
    """A gigabyte in some megabytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    piece = b'bomb{of="zeros"} 0\n' * (1 << 16)
    parts = [packer.compress(piece) for _ in range(MOST_BYTES // len(piece) // 4)]
    return b"".join([*parts, packer.flush()])


BOMB = []


async def gzip_bomb(peer, _):
    await peer.send(reply(BOMB[0], headers=["Content-Encoding: gzip"]))


async def long_line(peer, _):
    await peer.send(reply(b'long{text="' + b"x" * (10 << 20) + b'"} 1\n'))


MILLION = []


async def million_series(peer, _):
    await peer.send(reply(MILLION[0]))


async def new_labels(peer, count):
    """Every reading has twenty thousand series that were never there before."""
    begin = count * 20_000
    await peer.send(reply(page(count) + b"".join(b'fresh{id="%d"} 1\n' % n for n in range(begin, begin + 20_000))))


async def endless_json(peer, _):
    await peer.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
    await peer.chunk(b"[")
    piece = b'{"labels":{"alertname":"endless"}},' * 2000
    for _ in range(MOST_BYTES // len(piece)):
        await peer.chunk(piece)


# ---- replies that are not what they say

async def wrong_type(peer, count):
    await peer.send(reply(page(count), "text/html"))


async def says_json(peer, count):
    await peer.send(reply(page(count), "application/json"))


async def too_long_said(peer, count):
    body = page(count)
    await peer.send(reply(body, length=len(body) + 1000))
    peer.writer.close()


async def too_short_said(peer, count):
    body = page(count)
    await peer.send(reply(body, length=len(body) - 40))
    peer.writer.close()


async def length_nonsense(peer, count):
    await peer.send(reply(page(count), length=-5))


async def bad_utf8(peer, count):
    await peer.send(reply(page(count) + b'bad{text="\xff\xfe\xc0\x80"} 1\nworse\x9b\x1b]0;x\x07 1\n'))


async def all_nan(peer, _):
    lines = [line.rsplit(" ", 1)[0] + " NaN" if line[:1] != "#" else line for line in page(1).decode().splitlines()]
    await peer.send(reply(("\n".join(lines) + "\n").encode()))


async def backwards(peer, count):
    now = int(time.time() * 1000) - count * 60_000
    lines = [line if line[:1] == "#" else f"{line} {now}" for line in page(count).decode().splitlines()]
    await peer.send(reply(("\n".join(lines) + "\n").encode()))


async def truncated_json(peer, _):
    await peer.send(reply(b'[{"labels": {"alertname": "Hig', "application/json"))


async def nested_json(peer, _):
    await peer.send(reply(b"[" * 100_000 + b"]" * 100_000, "application/json"))


async def json_bad_utf8(peer, _):
    await peer.send(reply(b'[{"labels": {"alertname": "\xff\xfe\x80"}}]', "application/json"))


async def web_page(peer, _):
    await peer.send(reply(b"<!DOCTYPE html><title>\x1b]0;owned\x07</title>", "text/html"))


# ---- redirects

async def redirect_loop(peer, _):
    await peer.send(reply(b"", status="302 Found", headers=[f"Location: {peer.path}"]))


async def redirect_file(peer, _):
    await peer.send(reply(b"", status="302 Found", headers=["Location: file:///etc/passwd"]))


def redirect_other(ports):
    async def answer(peer, _):
        # Another name is another host.
        where = f"Location: http://localhost:{ports['other']}/metrics"
        await peer.send(reply(b"", status="302 Found", headers=[where]))

    return answer


# ---- refusals and broken connections

async def rate_limited(peer, _):
    await peer.send(reply(b"slow down", status="429 Too Many Requests", headers=["Retry-After: 31536000"]))


async def error_500(peer, _):
    await peer.send(reply(b"\x1b[2Jboom\x07 \xff", status="500 Internal Server Error"))


async def reset_request(peer, _):
    peer.reset()


async def reset_headers(peer, _):
    await peer.send(HEAD[:40])
    peer.reset()


async def reset_body(peer, _):
    await peer.send(HEAD + b"Content-Length: 5000\r\n\r\n" + page(1)[:300])
    await asyncio.sleep(0.05)
    peer.reset()


async def no_http(peer, _):
    await peer.send(b"220 mail.example ESMTP\r\n")
    peer.writer.close()


async def echo(peer, _):
    """Answers with the status that its path names, and in its words what it was sent."""
    status = peer.path[1:4] if peer.path[1:4].isdigit() else "200"
    words = "you sent: " + "; ".join(peer.headers)
    body = json.dumps({"status": "error", "errorType": "bad_data", "error": words}) if "json" in peer.path else words
    await peer.send(reply(body.encode(), "application/json" if "json" in peer.path else TEXT, status=f"{status} So"))


async def good(peer, count):
    await peer.send(reply(page(count)))


BEHAVIOURS = {
    "never": never, "slow": slow, "endless-body": endless_body, "endless-header": endless_header,
    "gzip-bomb": gzip_bomb, "long-line": long_line, "million-series": million_series, "new-labels": new_labels,
    "endless-json": endless_json, "wrong-type": wrong_type, "says-json": says_json, "too-long-said": too_long_said,
    "too-short-said": too_short_said, "length-nonsense": length_nonsense, "bad-utf8": bad_utf8, "all-nan": all_nan,
    "backwards": backwards, "truncated-json": truncated_json, "nested-json": nested_json,
    "json-bad-utf8": json_bad_utf8, "web-page": web_page, "redirect-loop": redirect_loop,
    "redirect-file": redirect_file, "rate-limited": rate_limited, "error-500": error_500,
    "echo": echo, "vault": good, "reset-request": reset_request, "reset-headers": reset_headers, "reset-body": reset_body, "no-http": no_http,
}


async def answer_all(reader, writer, behaviour, counts, name, seen=None):
    """Answers one request after another on a connection."""
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            lines = head.decode("latin-1").split("\r\n")
            headers = [line for line in lines[1:] if line]
            for line in headers:
                if line.lower().startswith("content-length:"):
                    await reader.readexactly(int(line.split(":")[1]))
            counts[name] = counts.get(name, 0) + 1
            if seen is not None and not lines[0].startswith("GET /seen") and not lines[0].startswith("GET /polls"):
                seen.append({"server": name, "request": lines[0], "headers": headers})
            await behaviour(Peer(reader, writer, lines[0].split(" "), headers), counts[name])
            if writer.is_closing():
                return
            if b"close" in head.lower() and b"connection: close" in head.lower():
                return
    except (asyncio.IncompleteReadError, ConnectionError, asyncio.LimitOverrunError, ssl.SSLError, ValueError):
        pass
    finally:
        writer.close()


def certificates(folder):
    folder.mkdir(parents=True, exist_ok=True)
    script = """
    set -e
    curve="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
    openssl req -x509 $curve -keyout ca.key -out ca.pem -subj /CN=authority -days 2
    openssl req -x509 $curve -keyout self.key -out self.pem -subj /CN=localhost -days 2 \
        -addext subjectAltName=IP:127.0.0.1,DNS:localhost
    sign() { # NAME ALTERNATIVE DAYS
        openssl req $curve -keyout $1.key -out $1.csr -subj /CN=$1
        echo "subjectAltName=$2" > $1.names
        openssl x509 -req -in $1.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days $3 -extfile $1.names -out $1.pem
    }
    sign right IP:127.0.0.1,DNS:localhost 2
    sign expired IP:127.0.0.1,DNS:localhost -1
    sign wrong DNS:elsewhere.example 2
    """
    subprocess.run(["sh", "-c", script], cwd=folder, check=True, capture_output=True)


def tls(folder, name):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    return context


async def listen(handler, context=None):
    server = await asyncio.start_server(handler, "127.0.0.1", 0, ssl=context, limit=1 << 20)
    return server, server.sockets[0].getsockname()[1]


async def main(mode, argument):
    ports, counts, seen, servers = {}, {}, [], []

    def answering(name, behaviour, log=None):
        return lambda reader, writer: answer_all(reader, writer, behaviour, counts, name, log)

    async def add(name, handler, context=None):
        server, ports[name] = await listen(handler, context)
        servers.append(server)

    async def other(peer, count):
        if peer.path == "/seen":
            await peer.send(reply(json.dumps(seen).encode(), "application/json"))
        elif peer.path == "/polls":
            await peer.send(reply(json.dumps(counts).encode(), "application/json"))
        else:
            await good(peer, count)

    async def cut(reader, writer):
        # The start of a server's hello, and then nothing.
        await reader.read(100)
        writer.write(b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03")
        await writer.drain()
        writer.close()

    async def accept_reset(reader, writer):
        Peer(reader, writer, [], []).reset()

    await add("other", answering("other", other, seen))
    if mode == "healthy":
        for number in range(int(argument)):
            await add(f"healthy-{number}", answering(f"healthy-{number}", good))
    else:
        folder = pathlib.Path(argument)
        certificates(folder)
        BOMB.append(bomb())
        MILLION.append(b"".join(b'many{n="%d"} 1\n' % n for n in range(1_000_000)))
        for name, behaviour in dict(BEHAVIOURS, **{"redirect-other": redirect_other(ports)}).items():
            await add(name, answering(name, behaviour, seen if name == "vault" else None))
        for name, file in (("right", "right"), ("expired", "expired"), ("self-signed", "self"), ("wrong-name", "wrong")):
            await add(f"tls-{name}", answering(f"tls-{name}", good), tls(folder, file))
        await add("tls-cut", cut)
        await add("reset-accept", accept_reset)
    print(json.dumps({"ports": ports}), flush=True)
    # Its starter's end is its own.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.read)
    os._exit(0)


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ("hostile", "healthy"):
        sys.exit(__doc__)
    asyncio.run(main(*sys.argv[1:]))
