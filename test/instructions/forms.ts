// The instructions that the harness executes: each with the registers it needs and the memory it touches, stated independently of the decoder.

/** A register's value before the instruction: `at` bytes from the target in memory, the address of CALLEE, or a constant. */
export type Setting = { readonly at: number } | 'callee' | bigint;

/** One instruction to execute and explain. */
export interface Form {
  /** Intel syntax; `TARGET` is the address of the target in memory, `CALLEE` the code that a call continues at. */
  readonly assembly: string;
  /** What is not named here is random; `rflags` names FLAGS. */
  readonly registers: Readonly<Record<string, Setting>>;
  /** The bytes that the hit is about, from the target on. */
  readonly offset: number;
  readonly size: number;
  readonly access: 'write' | 'read';
  /**
   * What must be found out: `always`; `old`: when the old bytes are known; `never`: anything that is true will do.
   */
  readonly known: 'always' | 'old' | 'never';
  /** Whether the blamed instruction must be found. */
  readonly blamed: boolean;
  /** Feature in /proc/cpuinfo that the instruction needs. */
  readonly needs: string | null;
}

const forms: Form[] = [];

/** Registers of most forms: RBX, RDI and RSI point to memory, RCX is a small index, RSP a stack in memory. */
const USUAL: Form['registers'] = { rbx: { at: 0 }, rdi: { at: 0 }, rsi: { at: 48 }, rcx: 3n, rsp: { at: 8 } };

function form(assembly: string, place: readonly [offset: number, size: number], rest: Partial<Form> = {}): void {
  const [offset, size] = place;
  const defaults: Form = { assembly, registers: {}, offset, size, access: 'write', known: 'always', blamed: true, needs: null };
  forms.push({ ...defaults, ...rest, registers: { ...USUAL, ...rest.registers } });
}

/** FLAGS with DF set: string instructions go down. */
const BACKWARD = 0x402n;

const SIZES = [
  { size: 1, name: 'byte', a: 'al', r9: 'r9b', si: 'sil', imm: '-3' },
  { size: 2, name: 'word', a: 'ax', r9: 'r9w', si: 'si', imm: '-300' },
  { size: 4, name: 'dword', a: 'eax', r9: 'r9d', si: 'esi', imm: '-70000' },
  { size: 8, name: 'qword', a: 'rax', r9: 'r9', si: 'rsi', imm: '-70000' },
] as const;

function plainStores(): void {
  for (const { size, name, a, r9, si, imm } of SIZES) {
    form(`mov ${name} ptr [rbx], ${a}`, [0, size]);
    form(`mov ${name} ptr [rbx+5], ${r9}`, [5, size]);
    form(`mov ${name} ptr [rbx-7], ${si}`, [-7, size]);
    form(`mov ${name} ptr [rbx+rcx*8-24], ${a}`, [0, size]);
    form(`mov ${name} ptr [rip+TARGET], ${a}`, [0, size]);
    form(`mov ${name} ptr [ebx+ecx*4], ${a}`, [12, size]);
    form(`mov ${name} ptr [rbx], ${imm}`, [0, size]);
    form(`mov ${name} ptr [rip+TARGET+3], 77`, [3, size]);
  }
  for (const high of ['ah', 'bh', 'ch', 'dh']) form(`mov byte ptr [rbx+1], ${high}`, [1, 1]);
  form('mov dword ptr [TARGET], edx', [0, 4]);
  form('movabs byte ptr [TARGET], al', [0, 1]);
  form('movabs dword ptr [TARGET], eax', [0, 4]);
  form('mov qword ptr [r13+0x100], r12', [0, 8], { registers: { r13: { at: -0x100 } } });
  form('mov qword ptr [r12], r15', [0, 8], { registers: { r12: { at: 0 } } });
  form('mov dword ptr [rbp-4], r14d', [-4, 4], { registers: { rbp: { at: 0 } } });
  form('mov qword ptr [rsp+8], rdx', [16, 8]);
  form('mov qword ptr [rbx], rbx', [0, 8]);
  form('mov qword ptr [rbx+r10*1], rdi', [0, 8], { registers: { r10: 0n } });
  form('mov dword ptr [rbx+r11*2+16], edi', [0, 4], { registers: { r11: -8n } });
  form('movnti dword ptr [rbx], eax', [0, 4]);
  form('movnti qword ptr [rbx+8], r8', [8, 8]);
  form('movbe word ptr [rbx], ax', [0, 2], { needs: 'movbe' });
  form('movbe dword ptr [rbx], r9d', [0, 4], { needs: 'movbe' });
  form('movbe qword ptr [rbx], rdx', [0, 8], { needs: 'movbe' });
  form('mov word ptr [rbx], ds', [0, 2], { known: 'never' });
}

