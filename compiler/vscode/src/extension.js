// The client: starts `nnd lsp` and connects it with the editor.
'use strict';

const vscode = require('vscode');
const { LanguageClient, TransportKind } = require('vscode-languageclient/node');
const { serverProcess } = require('./server');

/** @type {LanguageClient | undefined} */
let client;

function settings() {
  const own = vscode.workspace.getConfiguration('nnd');
  return { command: own.get('command'), javaHome: own.get('java.home') };
}

function hints() {
  const own = vscode.workspace.getConfiguration('nnd.inlayHints');
  return { inlayHints: { shapes: own.get('shapes'), arguments: own.get('arguments') } };
}

async function start() {
  const folders = (vscode.workspace.workspaceFolders || []).map((f) => f.uri.fsPath);
  const server = serverProcess(settings(), folders, process.env, process.platform);
  const executable = { ...server, transport: TransportKind.stdio };
  client = new LanguageClient('nnd', 'nnd', executable, {
    documentSelector: [{ language: 'nnd' }],
    initializationOptions: hints(),
    synchronize: {
      configurationSection: 'nnd',
      fileEvents: vscode.workspace.createFileSystemWatcher('**/*.nnd'),
    },
  });
  try {
    await client.start();
  } catch (problem) {
    const open = 'Open settings';
    const text = `nnd: the command "${server.command}" does not start: ${problem.message || problem}. Set nnd.command to the nnd launcher.`;
    if ((await vscode.window.showErrorMessage(text, open)) === open) {
      await vscode.commands.executeCommand('workbench.action.openSettings', 'nnd.command');
    }
  }
}

async function restart() {
  const before = client;
  client = undefined;
  await before?.stop().catch(() => {});
  await start();
}

async function activate(context) {
  context.subscriptions.push(
    vscode.commands.registerCommand('nnd.restart', restart),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('nnd.command') || change.affectsConfiguration('nnd.java.home')) {
        restart();
      }
    }),
  );
  await start();
}

function deactivate() {
  return client?.stop();
}

module.exports = { activate, deactivate };
