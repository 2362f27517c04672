// Writes BPF programs: one method for each kind of instruction, labels for jumps, and no way to write something malformed.
import { ALWAYS, ATOMIC, CALL, CLASS, CONSTANT, EXIT, HELPER, JUMP, MODE, MOVE, NEGATE, OPERATION, SIZE, SOURCE_REGISTER, } from './instructions.js';
const INSTRUCTION_BYTES = 8;
/** Jumps reach so many instructions. */
const FARTHEST = 0x7fff;
/** An operand is not of this program or this instruction set: a mistake of whoever writes programs. */
export class AssemblyError extends Error {
}
export class Assembler {
    #words = [];
    #jumps = [];
    /** Instructions so far; 64-bit constants count as two. */
    get length() {
        return this.#words.length;
    }
    move(to, from) {
        return this.#compute(MOVE, to, from);
    }
    /** `to` = `to` `operation` `by`, 64 bits wide. */
    compute(operation, to, by) {
        return this.#compute(OPERATION[operation], to, by);
    }
    negate(register) {
        return this.#add({ code: CLASS.arithmetic | NEGATE, dst: register.register });
    }
    #compute(operation, to, from) {
        const code = CLASS.arithmetic | operation;
        if (typeof from === 'number')
            return this.#add({ code, dst: to.register, immediate: checkedImmediate(from) });
        return this.#add({ code: code | SOURCE_REGISTER, dst: to.register, src: from.register });
    }
    /** Any 64 bits. */
    constant(to, value) {
        return this.#constant(to, CONSTANT.number, value);
    }
    /** The map with descriptor `fd`, as helpers take it. */
    map(to, fd) {
        return this.#constant(to, CONSTANT.map, BigInt(fd));
    }
    /** The address of byte `offset` in the value of an array map of one element. */
    mapValue(to, fd, offset = 0) {
        return this.#constant(to, CONSTANT.mapValue, (BigInt(offset) << 32n) | BigInt(fd));
    }
    #constant(to, what, value) {
        const [low, high] = [Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n))];
        this.#add({ code: CLASS.load | MODE.immediate | SIZE[8], dst: to.register, src: what, immediate: low });
        return this.#add({ code: 0, immediate: high });
    }
    /** `size` bytes, extended by zeros. */
    load(size, to, { base, offset }) {
        const code = CLASS.loadRegister | MODE.memory | SIZE[size];
        return this.#add({ code, dst: to.register, src: base.register, offset: checkedOffset(offset) });
    }
    store(size, { base, offset }, from) {
        const memory = MODE.memory | SIZE[size];
        const place = { dst: base.register, offset: checkedOffset(offset) };
        if (typeof from === 'number')
            return this.#add({ code: CLASS.store | memory, ...place, immediate: checkedImmediate(from) });
        return this.#add({ code: CLASS.storeRegister | memory, ...place, src: from.register });
    }
    /** Adds `register` to the 8 bytes at a place, at once for all processors. */
    addTo({ base, offset }, register) {
        return this.#atomic(ATOMIC.add, { base, offset }, register);
    }
    /** Swaps `register` with the 8 bytes at a place, at once for all processors. Linux 5.12. */
    exchange({ base, offset }, register) {
        return this.#atomic(ATOMIC.exchange, { base, offset }, register);
    }
    #atomic(immediate, { base, offset }, { register }) {
        const code = CLASS.storeRegister | MODE.atomic | SIZE[8];
        return this.#add({ code, dst: base.register, src: register, offset: checkedOffset(offset), immediate });
    }
    /** A place to jump to, to be {@link place}d somewhere. */
    label() {
        return { at: null };
    }
    /** The next instruction is where `label` is. */
    place(label) {
        if (label.at !== null)
            throw new AssemblyError('a label is placed twice');
        label.at = this.#words.length;
        return this;
    }
    jump(to) {
        this.#jumps.push({ from: this.#words.length, to });
        return this.#add({ code: CLASS.jump | ALWAYS });
    }
    /** Jumps where `left` `test` `right` holds, 64 bits wide. */
    jumpIf(left, test, right, to) {
        this.#jumps.push({ from: this.#words.length, to });
        const code = CLASS.jump | JUMP[test];
        if (typeof right === 'number')
            return this.#add({ code, dst: left.register, immediate: checkedImmediate(right) });
        return this.#add({ code: code | SOURCE_REGISTER, dst: left.register, src: right.register });
    }
    /** r1 to r5 are its arguments and lost, r0 its result. */
    call(helper) {
        return this.#add({ code: CLASS.jump | CALL, immediate: HELPER[helper].number });
    }
    /** Ends the program with `result`, or with what r0 holds. */
    exit(result = null) {
        if (result !== null)
            this.#add({ code: CLASS.arithmetic | MOVE, dst: 0, immediate: checkedImmediate(result) });
        return this.#add({ code: CLASS.jump | EXIT });
    }
    /** The program as the kernel takes it. */
    assemble() {
        for (const { from, to } of this.#jumps)
            this.#link(from, to);
        const bytes = new Uint8Array(this.#words.length * INSTRUCTION_BYTES);
        const view = new DataView(bytes.buffer);
        for (const [i, { code, dst, src, offset, immediate }] of this.#words.entries()) {
            const at = i * INSTRUCTION_BYTES;
            view.setUint8(at, code);
            view.setUint8(at + 1, (src << 4) | dst);
            view.setInt16(at + 2, offset, true);
            view.setInt32(at + 4, immediate, true);
        }
        return bytes;
    }
    #link(from, { at }) {
        const word = this.#words[from];
        if (at === null || word === undefined)
            throw new AssemblyError('a jump to a label that is nowhere');
        const offset = at - from - 1;
        if (Math.abs(offset) > FARTHEST)
            throw new AssemblyError(`a jump over ${offset} instructions`);
        word.offset = offset;
    }
    #add({ code, dst = 0, src = 0, offset = 0, immediate = 0 }) {
        this.#words.push({ code, dst, src, offset, immediate });
        return this;
    }
}
function checkedImmediate(value) {
    if (!Number.isInteger(value) || value < -0x8000_0000 || value > 0x7fff_ffff)
        throw new AssemblyError(`${value} does not fit an immediate operand`);
    return value;
}
function checkedOffset(value) {
    if (!Number.isInteger(value) || Math.abs(value) > FARTHEST)
        throw new AssemblyError(`${value} is no offset`);
    return value;
}
