// Stop replies: which thread stands, why, and the registers that everybody asks for first.
//
//   T SIGNAL  06:RBP; 07:RSP; 10:RIP;  REASON:VALUE;  thread:pPID.TID;      W STATUS ; process:PID    X SIGNAL ; process:PID
import { EXPEDITED, formatThreadId, hexOfBytes, hexOfText, protocolSignal, type Register, utf8 } from '../../protocols/rsp/index.js';
import type { ProcessEnd } from '../../session/debug/index.js';
import { executableOf, threadNameOf } from './procfs.js';
import type { RegisterCache } from './register-cache.js';
import type { Settings } from './settings.js';
import type { StopReason } from './stop-reasons.js';
import type { Thread } from './threads.js';

/** A stop to be told. */
export interface Report {
  readonly thread: Thread;
  readonly reason: StopReason;
}

export interface StopRepliesParts {
  readonly settings: Settings;
  readonly registers: RegisterCache;
  readonly layout: readonly Register[];
  /** All threads that gdb knows. */
  known(): readonly Thread[];
}

/** Also what a target that stands when gdb comes is said to have been stopped by. */
export const SIGTRAP = 5;
const WATCH_WORDS = { 2: 'watch', 3: 'rwatch', 4: 'awatch' } as const;

export class StopReplies {
  readonly #parts: StopRepliesParts;

  constructor(parts: StopRepliesParts) {
    this.#parts = parts;
  }

  async of({ thread, reason }: Report): Promise<string> {
    const { settings } = this.#parts;
    const signal = reason.kind === 'signal' ? (settings.isLldb ? reason.signal : protocolSignal(reason.signal)) : SIGTRAP;
    const fields = [
      ...(await this.#expedited(thread)),
      this.#reason(thread, reason),
      `thread:${formatThreadId(thread, settings.multiprocess)}`,
      ...(settings.isLldb ? await this.#forLldb(thread, reason) : []),
    ];
    return `T${signal.toString(16).padStart(2, '0')}${fields.filter((field) => field !== '').join(';')};`;
  }

  async #expedited({ tid, stop }: Thread): Promise<string[]> {
    if (stop === null) return [];
    const registers = EXPEDITED.map((number) => this.#parts.layout[number]).filter((register) => register !== undefined);
    const values = await this.#parts.registers.read(tid, registers).catch(() => []);
    return values.map((bytes, index) =>
      bytes === null ? '' : `${(EXPEDITED[index] ?? 0).toString(16).padStart(2, '0')}:${hexOfBytes(bytes)}`,
    );
  }

  #reason(thread: Thread, reason: StopReason): string {
    const { settings } = this.#parts;
    switch (reason.kind) {
      case 'watch':
        return `${watchWord(reason.point.type)}:${reason.point.address.toString(16)}`;
      case 'break':
        if (reason.point.type === 0) return settings.swbreak ? 'swbreak:' : '';
        return settings.hwbreak ? 'hwbreak:' : '';
      case 'int3':
        return settings.swbreak ? 'swbreak:' : '';
      case 'fork':
      case 'vfork':
        return `${reason.kind}:${formatThreadId({ pid: reason.child, tid: reason.child }, true)}`;
      case 'vfork-done':
        return 'vforkdone:';
      case 'exec':
        return settings.isLldb ? '' : `exec:${hexOfText(utf8(executableOf(thread.pid) ?? ''))}`;
      case 'library':
        // To lldb it is a breakpoint of its own; told of libraries it would take that away.
        return settings.isLldb ? '' : 'library:';
      case 'step':
      case 'signal':
        return '';
    }
  }

  async #forLldb(thread: Thread, { kind }: StopReason): Promise<string[]> {
    const words = {
      step: 'trace',
      signal: 'signal',
      break: 'breakpoint',
      int3: 'breakpoint',
      library: 'breakpoint',
      exec: 'exec',
    } as const;
    const reason = kind in words ? [`reason:${words[kind as keyof typeof words]}`] : [];
    const name = threadNameOf(thread.pid, thread.tid);
    const known = this.#parts.known().map((other) => formatThreadId(other, this.#parts.settings.multiprocess));
    return [
      ...reason,
      ...(name === null ? [] : [`hexname:${hexOfText(utf8(name))}`]),
      ...(this.#parts.settings.listThreads ? [`threads:${known.join(',')}`] : []),
    ];
  }
}

function watchWord(type: number): string {
  return WATCH_WORDS[type as keyof typeof WATCH_WORDS] ?? 'watch';
}

/** That a process has ended. */
export function endReply({ pid, end }: ProcessEnd, { multiprocess, isLldb }: Settings): string {
  const whose = multiprocess ? `;process:${pid.toString(16)}` : '';
  const [letter, number] = end.kind === 'exited' ? ['W', end.status] : ['X', isLldb ? end.signal : protocolSignal(end.signal)];
  return `${letter}${number.toString(16).padStart(2, '0')}${whose}`;
}
