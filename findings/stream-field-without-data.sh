#!/usr/bin/env bash
# A chat stream may hold blocks that carry no data: `retry: 3000`, which servers send first to set the client's wait, or
# `event: ping` as a sign of life. By the rules of event streams such a block is no event at all: a reader takes note of
# its fields and dispatches nothing, since its data is empty.
#
# Seen with openai 3.57.0 for Python (httpx2 2.16.2) and openai 7.59.0 for Node:
#   - Python: a stream that begins with `retry: 3000` ends with JSONDecodeError before its first word, though everything
#     behind it is as usual. `event: ping` in the middle: the same, behind the first word.
#   - Node: `retry: 3000` is passed over, but `event: ping` ends the reply with SyntaxError.
# So a server whose readers are these may not write what the rules allow, and "it works with the SDK of one language" says
# nothing of the other's. What we read passes over such blocks; what our own server writes has data in every block.
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
let end = "ended";
try {
  const ask = { model: "m", messages: [{ role: "user", content: "hello" }], stream: true };
  for await (const chunk of await client.chat.completions.create(ask)) text += chunk.choices[0]?.delta?.content ?? "";
} catch (error) {
  end = error.constructor.name;
}
console.log(JSON.stringify([text, end]));
JS

cat >"$work/try.py" <<'PY'
import http.server, json, subprocess, sys, threading
import openai

def chunk(text, finish=None):
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    body = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return f"data: {json.dumps(body)}\n\n"

first, last, done = chunk("one "), chunk("two", "stop"), "data: [DONE]\n\n"
streams = {
    "plain": first + last + done,
    "retry": "retry: 3000\n\n" + first + last + done,
    "ping": first + "event: ping\n\n" + last + done,
}

class Server(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        body = streams[self.path.split("/")[1]].encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()

def python(url):
    text, end = "", "ended"
    try:
        client = openai.OpenAI(api_key="key", base_url=url, max_retries=0)
        ask = {"model": "m", "messages": [{"role": "user", "content": "hello"}], "stream": True}
        for piece in client.chat.completions.create(**ask):
            text += piece.choices[0].delta.content or ""
    except Exception as error:
        end = type(error).__name__
    return [text, end]

def node(url):
    done = subprocess.run(["node", "read.mjs", url], cwd=sys.argv[1], capture_output=True, text=True, timeout=60)
    return json.loads(done.stdout)

seen = {}
for name in streams:
    url = f"http://127.0.0.1:{server.server_address[1]}/{name}"
    seen[name] = {"python": python(url), "node": node(url)}
    print(name, seen[name])
expected = {
    "plain": {"python": ["one two", "ended"], "node": ["one two", "ended"]},
    "retry": {"python": ["", "JSONDecodeError"], "node": ["one two", "ended"]},
    "ping": {"python": ["one ", "JSONDecodeError"], "node": ["one ", "SyntaxError"]},
}
sys.exit(0 if seen == expected else 1)
PY
"$work/venv/bin/python" "$work/try.py" "$work"
echo "as seen"
