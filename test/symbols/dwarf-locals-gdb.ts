// What gdb knows of local variables while a program runs: at each instruction stopped at, the registers, the stack, and every variable
// in sight with its address or value.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A variable as gdb sees it; the first of these fields that is there says where. */
export interface GdbLocal {
  readonly name: string;
  readonly isParameter: boolean;
  readonly optimisedAway: boolean;
  readonly size: number;
  /** Hexadecimal; of a variable in memory. */
  readonly address?: string;
  /** Its number, of an integer or pointer that is in a register or only computed. */
  readonly value?: string;
}

export interface GdbFrame {
  /** Of a caller the address that is returned to. */
  readonly pc: string;
  /** RAX, RDX, RCX, RBX, RSI, RDI, RBP, RSP, R8 ... R15: in DWARF's order. */
  readonly registers: readonly string[];
  /** The frame's canonical address. */
  readonly cfa: string;
}

export interface GdbStop extends GdbFrame {
  /** The frames that called this one, nearest first, as long as they are the program's own. */
  readonly callers: readonly GdbFrame[];
  /** From RSP on, hexadecimal. */
  readonly stack: string;
  /** What the program is moved by. */
  readonly bias: string;
  /** Innermost block first. */
  readonly locals: readonly GdbLocal[];
}

const SCRIPT = `
import gdb, json
NAMES = ['rax','rdx','rcx','rbx','rsi','rdi','rbp','rsp'] + ['r%d' % i for i in range(8, 16)]
SCALARS = (gdb.TYPE_CODE_INT, gdb.TYPE_CODE_PTR, gdb.TYPE_CODE_ENUM, gdb.TYPE_CODE_BOOL, gdb.TYPE_CODE_CHAR)
gdb.execute('set confirm off')
gdb.execute('set pagination off')
gdb.execute('set backtrace past-main on')
static = int(gdb.parse_and_eval('(long)&anchor'))
gdb.execute('break watched')
gdb.execute('run', to_string=True)
bias = int(gdb.parse_and_eval('(long)&anchor')) - static
def local(s, frame):
    out = {'name': s.name, 'isParameter': s.is_argument, 'optimisedAway': False, 'size': s.type.sizeof}
    try:
        v = s.value(frame) if s.needs_frame else s.value()
        if v.is_optimized_out: out['optimisedAway'] = True
        elif v.address is not None: out['address'] = hex(int(v.address))
        elif v.type.strip_typedefs().code in SCALARS: out['value'] = hex(int(v) & (1 << 64) - 1)
        else: return None
    except gdb.error as e:
        if 'optimized out' not in str(e): return None
        out['optimisedAway'] = True
    return out
stops = []
def older(frame):
    frame = frame.older()
    while frame is not None and frame.type() == gdb.INLINE_FRAME: frame = frame.older()
    return frame
def registers(frame): return [hex(int(frame.read_register(n)) & (1 << 64) - 1) for n in NAMES]
def callers(frame):
    out = []
    caller = older(frame)
    while caller is not None and caller.find_sal().symtab is not None:
        above = older(caller)
        if above is None: break
        out.append({'pc': hex(caller.pc()), 'registers': registers(caller), 'cfa': hex(int(above.read_register('rsp')))})
        caller = above
    return out
def stop():
    frame = gdb.newest_frame()
    real = frame
    while real.type() == gdb.INLINE_FRAME: real = real.older()
    caller = older(real)
    if caller is None: return
    out = []
    block = frame.block()
    owner = frame
    while block is not None and not block.is_static:
        out += [x for x in (local(s, owner) for s in block if (s.is_variable or s.is_argument) and s.is_valid()) if x is not None]
        # What an argument was at the call gdb gets wrong from a frame that is inlined in the variable's own.
        if block.function is not None and owner.type() == gdb.INLINE_FRAME: owner = owner.older()
        block = block.superblock
    sp = int(frame.read_register('rsp'))
    memory = bytes(gdb.selected_inferior().read_memory(sp - 128, 4096 + 128)).hex()
    stops.append({'pc': hex(frame.pc()), 'registers': registers(frame), 'callers': callers(real),
        'cfa': hex(int(caller.read_register('rsp'))), 'stack': memory, 'bias': hex(bias), 'locals': out})
for i in range(STEPS):
    try:
        if gdb.newest_frame().find_sal().symtab is not None: stop()
        gdb.execute('stepi', to_string=True)
    except gdb.error: break
gdb.execute('kill')
print('JSON' + json.dumps(stops))
`;

/** Bytes below RSP that {@link GdbStop.stack} begins with (the red zone). */
export const BELOW_STACK = 128;

/** Steps through `steps` instructions from the function \`watched\` on. The program must have a variable \`anchor\`. */
export function gdbLocals(program: string, steps: number): GdbStop[] {
  const script = join(dirname(program), 'locals.py');
  writeFileSync(script, SCRIPT.replace('STEPS', String(steps)));
  const printed = execFileSync('gdb', ['-batch', '-nx', '-iex', 'set debuginfod enabled off', '-x', script, program], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe'],
    // The environment lies above the stack: with a small one there is less memory above the first frame than is copied.
    env: { ...process.env, HWBKPT_PADDING: 'x'.repeat(8192) },
  });
  const line = printed.split('\n').find((text) => text.includes('JSON['));
  if (line === undefined) throw new Error(`gdb says nothing about ${program}`);
  return JSON.parse(line.slice(line.indexOf('JSON[') + 4)) as GdbStop[];
}
