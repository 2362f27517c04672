// bpf(2): one call with an attribute block, whose layout each user of this file draws.
import { checked } from '../errno.js';
import { addressOfBytes, syscallBpf } from '../libc.js';
const SYS_BPF = 321;
/** enum bpf_cmd, as far as used. */
export const COMMAND = {
    mapCreate: 0,
    mapLookup: 1,
    mapUpdate: 2,
    mapDelete: 3,
    mapNextKey: 4,
    programLoad: 5,
    programRun: 10,
};
/** An attribute block under construction: zeros, numbers put into their places, and the memory that its addresses point to. */
export class Attributes {
    bytes;
    #view;
    /** Keeps what is pointed to. */
    #kept = [];
    constructor(size) {
        this.bytes = new Uint8Array(size);
        this.#view = new DataView(this.bytes.buffer);
    }
    u32(at, value) {
        this.#view.setUint32(at, value, true);
        return this;
    }
    address(at, of) {
        this.#kept.push(of);
        this.#view.setBigUint64(at, addressOfBytes(of), true);
        return this;
    }
    /** At most 15 characters of what the kernel allows in names. */
    name(at, text) {
        this.bytes.set(new TextEncoder().encode(text.replace(/[^\w.]/g, '_').slice(0, 15)), at);
        return this;
    }
    readU32(at) {
        return this.#view.getUint32(at, true);
    }
}
/** Makes the call; what it answers, below 0 where it failed (errno is set). */
export function tryBpf(command, { bytes }) {
    return syscallBpf(SYS_BPF, command, bytes, bytes.length);
}
/** {@link tryBpf} that throws LinuxError. */
export function bpf(command, attributes, subject) {
    return checked(tryBpf(command, attributes), 'bpf', subject);
}
