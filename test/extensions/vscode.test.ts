// The extension for VS Code without VS Code: what it contributes fits the adapter, what it does when it is activated, and what is in its package.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { inflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { Arguments } from '../../src/servers/dap/arguments.js';
import { newSession } from '../../src/servers/dap/handlers.js';
import { ManagedProcess } from '../helpers/managed-process.js';
import { REPOSITORY } from '../helpers/paths.js';

const FOLDER = `${REPOSITORY}/extensions/vscode`;

interface Properties {
  readonly [name: string]: { readonly type?: unknown };
}

interface Manifest {
  readonly version: string;
  readonly main: string;
  readonly activationEvents: readonly string[];
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly configuration: { readonly properties: Properties };
    readonly debuggers: readonly {
      readonly type: string;
      readonly variables: Readonly<Record<string, string>>;
      readonly configurationAttributes: Readonly<
        Record<'launch' | 'attach', { readonly required: readonly string[]; readonly properties: Properties }>
      >;
      readonly initialConfigurations: readonly Readonly<Record<string, unknown>>[];
    }[];
  };
}

const manifest = JSON.parse(readFileSync(`${FOLDER}/package.json`, 'utf8')) as Manifest;
const [debuggerOf] = manifest.contributes.debuggers;

/** What the extension asked of the editor. */
interface Registered {
  readonly factory: {
    createDebugAdapterDescriptor(session: { configuration: object }): { readonly kind: string; readonly args: readonly unknown[] };
  };
  readonly provider: { resolveDebugConfiguration(folder: null, configuration: object): Readonly<Record<string, unknown>> };
  readonly commands: ReadonlyMap<string, () => Promise<unknown>>;
  readonly subscriptions: readonly unknown[];
  /** What the picker was given. */
  offered: readonly { readonly label: string; readonly description: string }[];
}

function activated(settings: Readonly<Record<string, unknown>>): Registered {
  const commands = new Map<string, () => Promise<unknown>>();
  const seen: Record<string, unknown> = { offered: [] };
  class Descriptor {
    readonly args: readonly unknown[];
    readonly kind: string;
    constructor(kind: string, args: readonly unknown[]) {
      this.kind = kind;
      this.args = args;
    }
  }
  const vscode = {
    DebugAdapterExecutable: class extends Descriptor {
      constructor(...args: unknown[]) {
        super('executable', args);
      }
    },
    DebugAdapterServer: class extends Descriptor {
      constructor(...args: unknown[]) {
        super('server', args);
      }
    },
    debug: {
      registerDebugAdapterDescriptorFactory: (type: string, factory: unknown) => Object.assign(seen, { [`factory ${type}`]: factory }),
      registerDebugConfigurationProvider: (type: string, provider: unknown) => Object.assign(seen, { [`provider ${type}`]: provider }),
    },
    commands: { registerCommand: (name: string, run: () => Promise<unknown>) => commands.set(name, run) },
    workspace: {
      getConfiguration: (section: string) => ({ get: (name: string, value: unknown) => settings[`${section}.${name}`] ?? value }),
    },
    window: {
      showQuickPick: async (items: readonly { description: string }[]) => {
        seen['offered'] = items;
        return items.find(({ description }) => description === String(process.pid));
      },
    },
  };
  const real = createRequire(`${FOLDER}/extension.js`);
  const module = { exports: {} as { activate(context: object): void; deactivate(): void } };
  const load = (name: string): unknown => (name === 'vscode' ? vscode : real(name));
  const code = readFileSync(`${FOLDER}/${manifest.main}`, 'utf8');
  new Function('require', 'module', 'exports', code)(load, module, module.exports);
  const context = { subscriptions: [] as unknown[] };
  module.exports.activate(context);
  return {
    factory: seen['factory hwbkpt'] as Registered['factory'],
    provider: seen['provider hwbkpt'] as Registered['provider'],
    commands,
    subscriptions: context.subscriptions,
    get offered() {
      return seen['offered'] as Registered['offered'];
    },
  };
}

