// What lldb asks beside gdb's packets.
import { addressOfHex, hexOfText, numberOfHex, parseThreadId, utf8 } from '../../../protocols/rsp/index.js';
import type { Packets } from '../packet.js';
import { executableOf, hostName, mappingsOf, statusNumber, workingDirectoryOf } from '../procfs.js';
import { OK, RefusedError } from '../replies.js';

const TRIPLE = hexOfText('x86_64-unknown-linux-gnu');
const HIGHEST = 0xffff_ffff_ffff_ffffn;

export const lldb: Packets = {
  QThreadSuffixSupported: ({ settings }) => {
    settings.isLldb = true;
    settings.threadSuffix = true;
    return OK;
  },
  QListThreadsInStopReply: ({ settings }) => {
    settings.isLldb = true;
    settings.listThreads = true;
    return OK;
  },
  QEnableErrorStrings: ({ settings }) => {
    settings.errorStrings = true;
    return OK;
  },
  qHostInfo: () =>
    pairs({ triple: TRIPLE, ptrsize: 8, endian: 'little', watchpoint_exceptions_received: 'after', hostname: hexOfText(utf8(hostName())) }),
  qProcessInfo: ({ pid }) =>
    pairs({
      ...{ pid: pid.toString(16), 'parent-pid': (statusNumber(pid, 'PPid') ?? 0).toString(16) },
      ...{ 'real-uid': (statusNumber(pid, 'Uid') ?? 0).toString(16), 'real-gid': (statusNumber(pid, 'Gid') ?? 0).toString(16) },
      ...{ triple: TRIPLE, ostype: 'linux', endian: 'little', ptrsize: 8, name: hexOfText(utf8(executableOf(pid) ?? '')) },
    }),
  qShlibInfoAddr: async ({ libraries, pid }) => {
    const entry = await libraries.debugEntry(pid);
    if (entry === null) throw new RefusedError('ENOENT', 'no dynamic linker');
    return entry.toString(16);
  },
  qWatchpointSupportInfo: ({ client }) => pairs({ num: client.capabilities.slots }),
  qGetWorkingDir: ({ pid }) => {
    const directory = workingDirectoryOf(pid);
    if (directory === null) throw new RefusedError('ENOENT', 'no working directory');
    return hexOfText(utf8(directory));
  },
  qMemoryRegionInfo: ({ pid }, args) => {
    const address = addressOfHex(args);
    if (address === null) throw new RefusedError('EINVAL', 'no address');
    return region(pid, address);
  },
  qRegisterInfo: ({ layout }, args) => {
    const register = layout[numberOfHex(args) ?? -1];
    if (register === undefined) throw new RefusedError('EINVAL', 'no such register');
    const { name, size, type } = register;
    const isVector = size === 16;
    return pairs({
      ...{ name, bitsize: size * 8, encoding: isVector ? 'vector' : type === 'i387_ext' ? 'ieee754' : 'uint' },
      ...{ format: isVector ? 'vector-uint8' : type === 'i387_ext' ? 'float' : 'hex', set: register.group ?? 'system' },
      ...(GENERIC[name] === undefined ? {} : { generic: GENERIC[name] }),
    });
  },
  qThreadStopInfo: async (session, args) => {
    const id = parseThreadId(args);
    const thread = typeof id?.tid === 'number' ? session.threads.get(id.tid) : null;
    if (thread === null) throw new RefusedError('ESRCH', 'no such thread');
    return session.replies.of({ thread, reason: session.tell(thread) });
  },
};

const GENERIC: Readonly<Record<string, string>> = { rip: 'pc', rsp: 'sp', rbp: 'fp', eflags: 'flags', fs_base: 'tp' };

function pairs(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}:${value};`)
    .join('');
}

/** The mapping that holds the address, or the hole. */
function region(pid: number, address: bigint): string {
  const mappings = mappingsOf(pid);
  const found = mappings.find(({ start, end }) => start <= address && address < end);
  const hex = (value: bigint): string => value.toString(16);
  if (found !== undefined) {
    const { start, end, permissions, path } = found;
    return pairs({
      ...{ start: hex(start), size: hex(end - start), permissions: permissions.replace(/[-p]/g, '').replace('s', '') },
      ...(path.startsWith('/') ? { name: hexOfText(utf8(path)) } : {}),
    });
  }
  const before = mappings.findLast(({ end }) => end <= address)?.end ?? 0n;
  const after = mappings.find(({ start }) => start > address)?.start ?? HIGHEST;
  return pairs({ start: hex(before), size: hex(after - before) });
}
