// readMemory, writeMemory, disassemble: bytes and instructions by address, also while the program runs.
import { disassemble } from '../../../session/inspect/index.js';
import { type Arguments, addressOf, hex } from '../arguments.js';
import type { Handler } from '../connection.js';
import { BadArgumentError } from '../errors.js';
import type { Session } from '../session.js';
import { sourceOf } from '../source.js';

/** Bytes of one request. */
const MOST_BYTES = 16 << 20;
const MOST_INSTRUCTIONS = 10_000;

export function memoryRequests(session: Session): Record<string, Handler> {
  return {
    readMemory: async (args) => {
      const { client } = session.debuggee;
      const address = placeOf(args);
      const count = args.whole('count', 0, MOST_BYTES);
      const bytes = count === 0 ? new Uint8Array(0) : await readable(session, client.pid, { address, count });
      const unreadable = count - bytes.length;
      return {
        address: hex(address),
        ...(unreadable === 0 ? {} : { unreadableBytes: unreadable }),
        ...(bytes.length === 0 ? {} : { data: Buffer.from(bytes).toString('base64') }),
      };
    },
    writeMemory: async (args) => {
      const { client } = session.debuggee;
      const data = args.text('data');
      if (!/^[A-Za-z0-9+/]*={0,2}$/.test(data)) throw new BadArgumentError('data', 'base64');
      const bytes = new Uint8Array(Buffer.from(data, 'base64'));
      await client.writeMemory(client.pid, placeOf(args), bytes);
      return { bytesWritten: bytes.length };
    },
    disassemble: async (args) => {
      const view = await session.debuggee.view();
      const count = args.whole('instructionCount', 0, MOST_INSTRUCTIONS);
      const offset = args.has('instructionOffset') ? args.whole('instructionOffset', -MOST_INSTRUCTIONS, MOST_INSTRUCTIONS) : 0;
      const found = disassemble(view, placeOf(args), { offset, count });
      return {
        instructions: found.map(({ address, bytes, text, function: symbol, file, line }) => ({
          address: hex(address),
          instruction: text ?? '??',
          ...(bytes.length === 0
            ? {}
            : {
                instructionBytes: Buffer.from(bytes)
                  .toString('hex')
                  .replaceAll(/(..)(?=.)/g, '$1 '),
              }),
          ...(symbol === null ? {} : { symbol }),
          ...(line === null ? {} : { ...sourceOf(file), line: session.toClientLine(line) }),
          ...(text === null ? { presentationHint: 'invalid' } : {}),
        })),
      };
    },
  };
}

/** memoryReference and offset. */
function placeOf(args: Arguments): bigint {
  const offset = args.has('offset') ? args.whole('offset', Number.MIN_SAFE_INTEGER) : 0;
  return BigInt.asUintN(64, addressOf(args.text('memoryReference'), 'memoryReference') + BigInt(offset));
}

/** As many bytes from the first on as can be read. */
async function readable(
  session: Session,
  pid: number,
  { address, count }: { readonly address: bigint; readonly count: number },
): Promise<Uint8Array> {
  const view = await session.debuggee.view(pid);
  return view.readSome(address, count) ?? new Uint8Array(0);
}
