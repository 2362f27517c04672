# Run inside gdb: steps through a program and writes, at each stop, registers, the stack's bytes and gdb's own backtrace as a line of JSON.
# STACKS_OUT: the file. STACKS_WANTED: stops. STACKS_STEP: instructions between two of them, at most. STACKS_SEED: which ones.
import base64
import json
import os
import random

import gdb

out = open(os.environ['STACKS_OUT'], 'w')
wanted = int(os.environ['STACKS_WANTED'])
most_step = int(os.environ['STACKS_STEP'])
random.seed(int(os.environ['STACKS_SEED']))
# As DWARF counts them.
REGISTERS = ['rax', 'rdx', 'rcx', 'rbx', 'rsi', 'rdi', 'rbp', 'rsp', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15', 'rip']
SETTINGS = ['set pagination off', 'set confirm off', 'set backtrace past-main on', 'set debuginfod enabled off', 'set startup-with-shell off',
            'handle SIGUSR1 SIGUSR2 nostop noprint pass', 'break main', 'run', 'set scheduler-locking step']
for command in SETTINGS:
    gdb.execute(command, to_string=True)
maps_before = None


def stack_bytes(pointer):
    for size in (8192, 6144, 4096, 3072, 2048, 1024, 512, 256):
        try:
            return bytes(gdb.selected_inferior().read_memory(pointer, size))
        except gdb.MemoryError:
            pass
    return b''


def backtrace():
    frames = []
    frame = gdb.newest_frame()
    while frame is not None and len(frames) < 64:
        frames.append({'pc': hex(frame.pc()), 'name': frame.name(), 'type': frame.type()})
        try:
            frame = frame.older()
        except gdb.error:
            break
    return frames


def record():
    global maps_before
    registers = [int(gdb.parse_and_eval('(unsigned long)$' + name)) & 0xffffffffffffffff for name in REGISTERS]
    with open('/proc/%d/maps' % gdb.selected_inferior().pid) as file:
        maps = file.read()
    line = {'registers': [hex(register) for register in registers], 'stack': base64.b64encode(stack_bytes(registers[7])).decode(),
            'frames': backtrace()}
    if maps != maps_before:
        line['maps'] = maps
        maps_before = maps
    out.write(json.dumps(line) + '\n')


for _ in range(wanted):
    try:
        gdb.execute('stepi %d' % random.randint(1, most_step), to_string=True)
        if gdb.selected_inferior().pid == 0:
            break
        record()
    except gdb.error:
        break
out.close()
gdb.execute('kill', to_string=True)
