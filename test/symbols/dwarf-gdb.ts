// What gdb knows of a program's variables: every one that has an address, found through gdb's own blocks, with its type taken apart.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface GdbField {
  readonly name: string;
  /** From the start of the parent. */
  readonly bit: number;
  /** Of a bit-field, else 0. */
  readonly width: number;
  readonly base: boolean;
  readonly type: GdbType;
}

/** A type as gdb sees it; what is inside a type that is already open further out is left out. */
export interface GdbType {
  readonly code: string;
  readonly name: string;
  readonly size: number;
  readonly fields?: readonly GdbField[];
  readonly target?: GdbType;
  readonly count?: number;
  readonly values?: Readonly<Record<string, string>>;
}

export interface GdbVariable {
  readonly name: string;
  readonly function: string | null;
  readonly file: string;
  readonly address: string;
  readonly type: GdbType;
}

const SCRIPT = `
import gdb, json
CODES = {getattr(gdb, n): n[10:].lower() for n in dir(gdb) if n.startswith('TYPE_CODE_')}
def typ(t, seen):
    out = {'code': CODES.get(t.code, '?'), 'name': str(t), 'size': t.sizeof}
    if len(seen) > 5: return out
    if t.code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
        key = str(t) + str(t.sizeof)
        if t.name is not None and key in seen: return out
        fields = []
        for f in t.fields():
            if not hasattr(f, 'bitpos'): continue
            try: fields.append({'name': f.name or '', 'bit': f.bitpos, 'width': f.bitsize, 'base': f.is_base_class, 'type': typ(f.type, seen + [key])})
            except gdb.error: pass
        out['fields'] = fields
    elif t.code == gdb.TYPE_CODE_ARRAY:
        lo, hi = t.range()
        out['count'] = hi - lo + 1
        out['target'] = typ(t.target(), seen + ['array'])
    elif t.code in (gdb.TYPE_CODE_PTR, gdb.TYPE_CODE_TYPEDEF, gdb.TYPE_CODE_REF, gdb.TYPE_CODE_RVALUE_REF):
        out['target'] = typ(t.target(), seen + ['pointer'])
    elif t.code == gdb.TYPE_CODE_ENUM:
        out['values'] = {f.name: str(f.enumval) for f in t.fields()}
    return out
blocks = {}
def collect(block):
    while block is not None:
        key = (block.start, block.end, block.is_static, block.is_global, block.function and block.function.symtab.filename, block.function and block.function.line)
        blocks.setdefault(key, block)
        block = block.superblock
for line in gdb.execute('maint info sections', to_string=True).splitlines():
    if ' .text ' not in line: continue
    rng = line.split()[1]
    lo, hi = [int(x, 16) for x in rng.split('->')]
    for pc in range(lo, hi):
        b = gdb.block_for_pc(pc)
        if b is not None: collect(b)
found = []
for block in blocks.values():
    function = block
    while function is not None and function.function is None: function = function.superblock
    for s in block:
        # gdb 13 gives up on thread-local variables of split DWARF 5 (DW_OP_constx).
        try:
            if not s.is_variable or s.needs_frame: continue
        except gdb.error: continue
        if s.addr_class not in (gdb.SYMBOL_LOC_STATIC, gdb.SYMBOL_LOC_COMPUTED): continue
        try:
            v = s.value()
            if v.address is None or v.is_optimized_out: continue
            address = v.address
        except Exception as e: continue
        t = s.type
        if t.code in (gdb.TYPE_CODE_REF, gdb.TYPE_CODE_RVALUE_REF): address = None
        found.append({'name': s.name, 'function': None if block.is_static or block.is_global or function is None else function.function.name, 'file': s.symtab.filename, 'address': '' if address is None else hex(int(address)), 'type': typ(t, [])})
print('JSON' + json.dumps(found))
`;

/** All variables of `program` with an address, as gdb finds them. Those of C++ references have address '': gdb shows what they refer to. */
export function gdbVariables(program: string): GdbVariable[] {
  const script = join(dirname(program), 'dump.py');
  writeFileSync(script, SCRIPT);
  const printed = execFileSync('gdb', ['-batch', '-nx', '-iex', 'set debuginfod enabled off', '-x', script, program], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const line = printed.split('\n').find((text) => text.startsWith('JSON'));
  if (line === undefined) throw new Error(`gdb says nothing about ${program}`);
  return JSON.parse(line.slice(4)) as GdbVariable[];
}
