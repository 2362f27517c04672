// Whom a command watches: a running process, a new one, or the kernel.
import type { Invocation } from './command-spec.js';
import { UsageError } from './errors.js';
import { wholeNumber } from './numbers.js';

/** Whom to watch. */
export type TargetChoice =
  | { readonly kind: 'pid'; readonly pid: number; readonly tid: number | undefined }
  | { readonly kind: 'command'; readonly argv: readonly string[] }
  | { readonly kind: 'kernel'; readonly vmlinux: string | undefined };

/** Throws UsageError. `name`: the command, for the examples of a missing target. */
export function targetChoice(invocation: Invocation, name: string): TargetChoice {
  const { options, command, arguments: expressions } = invocation;
  const pid = wholeNumber(options['pid'], '--pid', 1);
  const tid = wholeNumber(options['tid'], '--tid', 1);
  if (options['kernel'] === true) return kernelChoice(invocation);
  if (options['vmlinux'] !== undefined) throw new UsageError('--vmlinux needs --kernel');
  if (pid !== null && command !== null) throw new UsageError('give either --pid or a command after --, not both');
  if (pid !== null) return { kind: 'pid', pid, tid: tid ?? undefined };
  if (tid !== null) throw new UsageError('--tid needs --pid');
  if (command === null || command.length === 0) throw missingTarget(name, expressions[0] ?? 'EXPR');
  if (command[0] === '') throw new UsageError('the command after -- is empty');
  return { kind: 'command', argv: command };
}

function kernelChoice({ options, command }: Invocation): TargetChoice {
  const { pid, tid, inherit, vmlinux } = options;
  if (pid !== undefined) throw new UsageError('give either --pid or --kernel, not both');
  if (command !== null) throw new UsageError('give either --kernel or a command after --, not both');
  if (tid !== undefined) throw new UsageError('--tid cannot go with --kernel: all threads are watched');
  if (inherit !== undefined && inherit !== 'threads')
    throw new UsageError('--inherit cannot go with --kernel: the kernel is watched on all CPUs, whoever runs there');
  return { kind: 'kernel', vmlinux: typeof vmlinux === 'string' ? vmlinux : undefined };
}

function missingTarget(name: string, expression: string): UsageError {
  const quoted = /^[\w.:]+$/.test(expression) ? expression : `'${expression}'`;
  return new UsageError('no target: whose memory?', {
    hint: [
      'One example of each form:',
      `  hwbkpt ${name} ${quoted} --pid 4711               a running process`,
      `  hwbkpt ${name} ${quoted} --pid 4711 --tid 4712    one thread of it`,
      `  hwbkpt ${name} ${quoted} -- ./program --its args  a new process, from its first instruction`,
      `  hwbkpt ${name} ${quoted} --kernel                 the kernel, on all CPUs`,
    ].join('\n'),
  });
}
