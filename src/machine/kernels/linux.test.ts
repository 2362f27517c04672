import { describe, expect, test } from 'vitest';
import { A, at, B, EXIT, kernelWrite, NOP, Stage, store, work } from '../../../test/machine/stage.js';
import { openEvent, type PerfBreakpoint, readCount } from '../../interfaces/linux-perf/index.js';
import { DEFAULT_MODEL } from '../cpu.js';
import type { Instruction } from '../program.js';
import { Tracer } from '../tracer.js';
import { LINUX } from './linux.js';

const WATCH = { length: 8, access: 'write' } as const;
const PERF = { cpu: -1, length: 8, type: 2, disabled: false, excludeKernel: true, inherit: 'none', sigtrap: false } as const;

function stopped(...code: readonly Instruction[]): {
  stage: Stage;
  tid: number;
  count(address: number, more?: Partial<PerfBreakpoint>): () => number;
} {
  const stage = new Stage(LINUX, [...code, EXIT]);
  const tid = stage.traced();
  const count = (address: number, more: Partial<PerfBreakpoint> = {}): (() => number) => {
    const event = Tracer.demand(openEvent(stage.host, { ...PERF, tid, address, removeOnExec: false, privileged: true, ...more }));
    return () => Tracer.demand(readCount(stage.host, event));
  };
  return { stage, tid, count };
}

describe('R-543: the breakpoint notifier', () => {
  test('serves each bit that has a breakpoint: perf counts, and the tracer is told of its own', () => {
    const { stage, tid, count } = stopped(NOP, store(A), NOP);
    const counted = count(A);
    Tracer.demand(stage.tracer.setSlot(tid, 2, { address: A, ...WATCH }));
    stage.tracer.continue(tid);
    stage.run();
    expect(counted()).toBe(1);
    expect(stage.tracer.status(tid)).toEqual({ ok: true, value: { hits: 4, step: false } });
  });

  test('a hit that is perf’s alone gives no signal (R-544)', () => {
    const { stage, tid, count } = stopped(store(A), store(B));
    const counted = [count(A), count(B)];
    stage.tracer.continue(tid);
    stage.run();
    expect(counted.map((one) => one())).toEqual([1, 1]);
    expect(stage.machine.thread(tid)).toMatchObject({ status: 'exited', exitStatus: 5, killedBy: null });
  });

  test('leaves an instruction breakpoint for the next exception when a step comes with it', () => {
    const { stage, tid } = stopped(NOP, NOP, NOP);
    Tracer.demand(stage.tracer.setSlot(tid, 0, { address: at(1), length: 1, access: 'execute' }));
    const seen: unknown[] = [];
    for (let step = 0; step < 3; step++) {
      stage.tracer.step(tid);
      stage.run();
      seen.push([stage.machine.thread(tid).context.pc, Tracer.demand(stage.tracer.status(tid))]);
    }
    expect(seen).toEqual([
      [at(1), { hits: 0, step: true }],
      [at(1), { hits: 1, step: false }],
      [at(2), { hits: 0, step: true }],
    ]);
  });

  test('bits of registers that hold nothing are ignored (R-022)', () => {
    const stage = new Stage(LINUX, [store(A), EXIT], { model: { ...DEFAULT_MODEL, reportsDisabledSlots: true } });
    const tid = stage.traced();
    stage.tracer.continue(tid);
    stage.run();
    expect(stage.machine.thread(tid)).toMatchObject({ status: 'exited', killedBy: null });
  });
});

test('R-537, R-588: what the kernel writes is perf’s business where it asks for it, and never the tracer’s', () => {
  const { stage, tid, count } = stopped(work(kernelWrite(A)));
  const counted = { user: count(A), kernel: count(A, { excludeKernel: false }) };
  Tracer.demand(stage.tracer.setSlot(tid, 0, { address: A, ...WATCH }));
  stage.tracer.continue(tid);
  stage.run();
  expect({ user: counted.user(), kernel: counted.kernel() }).toEqual({ user: 0, kernel: 1 });
  expect(stage.machine.thread(tid)).toMatchObject({ status: 'exited', exitStatus: 5 });
});
