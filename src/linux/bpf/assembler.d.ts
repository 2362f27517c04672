import { type Helper, type JumpTest, type Operation, type Register, type Size } from './instructions.js';
/** A place in the program, to be jumped to. */
export interface Label {
    /** Index of an instruction; null until it is placed. */
    at: number | null;
}
/** A register, or a number that fits 32 bits with a sign and is extended to 64. */
export type Source = Register | number;
/** An address: bytes from a register on. */
export interface Place {
    readonly base: Register;
    readonly offset: number;
}
/** An operand is not of this program or this instruction set: a mistake of whoever writes programs. */
export declare class AssemblyError extends Error {
}
export declare class Assembler {
    #private;
    /** Instructions so far; 64-bit constants count as two. */
    get length(): number;
    move(to: Register, from: Source): this;
    /** `to` = `to` `operation` `by`, 64 bits wide. */
    compute(operation: Operation, to: Register, by: Source): this;
    negate(register: Register): this;
    /** Any 64 bits. */
    constant(to: Register, value: bigint): this;
    /** The map with descriptor `fd`, as helpers take it. */
    map(to: Register, fd: number): this;
    /** The address of byte `offset` in the value of an array map of one element. */
    mapValue(to: Register, fd: number, offset?: number): this;
    /** `size` bytes, extended by zeros. */
    load(size: Size, to: Register, { base, offset }: Place): this;
    store(size: Size, { base, offset }: Place, from: Source): this;
    /** Adds `register` to the 8 bytes at a place, at once for all processors. */
    addTo({ base, offset }: Place, register: Register): this;
    /** Swaps `register` with the 8 bytes at a place, at once for all processors. Linux 5.12. */
    exchange({ base, offset }: Place, register: Register): this;
    /** A place to jump to, to be {@link place}d somewhere. */
    label(): Label;
    /** The next instruction is where `label` is. */
    place(label: Label): this;
    jump(to: Label): this;
    /** Jumps where `left` `test` `right` holds, 64 bits wide. */
    jumpIf(left: Register, test: JumpTest, right: Source, to: Label): this;
    /** r1 to r5 are its arguments and lost, r0 its result. */
    call(helper: Helper): this;
    /** Ends the program with `result`, or with what r0 holds. */
    exit(result?: number | null): this;
    /** The program as the kernel takes it. */
    assemble(): Uint8Array;
}
