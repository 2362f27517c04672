// Walks from a frame to its callers, with the registers and the copy of the stack that came with a hit.
//
// Frame pointers are not trusted where a table tells better: a function that does not keep one leaves its caller's in the register, and the
// chain then leaves out callers in silence. Only code that no table describes (made at run time) is walked over by its frame pointer.
import { DwarfError } from '../dwarf/error.js';
import { evaluate } from './expression.js';
import { CFA_BASE, type Computed, type FrameRule } from './frame-rule.js';
import { DWARF_REGISTER, REGISTERS } from './row.js';
import type { StackCopy } from './stack-copy.js';

/** What an unwinder asks of the process. Addresses are numbers. */
export interface UnwindCode {
  /** How to leave the frame of the instruction at `address`. Throws nothing. */
  rule(address: number): FrameRule | WithoutRule;
}

/** `untold`: code that no table describes. `no-code`: no instruction can be there. */
export type WithoutRule = 'untold' | 'no-code';

/**
 * Why there are no more frames: the first one was reached; as many as asked for are there; the copy of the stack does not reach further; nothing
 * tells how to leave the last one; what was found makes no sense.
 */
export type UnwindEnd = 'complete' | 'depth' | 'copy-too-short' | 'no-rule' | 'broken';

/** Frames, innermost first. Reused by the next walk. */
export interface Unwound {
  /** Instruction addresses: where each frame goes on. */
  readonly addresses: Float64Array;
  /** 1 where the frame did not call, so that its address is the instruction's own; 0: of the one after the call. */
  readonly exact: Uint8Array;
  count: number;
  end: UnwindEnd;
}

/** Rules remembered; then all are forgotten. */
const MOST_RULES = 262_144;
const { bx, bp, sp, r12, r13, r14, r15, returnAddress } = DWARF_REGISTER;
/** What code of no table may have changed without saying where it is saved. */
const SILENTLY_SAVED = [bx, r12, r13, r14, r15];

export class Unwinder {
  readonly #code: UnwindCode;
  readonly #rules = new Map<number, FrameRule | WithoutRule>();
  readonly #result: Unwound;
  #now = new Float64Array(REGISTERS);
  #next = new Float64Array(REGISTERS);
  #copy: StackCopy | null = null;

  /** `most` frames at most, in every walk. */
  constructor(code: UnwindCode, most: number) {
    this.#code = code;
    this.#result = { addresses: new Float64Array(most), exact: new Uint8Array(most), count: 0, end: 'complete' };
  }

  /** Other code may be where some was. */
  forget(): void {
    this.#rules.clear();
  }

  /**
   * The frames of a thread. `registers` by their DWARF numbers, NaN where one is not known; the return address's place holds the instruction
   * pointer. `most` frames at most.
   */
  walk(registers: Float64Array, copy: StackCopy, most = this.#result.addresses.length): Unwound {
    const result = this.#result;
    this.#now.set(registers);
    this.#copy = copy;
    result.count = 0;
    result.end = 'depth';
    let exact = true;
    const wanted = Math.min(most, result.addresses.length);
    while (result.count < wanted) {
      const address = this.#now[returnAddress] ?? 0;
      const rule = this.#ruleAt(exact ? address : address - 1);
      if (rule === 'no-code' && result.count > 0) return this.#ended('broken');
      result.addresses[result.count] = address;
      result.exact[result.count] = exact ? 1 : 0;
      result.count++;
      const end = typeof rule === 'string' ? this.#byFramePointer() : this.#byRule(rule);
      if (end !== null) return this.#ended(end);
      exact = typeof rule !== 'string' && rule.signal;
    }
    return result;
  }

