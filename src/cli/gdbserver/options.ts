// The options of `hwbkpt gdbserver`, checked and typed.
import type { Inherit } from '../../model/access.js';
import type { Invocation } from '../command-spec.js';
import { UsageError } from '../errors.js';
import { wholeNumber } from '../numbers.js';
import { type TargetChoice, targetChoice } from '../target-choice.js';

/** Where gdb comes from. */
export type Where = { readonly kind: 'stdio' } | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

export interface GdbServerChoice {
  readonly where: Where;
  readonly target: Exclude<TargetChoice, { readonly kind: 'kernel' }>;
  /** Null: whatever is done by the hwbkpt that has the process already; else threads. */
  readonly inherit: Inherit | null;
  readonly clients: number;
  readonly once: boolean;
  readonly int3: boolean;
  readonly stepBy: 'breakpoint' | 'trap-flag';
  readonly share: boolean;
}

const LOOPBACK = '127.0.0.1';
const DEFAULT_CLIENTS = 4;
const LAST_PORT = 65535;

/** Throws UsageError. */
export function gdbServerChoice(invocation: Invocation): GdbServerChoice {
  const { options, arguments: names } = invocation;
  const target = targetChoice(invocation, `gdbserver ${names[0] ?? ':4711'}`);
  if (target.kind === 'kernel') throw new UsageError('gdbserver serves processes, not the kernel');
  return {
    where: whereOf(names[0] ?? ''),
    target,
    inherit: (options['inherit'] ?? null) as Inherit | null,
    clients: wholeNumber(options['clients'], '--clients', 1) ?? DEFAULT_CLIENTS,
    once: options['once'] === true,
    int3: options['int3'] === true,
    stepBy: options['step'] === 'trap-flag' ? 'trap-flag' : 'breakpoint',
    share: options['share'] !== false,
  };
}

/** `:PORT`, `HOST:PORT`, `[IPV6]:PORT`, `-` or `stdio`. */
function whereOf(text: string): Where {
  if (text === '-' || text === 'stdio') return { kind: 'stdio' };
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:]*)):(\d+)$/i.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > LAST_PORT)
    throw new UsageError(`gdbserver listens on [HOST]:PORT, or serves whoever started it by -, not ${JSON.stringify(text)}`, {
      hint: 'Write `:4711` for port 4711 of the loopback, `:0` for any that is free.',
    });
  const host = match[1] ?? match[2] ?? '';
  return { kind: 'tcp', host: host === '' ? LOOPBACK : host, port };
}