describe('the extension for VS Code', () => {
  test('has the version of the package, and contributes what it registers', () => {
    expect(manifest.version).toBe((JSON.parse(readFileSync(`${REPOSITORY}/package.json`, 'utf8')) as Manifest).version);
    const { commands, subscriptions } = activated({});
    expect([...commands.keys()]).toEqual(manifest.contributes.commands.map(({ command }) => command));
    expect(subscriptions).toHaveLength(3);
    expect(debuggerOf?.variables).toEqual({ pickProcess: 'hwbkpt.pickProcess' });
    expect(manifest.activationEvents).toEqual(['onDebugResolve:hwbkpt', 'onCommand:hwbkpt.pickProcess']);
  });

  test('starts the adapter as the settings say, or connects to one', () => {
    const start = (settings: Readonly<Record<string, unknown>>, configuration: object): unknown => {
      const { kind, args } = activated(settings).factory.createDebugAdapterDescriptor({ configuration });
      return [kind, ...args];
    };
    expect(start({}, {})).toEqual(['executable', 'hwbkpt', ['dap']]);
    expect(start({ 'hwbkpt.command': ['sudo', '-n', 'hwbkpt'] }, {})).toEqual(['executable', 'sudo', ['-n', 'hwbkpt', 'dap']]);
    expect(start({}, { port: 4712 })).toEqual(['server', 4712, '127.0.0.1']);
    expect(Object.keys(manifest.contributes.configuration.properties)).toEqual(['hwbkpt.command']);
  });

  test('picks a process where nothing is configured', async () => {
    const { provider, commands, ...rest } = activated({});
    expect(provider.resolveDebugConfiguration(null, {})).toMatchObject({
      type: 'hwbkpt',
      request: 'attach',
      pid: expect.stringMatching(/^\$\{command:pickProcess\}$/),
    });
    const own = { type: 'hwbkpt', request: 'launch', program: '/bin/true' };
    expect(provider.resolveDebugConfiguration(null, own)).toBe(own);
    expect(await commands.get('hwbkpt.pickProcess')?.()).toBe(String(process.pid));
    expect(rest.subscriptions).toHaveLength(3);
  });

  test.each(['launch', 'attach'] as const)('every field of %s is one that the adapter takes, and checks', async (request) => {
    const { required = [], properties = {} } = debuggerOf?.configurationAttributes[request] ?? {};
    const fields = Object.keys(properties).filter((name) => name !== 'port');
    const good = { program: '/bin/true', pid: 1 };
    for (const field of fields) {
      const { handlers } = newSession({ event: () => undefined, afterAnswer: () => undefined, cancel: () => undefined }, () =>
        Promise.reject(new Error('nothing is started here')),
      );
      const bad = { ...good, [field]: properties[field]?.type === 'boolean' ? 5 : true };
      await expect(async () => await handlers.get(request)?.(new Arguments(bad)), field).rejects.toThrow(`argument ${field}`);
    }
    const [initial] = debuggerOf?.initialConfigurations.filter((one) => one['request'] === request) ?? [];
    expect(Object.keys(initial ?? {})).toEqual(expect.arrayContaining([...required]));
    expect(Object.keys(initial ?? {}).filter((name) => !['type', 'request', 'name', ...fields].includes(name))).toEqual([]);
  });

  test('is packed as a .vsix, the same bytes each time', async () => {
    const folder = mkdtempSync(`${tmpdir()}/hwbkpt-vsix-`);
    try {
      const packed: Buffer[] = [];
      for (const name of ['a.vsix', 'b.vsix']) {
        await using script = new ManagedProcess(process.execPath, [`${REPOSITORY}/build/scripts/package-vscode.js`, `${folder}/${name}`]);
        expect(await script.finished).toMatchObject({ status: 0, stderr: '' });
        packed.push(readFileSync(`${folder}/${name}`));
      }
      expect(packed[0]?.equals(packed[1] ?? Buffer.alloc(0))).toBe(true);
      const files = unzipped(packed[0] ?? Buffer.alloc(0));
      expect([...files.keys()]).toEqual([
        'extension.vsixmanifest',
        '[Content_Types].xml',
        'extension/README.md',
        'extension/extension.js',
        'extension/package.json',
        'extension/LICENSE.txt',
      ]);
      expect(files.get('extension/package.json')).toBe(readFileSync(`${FOLDER}/package.json`, 'utf8'));
      const identity = `<Identity Language="en-US" Id="hwbkpt-vscode" Version="${manifest.version}" Publisher="hwbkpt" />`;
      expect(files.get('extension.vsixmanifest')).toContain(identity);
      for (const name of files.keys())
        if (!name.startsWith('['))
          expect(files.get('[Content_Types].xml')).toContain(`Extension=".${name.slice(name.lastIndexOf('.') + 1)}"`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** The files of a zip, by its central directory: 46 bytes and the name for each, at the offset that the end record has at 16. */
function unzipped(zip: Buffer): Map<string, string> {
  const files = new Map<string, string>();
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06'));
  for (let at = zip.readUInt32LE(end + 16); zip.readUInt32LE(at) === 0x02014b50; ) {
    const [method, size, nameLength] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20), zip.readUInt16LE(at + 28)];
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const bytes = zip.subarray(start, start + size);
    files.set(zip.toString('utf8', at + 46, at + 46 + nameLength), (method === 0 ? bytes : inflateRawSync(bytes)).toString());
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return files;
}
