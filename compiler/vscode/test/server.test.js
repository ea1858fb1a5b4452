// Starts the server as the extension does, and talks to it over the real protocol.
'use strict';

const test = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawn } = require('node:child_process');
const { pathToFileURL } = require('node:url');
const rpc = require('vscode-jsonrpc/node');
const { serverProcess } = require('../src/server');

const launcher = path.join(__dirname, '..', '..', '..', 'nnd');
const command = process.env.NND_COMMAND || launcher;

test('the process is what the user set', () => {
  const plain = serverProcess({}, [], { PATH: '/bin' }, 'linux');
  assert.deepStrictEqual(plain, { command: 'nnd', args: ['lsp'], options: { env: { PATH: '/bin' }, shell: false } });
  const own = serverProcess({ command: './nnd', javaHome: '/jdk' }, ['/work'], {}, 'linux');
  assert.strictEqual(own.command, path.resolve('/work', 'nnd'));
  assert.strictEqual(own.options.env.JAVA_HOME, '/jdk');
});

test('findings arrive for a wrong file', { timeout: 240_000 }, async (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nnd-vscode-'));
  const made = serverProcess({ command, javaHome: process.env.JAVA_HOME }, [folder], process.env, process.platform);
  const server = spawn(made.command, made.args, { ...made.options, cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  t.after(() => {
    server.kill();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  const connection = rpc.createMessageConnection(
    new rpc.StreamMessageReader(server.stdout),
    new rpc.StreamMessageWriter(server.stdin),
  );
  connection.listen();
  const result = await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities: {},
    workspaceFolders: [{ uri: pathToFileURL(folder).href, name: 'work' }],
  });
  assert.ok(result.capabilities.hoverProvider);
  connection.sendNotification('initialized', {});
  const findings = new Promise((resolve) => connection.onNotification('textDocument/publishDiagnostics', resolve));
  const uri = pathToFileURL(path.join(folder, 'wrong.nnd')).href;
  const text = 'model Net {\n  input x: f32[N, 4]\n  output y = x -> Dens(10)\n}\n';
  connection.sendNotification('textDocument/didOpen', {
    textDocument: { uri, languageId: 'nnd', version: 1, text },
  });
  const found = await findings;
  assert.strictEqual(found.uri, uri);
  assert.deepStrictEqual(found.diagnostics.map((d) => d.code), ['NND0102']);
  assert.deepStrictEqual(found.diagnostics[0].range.start, { line: 2, character: 18 });
  await connection.sendRequest('shutdown');
  await connection.sendNotification('exit');
  assert.strictEqual(await ended, 0);
  connection.dispose();
});
