// A BPF ring buffer, read where it lies: records of all processors, in the order in which programs reserved them.
//
//   page 0 (ours to write)   page 1            pages 2 ..., then the same pages again, so that no record is cut
//  +-----------------------+-----------------+-------------------------------------------------------------+
//  | consumer position u64 | producer pos.   | length u32 (31 busy, 30 discarded) | u32 | data, to 8 bytes ... |
//  +-----------------------+-----------------+-------------------------------------------------------------+
import { Mapping, PAGE_SIZE } from '../mapping.js';
import { BpfMap } from './map.js';
const BUSY = 0x8000_0000;
const DISCARDED = 0x4000_0000;
const LENGTH = 0x3fff_ffff;
const HEADER = 8;
class ConsumerPage extends Mapping {
    #position;
    constructor(fd) {
        super(PAGE_SIZE, fd);
        this.#position = new BigUint64Array(this.view(), 0, 1);
    }
    get position() {
        return this.#position === null ? 0 : Number(this.#position[0]);
    }
    set position(value) {
        if (this.#position !== null)
            Atomics.store(this.#position, 0, BigInt(value));
    }
    release() {
        this.#position = null;
    }
}
class ProducerPages extends Mapping {
    #position;
    #words;
    constructor(fd, size) {
        super(PAGE_SIZE + 2 * size, fd, { offset: PAGE_SIZE, readOnly: true });
        this.#position = new BigUint64Array(this.view(), 0, 1);
        this.#words = new Uint32Array(this.view(), PAGE_SIZE, size / 2);
    }
    get position() {
        return this.#position === null ? 0 : Number(Atomics.load(this.#position, 0));
    }
    get words() {
        return this.#words;
    }
    release() {
        this.#position = null;
        this.#words = null;
    }
}
export class BpfRing {
    #map;
    #consumer;
    #producer;
    #mask;
    /** `size`: bytes, a power of two and of pages. Throws LinuxError. */
    constructor(name, size) {
        this.#map = new BpfMap({ type: 'ring', name, keySize: 0, valueSize: 0, entries: size });
        let consumer = null;
        try {
            consumer = new ConsumerPage(this.#map.fd);
            this.#producer = new ProducerPages(this.#map.fd, size);
            this.#consumer = consumer;
        }
        catch (error) {
            consumer?.[Symbol.dispose]();
            this.#map[Symbol.dispose]();
            throw error;
        }
        this.#mask = size - 1;
    }
    /** For programs that write to it. */
    get fd() {
        return this.#map.fd;
    }
    /** Shows the records to `visit`, oldest first, and gives back the space of those that it took. Number of records taken. */
    read(visit) {
        const words = this.#producer.words;
        if (words === null)
            return 0;
        const end = this.#producer.position;
        let at = this.#consumer.position;
        let taken = 0;
        try {
            while (at < end) {
                const word = (at & this.#mask) >>> 2;
                const header = Atomics.load(words, word);
                if ((header & BUSY) !== 0)
                    break;
                if ((header & DISCARDED) === 0) {
                    if (!visit(words, word + HEADER / 4))
                        break;
                    taken++;
                }
                at += HEADER + (((header & LENGTH) + 7) & ~7);
            }
        }
        finally {
            this.#consumer.position = at;
        }
        return taken;
    }
    [Symbol.dispose]() {
        this.#producer[Symbol.dispose]();
        this.#consumer[Symbol.dispose]();
        this.#map[Symbol.dispose]();
    }
}
