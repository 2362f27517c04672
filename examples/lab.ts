// One system call writes to two watched places, on the simulated machine: the hits that a tracer sees under Linux of 2007 and under hwbkpt's rules.
import { INSTRUCTION_BYTES, KERNELS, type KernelName, Machine, type Program, Tracer } from 'hwbkpt/machine';

const ENTRY = 0x40_1000;
const PLACES = [0x60_1000, 0x60_1008];

const reader: Program = {
  name: 'reader',
  base: ENTRY,
  code: [
    { op: 'syscall', call: { name: 'work', actions: PLACES.map((at) => ({ act: 'write', at, length: 4, value: 1, bytewise: false })) } },
    { op: 'syscall', call: { name: 'exit', status: 0 } },
  ],
};

function run(kernel: KernelName): void {
  const regions = PLACES.map((address, n) => ({ name: `place ${n}`, address, length: 4, value: 0 }));
  const machine = new Machine({ rules: KERNELS[kernel], cpus: 1, programs: [reader], memory: { regions }, kernelMemory: { regions: [] } });
  const { tid } = machine.addProcess(ENTRY);

  const tracer = new Tracer(machine, 1);
  Tracer.demand(tracer.attach(tid));
  PLACES.forEach((address, slot) => {
    Tracer.demand(tracer.setSlot(tid, slot, { address, length: 4, access: 'write' }));
  });
  Tracer.demand(tracer.continue(tid));
  machine.switch(0, tid);
  while (machine.step(0)); // Until the thread stands.

  const { hits } = Tracer.demand(tracer.status(tid));
  const seen = PLACES.flatMap((_, slot) => ((hits >> slot) & 1 ? [`register ${slot}`] : []));
  const instructions = (machine.thread(tid).context.pc - ENTRY) / INSTRUCTION_BYTES;
  console.log(`${kernel}: stopped after ${instructions} instruction: ${seen.join(' and ')} hit`);
}

run('linux-2.6.20');
run('hwbkpt');
