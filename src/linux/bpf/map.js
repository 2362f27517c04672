// BPF maps: memory that programs in the kernel and this process share.
import { isErrno } from '../errno.js';
import { closeDescriptor } from '../libc.js';
import { Mapping, PAGE_SIZE } from '../mapping.js';
import { Attributes, bpf, COMMAND } from './syscall.js';
/** enum bpf_map_type, as far as used. */
const MAP_TYPE = { hash: 1, array: 2, perCpuArray: 6, stackTrace: 7, ring: 27 };
const MAPPABLE = 1 << 10;
/** A map; gone when it is disposed of and no program uses it. */
export class BpfMap {
    fd;
    #spec;
    #open = true;
    /** Throws LinuxError: EPERM no privilege, or over the limit of locked memory before Linux 5.11; ENOMEM, E2BIG. */
    constructor(spec) {
        const { type, keySize, valueSize, entries, name, mappable = false } = spec;
        // 0 map_type | 4 key_size | 8 value_size | 12 max_entries | 16 map_flags | 20 inner_map_fd | 24 numa_node | 28 map_name[16]
        const attributes = new Attributes(72).u32(0, MAP_TYPE[type]).u32(4, keySize).u32(8, valueSize).u32(12, entries).name(28, name);
        attributes.u32(16, mappable ? MAPPABLE : 0);
        this.fd = bpf(COMMAND.mapCreate, attributes, `map ${name}`);
        this.#spec = spec;
    }
    /** Reads the value of `key` into `value`; false where there is none. Throws LinuxError. */
    lookup(key, value) {
        return this.#found(() => this.#element(COMMAND.mapLookup, key, value));
    }
    /** Throws LinuxError. */
    update(key, value) {
        this.#element(COMMAND.mapUpdate, key, value);
    }
    /** Takes `key` out; false where it was not in. */
    delete(key) {
        return this.#found(() => this.#element(COMMAND.mapDelete, key, null));
    }
    /** All keys, each an own array. Those that come or go meanwhile may be among them or not. */
    *keys() {
        let last = null;
        for (;;) {
            const next = new Uint8Array(this.#spec.keySize);
            const from = last;
            if (!this.#found(() => this.#element(COMMAND.mapNextKey, from, next)))
                return;
            yield next;
            last = next;
        }
    }
    // 0 map_fd | 8 key | 16 value or next_key | 24 flags
    #element(command, key, value) {
        const attributes = new Attributes(32).u32(0, this.fd);
        if (key !== null)
            attributes.address(8, key);
        if (value !== null)
            attributes.address(16, value);
        bpf(command, attributes, `map ${this.#spec.name}`);
    }
    #found(call) {
        try {
            call();
            return true;
        }
        catch (error) {
            if (isErrno(error, 'ENOENT'))
                return false;
            throw error;
        }
    }
    [Symbol.dispose]() {
        if (!this.#open)
            return;
        this.#open = false;
        closeDescriptor(this.fd);
    }
}
/** An array of one element that programs write or read directly, mapped into this process. */
export class SharedArray extends Mapping {
    #map;
    #words;
    /** `bytes`: its size. Throws LinuxError. */
    constructor(name, bytes) {
        const map = new BpfMap({ type: 'array', name, keySize: 4, valueSize: bytes, entries: 1, mappable: true });
        try {
            super(Math.ceil(bytes / PAGE_SIZE) * PAGE_SIZE, map.fd);
        }
        catch (error) {
            map[Symbol.dispose]();
            throw error;
        }
        this.#map = map;
        this.#words = new Uint32Array(this.view());
    }
    /** For programs that use it. */
    get fd() {
        return this.#map.fd;
    }
    /** The memory, as 32-bit words: to be used at once and not to be kept. Empty after the end. */
    get words() {
        return this.#words ?? NO_WORDS;
    }
    release() {
        this.#words = null;
        this.#map[Symbol.dispose]();
    }
}
const NO_WORDS = new Uint32Array(0);
