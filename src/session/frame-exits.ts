// Where a function ends: its returns, and the jumps to other functions in their place.

/** Instructions one behind the other: `boundaries` of instructions/. */
export interface Boundaries {
  boundaries(bytes: Uint8Array, end: number): number[];
}

/** Offsets in `code`, all of one function, of the instructions that leave it. A jump to an address in a register is taken for a `switch`. */
export function exitsOf(code: Uint8Array, decoder: Boundaries): number[] {
  return decoder.boundaries(code, code.length).filter((offset) => offset < code.length && leaves(code, offset));
}

function leaves(code: Uint8Array, offset: number): boolean {
  // F2 (BND) and F3 (REP, before a return to please old branch predictors) change nothing about it.
  const at = code[offset] === 0xf2 || code[offset] === 0xf3 ? offset + 1 : offset;
  const view = new DataView(code.buffer, code.byteOffset, code.byteLength);
  switch (code[at]) {
    // RET, RET imm16
    case 0xc3:
    case 0xc2:
      return true;
    // JMP rel32, JMP rel8
    case 0xe9:
      return at + 5 <= code.length && isOutside(code, at + 5 + view.getInt32(at + 1, true));
    case 0xeb:
      return at + 2 <= code.length && isOutside(code, at + 2 + view.getInt8(at + 1));
    default:
      return false;
  }
}

function isOutside(code: Uint8Array, target: number): boolean {
  // To its own start: it calls itself last, in a new frame.
  return target <= 0 || target >= code.length;
}

/** Whether `code` begins with PUSH RBP; MOV RBP, RSP (after ENDBR64): RBP is 16 below the frame's address from there on. */
export function keepsFramePointer(code: Uint8Array): boolean {
  const hex = Buffer.from(code.subarray(0, 8)).toString('hex');
  return /^(f30f1efa)?55(4889e5|488bec)/.test(hex);
}