  #ended(end: UnwindEnd): Unwound {
    this.#result.end = end;
    return this.#result;
  }

  #ruleAt(address: number): FrameRule | WithoutRule {
    const known = this.#rules.get(address);
    if (known !== undefined) return known;
    const rule = this.#code.rule(address);
    if (this.#rules.size >= MOST_RULES) this.#rules.clear();
    // Code may come to be where none is.
    if (rule !== 'no-code') this.#rules.set(address, rule);
    return rule;
  }

  /** Goes to the caller; an end where that cannot be. */
  #byRule(rule: FrameRule): UnwindEnd | null {
    if (rule.outermost) return 'complete';
    const now = this.#now;
    const next = this.#next;
    const cfa = this.#cfa(rule);
    if (Number.isNaN(cfa)) return this.#whyUnknown(rule, now);
    next.set(now);
    next[sp] = cfa;
    const stackPointer = now[sp] ?? 0;
    const { registers, bases, offsets, lost } = rule;
    for (let i = 0; i < registers.length; i++) {
      const base = bases[i] ?? CFA_BASE;
      const address = (base === CFA_BASE ? cfa : (now[base] ?? Number.NaN)) + (offsets[i] ?? 0);
      // Below the stack pointer: it has been popped, or is not pushed yet; either way the register has the caller's value.
      if (!(address < stackPointer)) next[registers[i] ?? 0] = this.#word(address);
    }
    for (let i = 0; i < lost.length; i++) next[lost[i] ?? 0] = Number.NaN;
    if (rule.moved.length > 0) this.#move(rule, cfa);
    if (rule.computed.length > 0) for (const one of rule.computed) next[one.register] = this.#compute(one, cfa);
    return this.#enter(cfa, rule.signal);
  }

  #cfa({ cfaRegister, cfaOffset, cfaInMemory, cfaBlock }: FrameRule): number {
    if (cfaBlock !== null) return this.#evaluate(cfaBlock, null);
    const sum = (this.#now[cfaRegister] ?? Number.NaN) + cfaOffset;
    return cfaInMemory ? this.#word(sum) : sum;
  }

  #whyUnknown({ cfaRegister, cfaInMemory }: FrameRule, now: Float64Array): UnwindEnd {
    return cfaInMemory && !Number.isNaN(now[cfaRegister]) ? 'copy-too-short' : 'no-rule';
  }

  #move({ moved }: FrameRule, cfa: number): void {
    for (const { register, base, offset } of moved)
      this.#next[register] = (base === CFA_BASE ? cfa : (this.#now[base] ?? Number.NaN)) + offset;
  }

  #compute({ block, inMemory }: Computed, cfa: number): number {
    const value = this.#evaluate(block, cfa);
    return inMemory ? this.#word(value) : value;
  }

  #evaluate(block: Uint8Array, first: number | null): number {
    const frame = { register: (number: number) => this.#now[number] ?? Number.NaN, word: (address: number) => this.#word(address) };
    try {
      return evaluate(block, frame, first);
    } catch (error) {
      if (error instanceof DwarfError) return Number.NaN;
      throw error;
    }
  }

  #word(address: number): number {
    return this.#copy?.word(address) ?? Number.NaN;
  }

  /** The caller's registers are in `next`: makes them the present ones. A stack grows towards lower addresses; a signal's may be another one. */
  #enter(cfa: number, signal: boolean): UnwindEnd | null {
    const next = this.#next;
    const address = next[returnAddress] ?? Number.NaN;
    if (Number.isNaN(address)) return 'copy-too-short';
    if (!signal && !(cfa > (this.#now[sp] ?? 0))) return 'broken';
    if (address === 0) return 'complete';
    this.#next = this.#now;
    this.#now = next;
    return null;
  }

  /**
   *     [bp] the caller's bp   [bp + 8] the return address
   */
  #byFramePointer(): UnwindEnd | null {
    const now = this.#now;
    const frame = now[bp] ?? Number.NaN;
    const caller = this.#word(frame);
    const back = this.#word(frame + 8);
    if (!(frame >= (now[sp] ?? 0)) || Number.isNaN(back) || this.#ruleAt(back - 1) === 'no-code') return 'no-rule';
    const next = this.#next;
    next.set(now);
    for (const register of SILENTLY_SAVED) next[register] = Number.NaN;
    next[sp] = frame + 16;
    next[bp] = caller;
    next[returnAddress] = back;
    return this.#enter(frame + 16, false);
  }
}