function stackStores(): void {
  form('push rax', [0, 8]);
  form('push r15', [0, 8]);
  form('push rsp', [0, 8]);
  form('push ax', [6, 2]);
  form('push -5', [0, 8]);
  form('push 0x12345678', [0, 8]);
  form('push -70000', [0, 8]);
  form('pushw 0x1234', [6, 2]);
  form('pushfq', [0, 8]);
  form('pushfw', [6, 2]);
  form('push qword ptr [rsi]', [0, 8], { known: 'never' });
  form('push qword ptr [rsp+24]', [0, 8], { known: 'never' });
  form('push fs', [0, 8], { known: 'never' });
  form('pop qword ptr [rbx+16]', [16, 8], { known: 'never' });
  form('pop qword ptr [rsp+16]', [32, 8], { known: 'never' });
  form('enter 8, 0', [0, 8], { known: 'never' });
  form('call CALLEE', [0, 8]);
  form('call rax', [0, 8], { registers: { rax: 'callee' } });
  // The harness keeps the address of CALLEE at 80 bytes from the target.
  form('call qword ptr [rsi+32]', [0, 8]);
}

function conditions(): void {
  for (const cc of ['o', 'no', 'b', 'ae', 'e', 'ne', 'be', 'a', 's', 'ns', 'p', 'np', 'l', 'ge', 'le', 'g']) {
    form(`set${cc} byte ptr [rbx+2]`, [2, 1]);
  }
}

function arithmetic(): void {
  for (const { size, name, a, r9, imm } of SIZES) {
    for (const operation of ['add', 'sub', 'and', 'or', 'xor']) {
      form(`${operation} ${name} ptr [rbx], ${a}`, [0, size], { known: 'old' });
      form(`${operation} ${name} ptr [rbx+4], ${imm}`, [4, size], { known: 'old' });
      form(`lock ${operation} ${name} ptr [rbx+rcx], ${r9}`, [3, size], { known: 'old' });
      form(`${operation} ${name} ptr [rbx], 1`, [0, size], { known: 'old' });
    }
    for (const operation of ['inc', 'dec', 'neg', 'not']) {
      form(`${operation} ${name} ptr [rbx]`, [0, size], { known: 'old' });
      form(`lock ${operation} ${name} ptr [rbx+8]`, [8, size], { known: 'old' });
    }
    for (const operation of ['shl', 'shr', 'sar', 'rol', 'ror']) {
      form(`${operation} ${name} ptr [rbx], 1`, [0, size], { known: 'old' });
      form(`${operation} ${name} ptr [rbx], 5`, [0, size], { known: 'old' });
      form(`${operation} ${name} ptr [rbx], 31`, [0, size], { known: 'old' });
      for (const count of [1n, 8n, 16n, 32n, 37n, 63n]) {
        form(`${operation} ${name} ptr [rbx], cl`, [0, size], { known: 'old', registers: { rcx: count } });
      }
      // A count of 0 writes nothing on some processors, so it is no hit to explain there.
    }
    form(`and ${name} ptr [rbx], 0`, [0, size]);
    form(`or ${name} ptr [rbx], -1`, [0, size]);
    form(`adc ${name} ptr [rbx], ${a}`, [0, size], { known: 'never' });
    form(`sbb ${name} ptr [rbx], ${a}`, [0, size], { known: 'never' });
    form(`rcl ${name} ptr [rbx], 1`, [0, size], { known: 'never' });
    form(`rcr ${name} ptr [rbx], 3`, [0, size], { known: 'never' });
    // A zero result needs no old value.
    form(`sub ${name} ptr [rbx], ${a}`, [0, size], { known: 'old', registers: { rax: 0n } });
    if (size > 1) {
      for (const operation of ['bts', 'btr', 'btc']) {
        form(`${operation} ${name} ptr [rbx], 3`, [0, size], { known: 'old' });
        form(`${operation} ${name} ptr [rbx], ${8 * size - 1}`, [0, size], { known: 'old' });
        form(`lock ${operation} ${name} ptr [rbx], ${8 * size + 2}`, [0, size], { known: 'old' });
        form(`${operation} ${name} ptr [rbx], ${a}`, [0, size], { known: 'never', blamed: false, registers: { rax: 5n } });
      }
      form(`shld ${name} ptr [rbx], ${a}, 3`, [0, size], { known: 'never' });
      form(`shrd ${name} ptr [rbx], ${a}, cl`, [0, size], { known: 'never' });
    }
  }
}

function exchanges(): void {
  for (const { size, name, a, r9 } of SIZES) {
    form(`xchg ${name} ptr [rbx], ${a}`, [0, size], { known: 'never' });
    form(`xadd ${name} ptr [rbx], ${r9}`, [0, size], { known: 'never' });
    form(`lock xadd ${name} ptr [rbx+1], ${a}`, [1, size], { known: 'never' });
    form(`lock cmpxchg ${name} ptr [rbx], ${r9}`, [0, size]);
    // Memory is filled so that the accumulator below equals it (see EQUAL in harness.ts).
    form(`lock cmpxchg ${name} ptr [rbx+16], ${r9}`, [16, size], { registers: { rax: 0x1111_1111_1111_1111n } });
  }
  form('xchg byte ptr [rbx], ah', [0, 1], { known: 'never' });
  form('lock cmpxchg8b qword ptr [rsi-48]', [0, 8], { needs: 'cx8' });
  form('lock cmpxchg8b qword ptr [rsi-32]', [16, 8], { needs: 'cx8', registers: { rax: 0x1111_1111n, rdx: 0x1111_1111n } });
  form('lock cmpxchg16b xmmword ptr [rsi-48]', [0, 16], { needs: 'cx16', known: 'never' });
  form('lock cmpxchg16b xmmword ptr [rsi-32]', [16, 16], {
    needs: 'cx16',
    known: 'never',
    registers: { rax: 0x1111_1111_1111_1111n, rdx: 0x1111_1111_1111_1111n },
  });
}

