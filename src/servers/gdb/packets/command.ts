// qRcmd: gdb's `monitor`, for people.
import { hexOfText, textOfHex, textOfUtf8, utf8 } from '../../../protocols/rsp/index.js';
import type { Packets } from '../packet.js';
import { RefusedError } from '../replies.js';
import type { GdbSession } from '../session.js';

const COMMANDS: Readonly<Record<string, { readonly says: string; readonly run: (session: GdbSession) => Promise<string> }>> = {
  help: {
    says: 'this list',
    run: async () =>
      Object.entries(COMMANDS)
        .map(([name, { says }]) => `${name.padEnd(8)}${says}`)
        .join('\n'),
  },
  slots: { says: 'who holds the debug registers', run: slots },
};

export const command: Packets = {
  qRcmd: async (session, args) => {
    const text = textOfHex(args);
    if (text === null) throw new RefusedError('EINVAL', 'no command');
    const name = textOfUtf8(text).trim();
    const found = Object.hasOwn(COMMANDS, name === '' ? 'help' : name) ? COMMANDS[name === '' ? 'help' : name] : undefined;
    const answer = found === undefined ? `${name}: no such command; \`monitor help\` lists them` : await found.run(session);
    return hexOfText(utf8(`${answer}\n`));
  },
};

async function slots({ client }: GdbSession): Promise<string> {
  const uses = await client.slots();
  const lines = uses.map(({ client: who, expression, address, length, priority, armed }) => {
    const state = armed ? 'armed' : 'waits';
    return `${who}: ${expression} at 0x${address.toString(16)}, ${length} bytes, ${state}${priority === null ? '' : `, priority ${priority}`}`;
  });
  return [`${client.capabilities.slots} in each thread`, ...(lines.length === 0 ? ['nobody uses any'] : lines)].join('\n');
}
