# Run inside gdb: steps through a program and writes, at each stop, registers, the stack's bytes and gdb's own backtrace as a line of JSON.
import gdb, json, os, random, base64

out = open(os.environ['STACKS_OUT'], 'w')
wanted = int(os.environ['STACKS_WANTED'])
most_step = int(os.environ.get('STACKS_STEP', '9'))
random.seed(int(os.environ.get('STACKS_SEED', '7')))
REGISTERS = ['rax', 'rdx', 'rcx', 'rbx', 'rsi', 'rdi', 'rbp', 'rsp', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15', 'rip']

for command in ['set pagination off', 'set confirm off', 'set backtrace past-main on', 'set debuginfod enabled off',
                'set startup-with-shell off', 'handle SIGUSR1 nostop noprint pass',
                'set print frame-arguments none', 'break main']:
    gdb.execute(command, to_string=True)
gdb.execute('run', to_string=True)
gdb.execute('set scheduler-locking step', to_string=True)
maps_before = None


def value(name):
    return int(gdb.parse_and_eval('(unsigned long)$' + name))


def stack_bytes(sp):
    inferior = gdb.selected_inferior()
    for size in (8192, 6144, 4096, 3072, 2048, 1024, 512, 256):
        try:
            return bytes(inferior.read_memory(sp, size))
        except gdb.MemoryError:
            pass
    return b''


def record():
    global maps_before
    registers = [value(name) & 0xffffffffffffffff for name in REGISTERS]
    with open('/proc/%d/maps' % gdb.selected_inferior().pid) as file:
        maps = file.read()
    frames = []
    frame = gdb.newest_frame()
    while frame is not None and len(frames) < 64:
        sal = frame.find_sal()
        frames.append({'pc': hex(frame.pc()), 'name': frame.name(), 'type': frame.type(),
                       'line': sal.line if sal is not None else 0})
        try:
            frame = frame.older()
        except gdb.error:
            break
    line = {'registers': [hex(r) for r in registers], 'stack': base64.b64encode(stack_bytes(registers[7])).decode(), 'frames': frames}
    if maps != maps_before:
        line['maps'] = maps
        maps_before = maps
    out.write(json.dumps(line) + '\n')


taken = 0
try:
    while taken < wanted:
        gdb.execute('stepi %d' % random.randint(1, most_step), to_string=True)
        if not gdb.selected_inferior().pid:
            break
        record()
        taken += 1
except gdb.error as error:
    out.write(json.dumps({'error': str(error)}) + '\n')
out.close()
gdb.execute('kill', to_string=True)
