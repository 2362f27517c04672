// What gdb makes of expressions in a running process: address, size, type and value of each, in one run of gdb.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A value taken apart as ours are; numbers as text, floating-point ones as the only member `~`, which no type has. */
export type GdbValue = string | boolean | null | readonly GdbValue[] | { readonly [member: string]: GdbValue };

export type GdbAnswer =
  | { readonly kind: 'value'; readonly address: string | null; readonly size: number; readonly type: string; readonly value: GdbValue }
  | { readonly kind: 'error'; readonly error: string };

const SCRIPT = `
import gdb, json
def printable(code): return chr(code) if 0x20 <= code < 0x7f else str(code)
def text(data):
    data = data.rstrip(b'\\0')
    try: return data.decode('utf-8')
    except UnicodeDecodeError: return data.decode('latin-1')
def dump(v): return ' '.join('%02x' % b[0] for b in gdb.selected_inferior().read_memory(int(v.address), v.type.sizeof))
def fold(v, depth=0):
    t = v.type.strip_typedefs()
    c = t.code
    if c in (gdb.TYPE_CODE_REF, gdb.TYPE_CODE_RVALUE_REF): return hex(int(v.referenced_value().address))
    if c in (gdb.TYPE_CODE_PTR,): return hex(int(v) & (2**64 - 1))
    if c == gdb.TYPE_CODE_BOOL: return int(v) != 0
    if c == gdb.TYPE_CODE_ENUM:
        n = int(v)
        for f in t.fields():
            if f.enumval == n: return f.name.split('::')[-1]
        return str(n)
    if c == gdb.TYPE_CODE_FLT: return {'~': str(v)}
    if c == gdb.TYPE_CODE_CHAR: return printable(int(v))
    if c == gdb.TYPE_CODE_INT: return printable(int(v)) if str(t.unqualified()) in ('char', 'wchar_t', 'char16_t', 'char32_t') else str(int(v))
    if c == gdb.TYPE_CODE_ARRAY:
        lo, hi = t.range()
        e = t.target().strip_typedefs()
        if str(e.unqualified()) == 'char': return text(b''.join(bytes([int(v[i]) & 255]) for i in range(lo, hi + 1)))
        return [fold(v[i], depth + 1) for i in range(lo, hi + 1)]
    if c in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
        out = {}
        for f in t.fields():
            if not hasattr(f, 'bitpos') or f.bitpos is None: continue
            if f.type.sizeof == 0 and f.bitsize == 0: continue
            if f.bitpos // 8 >= t.sizeof: continue
            x = fold(v[f], depth + 1)
            if x == {}: continue
            if not f.name:
                if isinstance(x, dict): out.update(x)
                continue
            name = f.name
            if f.is_base_class:
                depth_of = 0
                plain = ''
                for ch in name:
                    if ch == '<': depth_of += 1
                    if ch == '>': depth_of -= 1
                    plain += ch
                    if depth_of == 0 and plain.endswith('::'): plain = ''
                name = '<' + plain + '>'
            out[name] = x
        return out
    return dump(v)
answers = []
for text_of in json.load(open(QUESTIONS)):
    try:
        v = gdb.parse_and_eval(text_of)
        if v.type.strip_typedefs().code in (gdb.TYPE_CODE_REF, gdb.TYPE_CODE_RVALUE_REF): v = v.referenced_value()
        v.fetch_lazy()
        a = v.address
        answers.append({'kind': 'value', 'address': None if a is None else hex(int(a)), 'size': v.type.sizeof, 'type': str(v.type), 'value': fold(v) if v.type.sizeof <= 1024 else None})
    except Exception as e:
        answers.append({'kind': 'error', 'error': str(e)})
json.dump(answers, open(ANSWERS, 'w'))
`;

/** An answer for each of `expressions`, from the process `pid`, seen from `frame` where one is named. Files go into `folder`. */
export function gdbAnswers(
  pid: number,
  expressions: readonly string[],
  { folder, frame }: { folder: string; frame?: string },
): GdbAnswer[] {
  const files = { script: join(folder, 'ask.py'), questions: join(folder, 'questions.json'), answers: join(folder, 'answers.json') };
  writeFileSync(files.questions, JSON.stringify(expressions));
  writeFileSync(files.script, `QUESTIONS = ${JSON.stringify(files.questions)}\nANSWERS = ${JSON.stringify(files.answers)}\n${SCRIPT}`);
  const quiet = [
    'set debuginfod enabled off',
    'set auto-load python-scripts off',
    'set max-value-size unlimited',
    'set print object off',
    'set language auto',
  ].flatMap((command) => ['-iex', command]);
  // The frame that a process stands in decides what names mean: in main's file, not in a library's.
  const up = frame === undefined ? [] : ['-ex', `frame function ${frame}`];
  execFileSync('gdb', ['-batch', '-nx', ...quiet, '-p', String(pid), ...up, '-x', files.script], {
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 26,
  });
  return JSON.parse(readFileSync(files.answers, 'utf8')) as GdbAnswer[];
}
