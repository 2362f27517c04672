import { HwbkptError } from '../../base/errors.js';
import { type ErrnoName } from '../errno.js';
/** enum bpf_prog_type, as far as used. */
declare const PROGRAM_TYPE: {
    readonly socketFilter: 1;
    readonly perfEvent: 7;
    readonly syscall: 31;
};
/** What to load. */
export interface ProgramSpec {
    readonly type: keyof typeof PROGRAM_TYPE;
    /** Seen in bpftool; letters, digits, `_`. */
    readonly name: string;
    /** As an Assembler makes it. */
    readonly code: Uint8Array;
}
/** The kernel refuses a program. */
export declare class VerifierError extends HwbkptError {
    readonly code = "bpf-rejected";
    readonly program: string;
    readonly errno: ErrnoName;
    readonly instructions: number;
    /** What the verifier says; empty where it said nothing. */
    readonly log: string;
    constructor(program: string, errno: ErrnoName, { instructions, log }: {
        readonly instructions: number;
        readonly log: string;
    });
}
/** A loaded program; gone when it is disposed of and no event runs it. */
export declare class BpfProgram implements Disposable {
    #private;
    readonly fd: number;
    /** Throws LinuxError (EPERM: no privilege; ENOSYS: no BPF in this kernel) and VerifierError. */
    constructor(spec: ProgramSpec);
    /** Runs a program of type `syscall`, or `socketFilter` on `input`, once. What it returned. Throws LinuxError. */
    run(input?: Uint8Array | null): number;
    [Symbol.dispose](): void;
}
export {};
