/** Receives a record: words, and where it begins in them; valid only during the call. False: leave it, and all after it, for later. */
export type RingVisitor = (words: Uint32Array, at: number) => boolean;
export declare class BpfRing implements Disposable {
    #private;
    /** `size`: bytes, a power of two and of pages. Throws LinuxError. */
    constructor(name: string, size: number);
    /** For programs that write to it. */
    get fd(): number;
    /** Shows the records to `visit`, oldest first, and gives back the space of those that it took. Number of records taken. */
    read(visit: RingVisitor): number;
    [Symbol.dispose](): void;
}
