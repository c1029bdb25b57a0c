#!/usr/bin/env bash
# Two webhook relays and a proxy's helper, given one valid JSON body, deliver three texts that are not the one sent, and
# not the same as each other's. A signature over the raw bytes is right for none of them.
#
#   http-proxy-middleware 3.0.5 (with express 4.21.2) keeps every byte, until express.json() stands before it and
#     fixRequestBody behind: then keys that look like integers go to the front in numeric order ("b","10","2" arrives as
#     "2","10","b"), 1e3 becomes 1000, 1.0 becomes 1, -0.0 becomes 0, and of a key that stands there twice the last value
#     stands at the first one's place.
#   smee-client 4.3.1 delivers what JavaScript makes of the event in the same way.
#   pysmee 0.1.1 keeps the order, 1.0, -0.0 and \u00e9, which the others write as é, but writes 1e3 as 1000.0.
#
# So a receiver can't undo such a change from what it gets: blanks and escapes can be tried, numbers and order are gone.
# Wanted: node with npm, python3 with venv, and a package registry for each. Everything else is on loopback.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts \
  express@4.21.2 http-proxy-middleware@3.0.5 smee-client@4.3.1 >/dev/null
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install pysmee==0.1.1 >/dev/null

cat >relays.mjs <<'JS'
import http from 'node:http';
import { spawn } from 'node:child_process';
import express from 'express';
import { createProxyMiddleware, fixRequestBody } from 'http-proxy-middleware';
import Smee from 'smee-client';

const sent = '{"b": 1.0, "10": 1e3, "2": "\\u00e9", "a": 7, "a": -0.0}';
const javascript = '{"2":"é","10":1000,"b":1,"a":0}';
const python = '{"b":1.0,"10":1000.0,"2":"\\u00e9","a":-0.0}';

const listen = (server) => new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.address().port)));
let arrived;
const receiver = http.createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => { arrived?.(Buffer.concat(parts).toString()); response.end('ok'); });
});
const target = `http://127.0.0.1:${await listen(receiver)}`;
const next = () => new Promise((done, fail) => { arrived = done; setTimeout(() => fail(new Error('nothing came')), 20000).unref(); });

let wrong = 0;
function compare(name, got, wanted) {
  console.log(`${got === wanted ? 'as stated' : 'CHANGED  '}  ${name}: ${got}`);
  if (got !== wanted) wrong = 1;
}
async function through(name, app, wanted) {
  const port = await listen(http.createServer(app));
  const came = next();
  await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: sent });
  compare(name, await came, wanted);
}
await through('http-proxy-middleware', express().use(createProxyMiddleware({ target })), sent);
const fixed = createProxyMiddleware({ target, on: { proxyReq: fixRequestBody } });
await through('with express.json and fixRequestBody', express().use(express.json()).use(fixed), javascript);

// What a relay's server sends to its clients: the body within an event's JSON, as it came.
const event = `{"content-type": "application/json", "body": ${sent}, "query": {}, "timestamp": 5}`;
const source = http.createServer((request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write('event: ready\ndata: {}\n\n');
  setTimeout(() => response.write(`id: 1\ndata: ${event}\n\n`), 300);
});
const channel = `http://127.0.0.1:${await listen(source)}/channel`;

let came = next();
const client = new (Smee.default ?? Smee)({ source: channel, target, logger: { info() {}, error: console.error } });
await client.start();
compare('smee-client', await came, javascript);
came = next();
const pysmee = spawn('venv/bin/pysmee', ['forward', channel, target], { stdio: 'ignore' });
compare('pysmee', await came, python);
pysmee.kill();
process.exit(wrong);
JS
timeout 90 node relays.mjs
