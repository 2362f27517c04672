import { Mapping } from '../mapping.js';
/** enum bpf_map_type, as far as used. */
declare const MAP_TYPE: {
    readonly hash: 1;
    readonly array: 2;
    readonly perCpuArray: 6;
    readonly stackTrace: 7;
    readonly ring: 27;
};
/** What a map is to be. Sizes in bytes. */
export interface MapSpec {
    readonly type: keyof typeof MAP_TYPE;
    /** Seen in bpftool; letters, digits, `_`. */
    readonly name: string;
    readonly keySize: number;
    readonly valueSize: number;
    /** For a ring: its bytes, a power of two and of pages. */
    readonly entries: number;
    /** An array that is to be mapped here. */
    readonly mappable?: boolean;
}
/** A map; gone when it is disposed of and no program uses it. */
export declare class BpfMap implements Disposable {
    #private;
    readonly fd: number;
    /** Throws LinuxError: EPERM no privilege, or over the limit of locked memory before Linux 5.11; ENOMEM, E2BIG. */
    constructor(spec: MapSpec);
    /** Reads the value of `key` into `value`; false where there is none. Throws LinuxError. */
    lookup(key: Uint8Array, value: Uint8Array): boolean;
    /** Throws LinuxError. */
    update(key: Uint8Array, value: Uint8Array): void;
    /** Takes `key` out; false where it was not in. */
    delete(key: Uint8Array): boolean;
    /** All keys, each an own array. Those that come or go meanwhile may be among them or not. */
    keys(): Generator<Uint8Array>;
    [Symbol.dispose](): void;
}
/** An array of one element that programs write or read directly, mapped into this process. */
export declare class SharedArray extends Mapping {
    #private;
    /** `bytes`: its size. Throws LinuxError. */
    constructor(name: string, bytes: number);
    /** For programs that use it. */
    get fd(): number;
    /** The memory, as 32-bit words: to be used at once and not to be kept. Empty after the end. */
    get words(): Uint32Array;
    protected release(): void;
}
export {};
