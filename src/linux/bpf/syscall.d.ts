/** enum bpf_cmd, as far as used. */
export declare const COMMAND: {
    readonly mapCreate: 0;
    readonly mapLookup: 1;
    readonly mapUpdate: 2;
    readonly mapDelete: 3;
    readonly mapNextKey: 4;
    readonly programLoad: 5;
    readonly programRun: 10;
};
/** An attribute block under construction: zeros, numbers put into their places, and the memory that its addresses point to. */
export declare class Attributes {
    #private;
    readonly bytes: Uint8Array;
    constructor(size: number);
    u32(at: number, value: number): this;
    address(at: number, of: Uint8Array): this;
    /** At most 15 characters of what the kernel allows in names. */
    name(at: number, text: string): this;
    readU32(at: number): number;
}
/** Makes the call; what it answers, below 0 where it failed (errno is set). */
export declare function tryBpf(command: number, { bytes }: Attributes): number;
/** {@link tryBpf} that throws LinuxError. */
export declare function bpf(command: number, attributes: Attributes, subject: string): number;
