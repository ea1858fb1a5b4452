// How the language server is started. Knows nothing of VS Code, so that tests can run it.
'use strict';

const path = require('node:path');

/**
 * The process to start.
 *
 * @param {{command?: string, javaHome?: string}} settings what the user set
 * @param {string[]} folders the workspace's folders
 * @param {NodeJS.ProcessEnv} env the environment to start from
 * @param {string} platform as in process.platform
 * @returns {{command: string, args: string[], options: {env: NodeJS.ProcessEnv, shell: boolean}}}
 */
function serverProcess(settings, folders, env, platform) {
  const asked = (settings.command || '').trim() || 'nnd';
  const relative = asked.startsWith('./') || asked.startsWith('.\\');
  const command = relative && folders.length > 0 ? path.resolve(folders[0], asked) : asked;
  const own = { ...env };
  if (settings.javaHome) {
    own.JAVA_HOME = settings.javaHome;
  }
  // Windows starts .cmd files through its shell only.
  const shell = platform === 'win32';
  return { command: shell ? `"${command}"` : command, args: ['lsp'], options: { env: own, shell } };
}

module.exports = { serverProcess };
