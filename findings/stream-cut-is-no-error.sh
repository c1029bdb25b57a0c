#!/usr/bin/env bash
# A chat stream that stops in the middle (no finish reason, no `[DONE]`, the connection closed in order, as a proxy does
# whose backend went away) is a reply that isn't whole. One would guess that the official clients say so.
#
# Seen with openai 3.57.0 for Python (httpx2 2.16.2) and openai 7.59.0 for Node: both loops end as if all had come, without
# an error. Python's also drops a last event that isn't followed by a blank line, finish reason included, without a word;
# Node's keeps it. So a program that relies on them stores half a reply as a reply, and only the finish reason of the last
# piece, which nobody has to look at, tells. What we read without a finish and without `[DONE]` is marked as cut.
#
# Fails if either library does anything else with these streams.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export NO_PROXY=127.0.0.1 no_proxy=127.0.0.1
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check openai==3.57.0 httpx2==2.16.2
(cd "$work" && npm init -y >/dev/null 2>&1 && npm install --silent --no-audit --no-fund openai@7.59.0 >/dev/null)

cat >"$work/read.mjs" <<'JS'
import OpenAI from "openai";
const client = new OpenAI({ apiKey: "key", baseURL: process.argv[2], maxRetries: 0 });
let text = "";
let finish = null;
let end = "ended";
try {
  const ask = { model: "m", messages: [{ role: "user", content: "hello" }], stream: true };
  for await (const chunk of await client.chat.completions.create(ask)) {
    text += chunk.choices[0]?.delta?.content ?? "";
    finish = chunk.choices[0]?.finish_reason ?? finish;
  }
} catch (error) {
  end = error.constructor.name;
}
console.log(JSON.stringify([text, finish, end]));
JS

cat >"$work/try.py" <<'PY'
import http.server, json, subprocess, sys, threading
import openai

def chunk(text, finish=None):
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    body = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return f"data: {json.dumps(body)}\n\n"

streams = {
    "whole": chunk("one ") + chunk("two", "stop") + "data: [DONE]\n\n",
    "cut": chunk("one "),
    "unfinished": chunk("one ") + chunk("two", "stop").rstrip("\n"),
}

class Server(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        body = streams[self.path.split("/")[1]].encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()

def python(url):
    text, finish, end = "", None, "ended"
    try:
        client = openai.OpenAI(api_key="key", base_url=url, max_retries=0)
        ask = {"model": "m", "messages": [{"role": "user", "content": "hello"}], "stream": True}
        for piece in client.chat.completions.create(**ask):
            text += piece.choices[0].delta.content or ""
            finish = piece.choices[0].finish_reason or finish
    except Exception as error:
        end = type(error).__name__
    return [text, finish, end]

def node(url):
    done = subprocess.run(["node", "read.mjs", url], cwd=sys.argv[1], capture_output=True, text=True, timeout=60)
    return json.loads(done.stdout)

seen = {}
for name in streams:
    url = f"http://127.0.0.1:{server.server_address[1]}/{name}"
    seen[name] = {"python": python(url), "node": node(url)}
    print(name, seen[name])
expected = {
    "whole": {"python": ["one two", "stop", "ended"], "node": ["one two", "stop", "ended"]},
    "cut": {"python": ["one ", None, "ended"], "node": ["one ", None, "ended"]},
    "unfinished": {"python": ["one ", None, "ended"], "node": ["one two", "stop", "ended"]},
}
sys.exit(0 if seen == expected else 1)
PY
"$work/venv/bin/python" "$work/try.py" "$work"
echo "as seen"
