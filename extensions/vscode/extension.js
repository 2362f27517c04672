// The whole extension: starts `hwbkpt dap` for each debug session, or connects to one, and lets people pick a process.
'use strict';
const { readdirSync, readFileSync, statSync } = require('node:fs');
const vscode = require('vscode');

const TYPE = 'hwbkpt';

/** @param {import('vscode').ExtensionContext} context */
function activate(context) {
  context.subscriptions.push(
    vscode.debug.registerDebugAdapterDescriptorFactory(TYPE, { createDebugAdapterDescriptor: (session) => descriptor(session.configuration) }),
    vscode.debug.registerDebugConfigurationProvider(TYPE, { resolveDebugConfiguration: (_folder, configuration) => completed(configuration) }),
    vscode.commands.registerCommand('hwbkpt.pickProcess', pickProcess),
  );
}

/** Nothing is left behind: sessions end with the editor. */
function deactivate() {}

function descriptor({ port }) {
  if (typeof port === 'number') return new vscode.DebugAdapterServer(port, '127.0.0.1');
  const [command = 'hwbkpt', ...rest] = vscode.workspace.getConfiguration('hwbkpt').get('command', ['hwbkpt']);
  return new vscode.DebugAdapterExecutable(command, [...rest, 'dap']);
}

/** A configuration without launch.json is an empty one: then a process is picked. */
function completed(configuration) {
  if (configuration.type === undefined) return { type: TYPE, request: 'attach', name: 'hwbkpt: attach', pid: '${command:pickProcess}' };
  return configuration;
}

/** The number of the process that was picked, as a text; undefined where none was. */
async function pickProcess() {
  const picked = await vscode.window.showQuickPick(processes(), { placeHolder: 'The process to debug', matchOnDescription: true });
  return picked?.description;
}

/** Processes of this user, the newest first. */
function processes() {
  const user = process.getuid?.();
  const found = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (user !== 0 && statSync(`/proc/${name}`).uid !== user) continue;
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      // Threads of the kernel have no command line.
      if (command !== '') found.push({ label: readFileSync(`/proc/${name}/comm`, 'utf8').trim(), description: name, detail: command });
    } catch {
      // It has ended meanwhile, or is not ours to look at.
    }
  }
  return found.sort((a, b) => Number(b.description) - Number(a.description));
}

module.exports = { activate, deactivate };
