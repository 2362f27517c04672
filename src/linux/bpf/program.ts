// Loads BPF programs; what the verifier says against one is kept in the error.
import { HwbkptError } from '../../base/errors.js';
import { ERRNO, type ErrnoName, errnoName, failed } from '../errno.js';
import { closeDescriptor, lastErrno } from '../libc.js';
import { Attributes, bpf, COMMAND, tryBpf } from './syscall.js';

/** enum bpf_prog_type, as far as used. */
const PROGRAM_TYPE = { socketFilter: 1, perfEvent: 7, syscall: 31 } as const;

const SLEEPABLE = 1 << 4;
const LOG_BYTES = 1 << 20;
const LICENSE = new TextEncoder().encode('GPL\0');

/** What to load. */
export interface ProgramSpec {
  readonly type: keyof typeof PROGRAM_TYPE;
  /** Seen in bpftool; letters, digits, `_`. */
  readonly name: string;
  /** As an Assembler makes it. */
  readonly code: Uint8Array;
}

/** The kernel refuses a program. */
export class VerifierError extends HwbkptError {
  readonly code = 'bpf-rejected';
  readonly program: string;
  readonly errno: ErrnoName;
  readonly instructions: number;
  /** What the verifier says; empty where it said nothing. */
  readonly log: string;

  constructor(program: string, errno: ErrnoName, { instructions, log }: { readonly instructions: number; readonly log: string }) {
    const lines = log.trimEnd().split('\n');
    const last = lines.findLast((line) => line !== '' && !/^(processed \d+ insns|verification time|stack depth)/.test(line)) ?? '';
    super(`the kernel refuses the BPF program ${program}: ${errno}${last === '' ? '' : `: ${last}`}`);
    this.program = program;
    this.errno = errno;
    this.instructions = instructions;
    this.log = log;
  }
}

/** A loaded program; gone when it is disposed of and no event runs it. */
export class BpfProgram implements Disposable {
  readonly fd: number;
  readonly #name: string;
  #open = true;

  /** Throws LinuxError (EPERM: no privilege; ENOSYS: no BPF in this kernel) and VerifierError. */
  constructor(spec: ProgramSpec) {
    this.#name = spec.name;
    this.fd = load(spec);
  }

  /** Runs a program of type `syscall`, or `socketFilter` on `input`, once. What it returned. Throws LinuxError. */
  run(input: Uint8Array | null = null): number {
    // 0 prog_fd | 4 retval | 8 data_size_in | 12 data_size_out | 16 data_in | 24 data_out | 32 repeat | 36 duration | 40 ctx_size_in | ...
    const attributes = new Attributes(80).u32(0, this.fd);
    if (input !== null) attributes.u32(8, input.length).address(16, input);
    bpf(COMMAND.programRun, attributes, `program ${this.#name}`);
    return attributes.readU32(4);
  }

  [Symbol.dispose](): void {
    if (!this.#open) return;
    this.#open = false;
    closeDescriptor(this.fd);
  }
}

function load(spec: ProgramSpec): number {
  const attributes = loadAttributes(spec);
  const fd = tryBpf(COMMAND.programLoad, attributes);
  if (fd >= 0) return fd;
  const errno = lastErrno();
  if (errno === ERRNO.EPERM || errno === ERRNO.ENOSYS) throw failed('bpf', `program ${spec.name}`);
  // The log of a program that is too long is long too, and says no more: it would take seconds.
  const log = errno === ERRNO.E2BIG ? '' : verifierLog(spec);
  throw new VerifierError(spec.name, errnoName(errno), { instructions: spec.code.length / 8, log });
}

// 0 prog_type | 4 insn_cnt | 8 insns | 16 license | 24 log_level | 28 log_size | 32 log_buf | 40 kern_version | 44 prog_flags | 48 prog_name[16]
function loadAttributes({ type, name, code }: ProgramSpec): Attributes {
  const attributes = new Attributes(128)
    .u32(0, PROGRAM_TYPE[type])
    .u32(4, code.length / 8)
    .address(8, code);
  return attributes
    .address(16, LICENSE)
    .u32(44, type === 'syscall' ? SLEEPABLE : 0)
    .name(48, name);
}

/** Loads once more, for what the verifier has to say. */
function verifierLog(spec: ProgramSpec): string {
  const log = new Uint8Array(LOG_BYTES);
  const fd = tryBpf(COMMAND.programLoad, loadAttributes(spec).u32(24, 1).u32(28, log.length).address(32, log));
  // It would be accepted the second time only where somebody else's memory was lacking the first time.
  if (fd >= 0) closeDescriptor(fd);
  return new TextDecoder().decode(log.subarray(0, Math.max(0, log.indexOf(0))));
}