function strings(): void {
  for (const { size, name } of SIZES) {
    const letter = name.charAt(0);
    form(`stos${letter}`, [0, size]);
    form(`stos${letter}`, [0, size], { registers: { rflags: BACKWARD } });
    form(`rep stos${letter}`, [-2 * size, 3 * size], { known: 'never', registers: { rflags: BACKWARD } });
    form(`movs${letter}`, [0, size], { known: 'never', registers: { rflags: BACKWARD } });
    form(`lods${letter}`, [48, size], { access: 'read', registers: { rflags: BACKWARD } });
    form(`movs${letter}`, [0, size], { known: 'never' });
    form(`rep stos${letter}`, [0, 3 * size], { known: 'never' });
    form(`rep stos${letter}`, [0, size], { registers: { rcx: 1n }, known: 'never' });
    form(`rep movs${letter}`, [0, 3 * size], { known: 'never' });
    form(`lods${letter}`, [48, size], { access: 'read' });
    form(`scas${letter}`, [0, size], { access: 'read' });
    form(`cmps${letter}`, [48, size], { access: 'read' });
    form(`movs${letter}`, [48, size], { access: 'read' });
    form(`rep lods${letter}`, [48, 3 * size], { access: 'read' });
  }
  form('stosd dword ptr es:[edi]', [0, 4]);
}

function loads(): void {
  const read = { access: 'read' } as const;
  for (const { size, name, a, r9 } of SIZES) {
    form(`mov ${a}, ${name} ptr [rbx]`, [0, size], read);
    form(`mov ${r9}, ${name} ptr [rbx+rcx*2]`, [6, size], read);
    form(`cmp ${name} ptr [rbx], ${a}`, [0, size], read);
    form(`cmp ${r9}, ${name} ptr [rbx]`, [0, size], read);
    form(`cmp ${name} ptr [rbx+16], 0x11`, [16, size], read);
    form(`test ${name} ptr [rbx], 1`, [0, size], read);
    form(`add ${a}, ${name} ptr [rbx]`, [0, size], read);
  }
  form('mov ah, byte ptr [rbx]', [0, 1], read);
  form('mov rax, qword ptr [rax]', [0, 8], { ...read, registers: { rax: { at: 0 } }, blamed: false });
  form('movzx eax, byte ptr [rbx]', [0, 1], read);
  form('movzx rdx, word ptr [rbx]', [0, 2], read);
  form('movsx eax, byte ptr [rbx]', [0, 1], read);
  form('movsx r8, word ptr [rbx]', [0, 2], read);
  form('movsxd rdx, dword ptr [rbx]', [0, 4], read);
  form('movbe eax, dword ptr [rbx]', [0, 4], { ...read, needs: 'movbe' });
  form('pop rax', [8, 8], read);
  form('pop r14', [8, 8], read);
  form('pop cx', [8, 2], read);
  form('leave', [24, 8], { ...read, registers: { rbp: { at: 24 } } });
  form('movups xmm0, xmmword ptr [rbx]', [0, 16], read);
  form('bt dword ptr [rbx], 4', [0, 4], read);
  form('imul eax, dword ptr [rbx]', [0, 4], read);
  form('cmovne rax, qword ptr [rbx]', [0, 8], read);
}

function opaqueStores(): void {
  const opaque = { known: 'never' } as const;
  form('movaps xmmword ptr [rbx], xmm0', [0, 16], opaque);
  form('movups xmmword ptr [rbx+1], xmm1', [1, 16], opaque);
  form('movdqu xmmword ptr [rbx], xmm2', [0, 16], opaque);
  form('movq qword ptr [rbx], xmm3', [0, 8], opaque);
  form('movd dword ptr [rbx], xmm4', [0, 4], opaque);
  form('movss dword ptr [rbx], xmm5', [0, 4], opaque);
  form('movsd qword ptr [rbx], xmm6', [0, 8], opaque);
  form('vmovdqu ymmword ptr [rbx], ymm0', [0, 32], { ...opaque, needs: 'avx' });
  form('fst dword ptr [rbx]', [0, 4], opaque);
  form('fnstcw word ptr [rbx]', [0, 2], opaque);
  form('stmxcsr dword ptr [rbx]', [0, 4], opaque);
}

plainStores();
stackStores();
conditions();
arithmetic();
exchanges();
strings();
loads();
opaqueStores();

/** All forms. */
export const FORMS: readonly Form[] = forms;
